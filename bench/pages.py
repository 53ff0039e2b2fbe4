"""The share of HTML pages that the import reads, compared with trafilatura alone: `python -m bench pages FOLDER`.

The folder, with its subfolders, has pages `NAME.html`, each with its expected values in `NAME.expected.json`. All
values are optional, and a value that is missing is not compared:

| key | value | right if |
| --- | --- | --- |
| `url` | URL of the page | |
| `title` | headline | the words are equal, in any case and punctuation |
| `published_at` | time or day | the moments are equal; the days, if the value has no time or no zone |
| `authors` | names | the sets of names are equal, in any case |
| `categories` | names | the article has one of them, or none |
| `image` | URLs of the picture, in its sizes | the files' names are equal, begin alike, or share a long number |
| `body` | text | each word counts as often as it occurs |
| `body_optional` | text | its words are neither missed nor foreign, such as a lead |
| `body_has`, `body_lacks` | pieces of text | for pages without `body` |
| `refused` | true | the page is refused; all other values are ignored |

A page without an expected date is read with `--date-from now`. Captions of pictures are not compared. A body is *whole*
if at least 90 % of the words are found, and *clean* if at least 90 % of its words belong there.
"""

import argparse
import json
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from bench.machine import table
from service import importers
from service.articles import dates
from service.articles.article import Submission
from service.articles.plain_text import plain
from service.articles.validation import ValidationContext
from service.core.errors import WartaError

MAX_OFFSET_SECONDS = 14 * 3600
ENOUGH = 0.9  # share of the words that makes a body whole, and share that makes it clean
MEASURES = ("body", "whole", "clean", "title", "date", "authors", "category", "picture", "refused")
# A word; or a character of the scripts that do not part words.
_WORD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")
_NUMBERS = re.compile(r"[0-9a-f-]*\d[0-9a-f-]{7,}", re.IGNORECASE)
_SIZE = re.compile(r"(?:[-_.~]|^)(?:wide_*)?\d{2,4}x\d{2,4}(?:_+[a-z]+)*(?=[-_.~,]|$),?")
_MIN_NAME = 6  # letters and digits that tell pictures apart
_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)  # trafilatura's text has no captions either
_ZONE = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Extract:
    """The values that a program found in a page. `refused` is the reason why it found no article."""

    title: str = ""
    published: str = ""
    authors: Sequence[str] = ()
    categories: Sequence[str] = ()
    image: str = ""
    body: str = ""
    refused: str = ""


@dataclass(frozen=True)
class Marks:
    """The results of one page: by measure whether it is right. `found` and `belongs` are shares of the words."""

    page: str
    right: Mapping[str, bool] = field(default_factory=dict)
    found: float | None = None
    belongs: float | None = None
    said: str = ""


def imported(page: Path, url: str, date_from: str = "") -> Extract:
    """The article as the import would store it."""
    validation = ValidationContext(zone=_ZONE, base_url="http://127.0.0.1:8000", article_pages=True)
    try:
        source = importers.OpenSource.of_bytes(page.name, page.read_bytes(), url=url)
        [item] = importers.read(source, "html", importers.ReadOptions(_ZONE, date_from=date_from))
        if not isinstance(item, importers.FoundArticle):
            return Extract(refused=getattr(item, "reason", "no article"))
        submission, _ = Submission.read_with_warnings(item.fields, validation)
    except WartaError as error:
        return Extract(refused=str(error))
    fields = submission
    return Extract(
        title=fields.title or "",
        published=fields.published_at.isoformat() if fields.published_at else "",
        authors=[author.name for author in fields.authors or ()],
        categories=fields.categories or (),
        image=(fields.image and fields.image.url) or "",
        body=plain(_FIGURE.sub(" ", fields.content_html or "")),
    )


def by_trafilatura(page: Path, url: str, _date_from: str = "") -> Extract:
    """The values that trafilatura finds alone, with the settings that it recommends."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(page.read_bytes(), url=url or None, with_metadata=True)
    if found is None:
        return Extract(refused="nothing found")
    return Extract(
        title=found.title or "",
        published=found.date or "",
        authors=[name.strip() for name in (found.author or "").split(";") if name.strip()],
        categories=found.categories or (),
        image=found.image or "",
        body=found.text or "",
    )


PROGRAMS: dict[str, Callable[[Path, str, str], Extract]] = {"warta": imported, "trafilatura": by_trafilatura}


def measure(program: str, page: Path) -> Marks:
    """Compare what a program finds in a page with the expected values."""
    expected = json.loads(page.with_name(f"{page.stem}.expected.json").read_text(encoding="utf-8"))
    is_dated = "published_at" in expected or expected.get("refused")
    found = PROGRAMS[program](page, expected.get("url", ""), "" if is_dated else "now")
    if expected.get("refused"):
        return Marks(str(page), {"refused": bool(found.refused)}, said=found.refused)
    right = dict(_compared(expected, found))
    share, belongs = _shares(expected, found.body)
    if share is not None and belongs is not None:
        right |= {"whole": share >= ENOUGH, "clean": belongs >= ENOUGH}
    elif "body_has" in expected:
        text = _squeezed(found.body)
        right["whole"] = all(_squeezed(piece) in text for piece in expected["body_has"])
        right["clean"] = not any(_squeezed(piece) in text for piece in expected["body_lacks"])
    if "whole" in right:
        right["body"] = right["whole"] and right["clean"]
    said = found.refused or " · ".join(
        f"{name}: {getattr(found, attribute)!r} not {str(expected.get(key))[:200]!r}"
        for name, attribute, key in (
            ("title", "title", "title"),
            ("date", "published", "published_at"),
            ("authors", "authors", "authors"),
            ("category", "categories", "categories"),
            ("picture", "image", "image"),
        )
        if right.get(name) is False
    )
    return Marks(str(page), right, share, belongs, said)


def _compared(expected: Mapping[str, Any], found: Extract) -> Iterator[tuple[str, bool]]:
    if "title" in expected:
        yield "title", _words(expected["title"]) == _words(found.title)
    if "published_at" in expected:
        yield "date", _same_time(expected["published_at"], found.published)
    if "authors" in expected:
        yield "authors", {tuple(_words(n)) for n in expected["authors"]} == {tuple(_words(n)) for n in found.authors}
    if "categories" in expected:
        names = {tuple(_words(name)) for name in found.categories}
        yield "category", not names or bool(names & {tuple(_words(name)) for name in expected["categories"]})
    if "image" in expected:
        urls = [expected["image"]] if isinstance(expected["image"], str) else expected["image"]
        yield "picture", any(_same_picture(url, found.image) for url in urls)


def _shares(expected: Mapping[str, Any], body: str) -> tuple[float | None, float | None]:
    if "body" not in expected:
        return None, None
    wanted, got = Counter(_words(expected["body"])), Counter(_words(body))
    optional = Counter(_words(expected.get("body_optional", "")))
    required = wanted - optional
    shared = (required & got).total()
    return shared / max(required.total(), 1), (wanted & got).total() / max(got.total(), 1)


def _same_time(expected: str, found: str) -> bool:
    if not found:
        return False
    if len(expected) <= len("2026-01-01"):
        moment = dates.parse(found, UTC)
        days = {moment.date(), moment.astimezone(UTC).date(), moment.astimezone(_ZONE).date()}
        return date.fromisoformat(expected) in days
    wanted = datetime.fromisoformat(expected)
    if len(found) <= len("2026-01-01"):
        return wanted.date() == date.fromisoformat(found)
    got = datetime.fromisoformat(found)
    if wanted.tzinfo is None:  # of an unknown zone
        return abs((wanted - got.replace(tzinfo=None)).total_seconds()) <= MAX_OFFSET_SECONDS
    return abs((wanted - got).total_seconds()) < 60


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _squeezed(text: str) -> str:
    return "".join(_words(text))


def _same_picture(url: str, other: str) -> bool:
    """True if the URLs name one picture, perhaps in other sizes.

    They have the same name without a size, share the long number that names the picture, or begin alike.
    """
    if set(_NUMBERS.findall(url)) & set(_NUMBERS.findall(other)):
        return True
    return any(one == two or _begin_alike(one, two) for one in _picture_names(url) for two in _picture_names(other))


def _picture_names(url: str) -> list[str]:
    """The name of the file, and that of a URL inside the URL. If it only says the size, the name of its folder."""
    paths = [unquote(part) for part in re.split(r"https?://", unquote(unquote(url)))[1:]] or [url]
    names = []
    for path in paths:
        folders = [_SIZE.sub("", part.partition(".")[0]).casefold() for part in urlsplit(path).path.split("/") if part]
        names += [next((name for name in reversed(folders) if len(_squeezed(name)) >= _MIN_NAME), "")]
    return [name for name in names if name]


def _begin_alike(name: str, other: str) -> bool:
    shared = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(name, other, strict=False))]
    letters = sum(map(str.isalpha, shared))
    return letters >= 2 * _MIN_NAME and 2 * len(shared) >= min(len(name), len(other))


def report(results: Mapping[str, Sequence[Marks]]) -> None:
    """Print a table with a column for each program."""
    rows = [["pages", *(f"{len(marks):,}" for marks in results.values())]]
    for name, attribute in (("words found", "found"), ("words that belong", "belongs")):
        shares = [[getattr(m, attribute) for m in marks if m.found is not None] for marks in results.values()]
        rows.append([name, *(f"{statistics.mean(values):.1%}" if values else "" for values in shares)])
    for measure_name in MEASURES:
        cells = []
        for marks in results.values():
            right = [mark.right[measure_name] for mark in marks if measure_name in mark.right]
            cells.append(f"{sum(right) / len(right):.1%} of {len(right)}" if right else "")
        name = "body whole and clean" if measure_name == "body" else measure_name
        rows.append([name, *cells])
    table(["right", *results], rows)


def main(arguments: Sequence[str]) -> None:
    """Measure the pages of a folder, print the table, and name the pages that are wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench pages", description="Measure the import of HTML pages.")
    parser.add_argument("folder", type=Path, help="pages NAME.html with NAME.expected.json; see bench/pages.py")
    parser.add_argument("--show", metavar="MEASURE", choices=MEASURES, help="name the pages where it is wrong")
    parser.add_argument("--only", choices=list(PROGRAMS), help="run one program alone")
    options = parser.parse_args(arguments)
    pages = [page for page in sorted(options.folder.rglob("*.html")) if _is_described(page)]
    if not pages:
        parser.error(f"{options.folder}: no page NAME.html with a file NAME.expected.json beside it")
    results = {}
    with ProcessPoolExecutor(2) as processes:
        for program in [options.only] if options.only else PROGRAMS:
            results[program] = list(processes.map(measure, [program] * len(pages), pages, chunksize=8))
    report(results)
    if options.show:
        for mark in next(iter(results.values())):
            if mark.right.get(options.show) is False:
                shares = "" if mark.found is None else f" found {mark.found:.0%} belongs {mark.belongs:.0%}"
                print(f"{mark.page}:{shares} {mark.said}")


def _is_described(page: Path) -> bool:
    return page.with_name(f"{page.stem}.expected.json").exists()
