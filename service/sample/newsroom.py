"""The sample newsroom: about two hundred invented articles of the last three weeks, with page views."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import cycle, islice, pairwise
from math import exp
from random import Random

from service.sample import photos
from service.sample.phrases import (
    BACKGROUND,
    CLOSINGS,
    CORRECTIONS,
    FAMILY_NAMES,
    FAMILY_NAMES_ABROAD,
    GIVEN_NAMES,
    GIVEN_NAMES_ABROAD,
    LINKS,
    PHOTOGRAPHERS,
    PLACES,
    REPORTERS,
    STORIES,
    Place,
    Story,
)

WIB = timezone(timedelta(hours=7), "WIB")
SPAN = timedelta(days=21)
TOTAL_VIEWS = 20_000
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

# Relative probability of a publication in each hour of the day, in Asia/Jakarta time.
RHYTHM = (1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 9, 8, 9, 10, 10, 9, 8, 8, 7, 6, 4, 3, 2)

# Limits of the spans of age. The views of a span are placed in its middle, so that every popular window has views.
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VIEW_AGES = (
    0 * HOUR, HOUR / 3, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 11 * DAY, 16 * DAY, SPAN,
)  # fmt: skip


@dataclass(frozen=True)
class SampleArticle:
    """An article in the JSON form of the API, and its page views as pairs of age (before `now`) and number."""

    fields: dict[str, object]
    views: tuple[tuple[timedelta, int], ...]


def articles(*, now: datetime, base_url: str, count: int = 200) -> Iterator[SampleArticle]:
    """Yield the sample articles, oldest first. The same arguments give the same articles.

    `now` has a time zone; no article, update or view is later. The URL of a picture is `{base_url}/photos/{id}.png`,
    and `photos.draw(id)` draws it. Raises ValueError if `count` is larger than the number of possible pairs of story
    and place.
    """
    assignments = _assignments(count)
    popularity = _popularity(count)
    moments = _moments(now, count)
    updated = set(_dice("updates").sample(range(count * 4 // 5, count), round(count * 0.05)))
    for number, ((story, place), published) in enumerate(zip(assignments, moments, strict=True), start=1):
        writer = _Writer(story, place, published, number)
        fields = writer.article(base_url)
        if number - 1 in updated:
            fields |= writer.update(now)
        yield SampleArticle(fields, _views(now - published, popularity[number - 1], _dice(f"views {number}")))


def _dice(purpose: str) -> Random:
    """A repeatable random generator for one purpose. Separate generators do not influence each other."""
    return Random(f"warta {purpose}")  # noqa: S311 - sample data, not a secret


def _assignments(count: int) -> list[tuple[Story, Place]]:
    """The pairs of story and place. No pair occurs twice, and every story occurs equally often.

    Raises ValueError if there are fewer than `count` pairs.
    """
    rng = _dice("assignments")
    places = {
        story: rng.sample(fitting, len(fitting))
        for story in STORIES
        if (fitting := [place for place in PLACES if place.kinds in story.kinds.split()])
    }
    rounds = min(map(len, places.values()))
    pairs = [(story, places[story][turn]) for turn in range(rounds) for story in rng.sample(STORIES, len(STORIES))]
    if count > len(pairs):
        raise ValueError(f"the sample newsroom has {len(pairs)} articles at most, not {count}")
    return pairs[:count]


def _moments(now: datetime, count: int) -> list[datetime]:
    """The times of publication, sorted. Recent times are more frequent than old ones, and days than nights."""
    rng = _dice("moments")
    now = now.astimezone(WIB).replace(microsecond=0)
    moments = {now - timedelta(seconds=rng.randrange(120, 300))}
    while len(moments) < count:
        age = timedelta(seconds=round(600 + rng.random() ** 1.5 * (SPAN.total_seconds() - 600)))
        if rng.random() * max(RHYTHM) < RHYTHM[(now - age).hour]:
            moments.add(now - age)
    return sorted(moments)


def _popularity(count: int) -> list[float]:
    """The number of views of each article in its lifetime: few articles get many views, most get few.

    A part of the views lies after `now`. Therefore the sum is 1.36 times TOTAL_VIEWS.
    """
    ranks = list(range(1, count + 1))
    _dice("popularity").shuffle(ranks)
    weights = [1 / (rank + 3) ** 0.9 for rank in ranks]
    weights[-16:] = [weight * 4 for weight in weights[-16:]]  # otherwise the last hour would have few views
    return [TOTAL_VIEWS * 1.36 * weight / sum(weights) for weight in weights]


def _views(age: timedelta, lifetime: float, rng: Random) -> tuple[tuple[timedelta, int], ...]:
    """The views of an article of this age: many at first, which fade within hours or days, then a few for long."""
    fade = rng.choice((5, 9, 16, 30, 60)) * HOUR

    def read(since: timedelta) -> float:
        return lifetime * (0.85 * (1 - exp(-(since / fade))) + 0.15 * (since / SPAN))

    views = []
    for start, end in pairwise(VIEW_AGES):
        if start < age:
            end = min(end, age)
            # The running total is rounded, not each part: otherwise the few late views would be rounded to zero.
            many = round(read(age - start)) - round(read(age - end))
            views.append((timedelta(seconds=int((start + end).total_seconds() / 2)), many))
    return tuple((when, many) for when, many in views if many)


def _figures(rng: Random) -> dict[str, str]:
    """Random numbers for the slots of the templates, in Indonesian notation."""
    return {
        "sedikit": str(rng.randint(3, 6)),
        "belasan": str(rng.randint(11, 19)),
        "puluhan": str(rng.randint(24, 88)),
        "ratusan": str(rng.randint(12, 96) * 10),
        "ribuan": f"{rng.randint(1, 8)}.{rng.randint(0, 19) * 50:03}",
        "juta": str(rng.randint(9, 96) * 5),
        "miliar": f"{rng.randint(1, 6)},{rng.randint(1, 9)}",
        "persen": f"{rng.randint(8, 38)},{rng.randint(1, 9)}",
        "skor": rng.choice(("1-0", "2-1", "3-2")),
    }


class _Writer:
    """Writes an article about one story in one place. Every slot has one value, so that all parts of the text agree."""

    def __init__(self, story: Story, place: Place, published: datetime, number: int) -> None:
        self.story, self.published = story, published
        self.id = f"demo-{story.categories[0].lower()}-{number:04}"
        self.rng = rng = _dice(self.id)
        tokoh, warga = map(" ".join, zip(rng.sample(GIVEN_NAMES, 2), rng.sample(FAMILY_NAMES, 2), strict=True))
        if place.kinds == "dunia":
            tokoh = f"{rng.choice(GIVEN_NAMES_ABROAD)} {rng.choice(FAMILY_NAMES_ABROAD)}"
        role = rng.choice(story.jabatan.split("|"))
        self.slots = {
            "kota": place.kota,
            "provinsi": place.provinsi,
            "tokoh": tokoh,
            "warga": warga,
            "jabatan": role,
            "jabatan_besar": role[0].upper() + role[1:],
            "hari": f"{DAYS[published.weekday()]} ({published.day}/{published.month})",
            "lembaga": rng.choice(story.lembaga.split("|")).format(kota=place.kota),
            **_figures(rng),
        }

    def say(self, template: str, slots: dict[str, str] | None = None) -> str:
        """Make a choice for each `[a|b]` in the template, fill its slots, and return the text on one line."""
        chosen = re.sub(r"\[([^\[\]]*)\]", lambda match: self.rng.choice(match[1].split("|")), template)
        return " ".join(chosen.split()).format_map(slots or self.slots)

    def article(self, base_url: str) -> dict[str, object]:
        """The article, in the JSON form of the API."""
        story, rng = self.story, self.rng
        tags = story.tags.split(", ")
        fields: dict[str, object] = {
            "id": self.id,
            "title": self.say(rng.choice(story.headlines.strip().splitlines())),
            "summary": self.say(story.summary),
            "content_html": self.body(),
            "section": "Berita",
            "categories": list(story.categories[: 2 if rng.random() < 0.35 else 1]),
            "tags": rng.sample(tags, rng.randint(2, len(tags))),
            "authors": [{"name": name, "url": f"{base_url}/author/{_slug(name)}"} for name in self.reporters()],
            "published_at": self.published.isoformat(),
            "language": "id",
        }
        if rng.random() < 0.85:
            fields["image"] = self.image(base_url)
        return fields

    def reporters(self) -> list[str]:
        """The authors of the article. Each desk has four reporters; one article in six has two authors."""
        desk = sorted(BACKGROUND).index(self.story.categories[0])
        team = list(islice(cycle(REPORTERS), desk, desk + 4))
        return self.rng.sample(team, 2 if self.rng.random() < 1 / 6 else 1)

    def image(self, base_url: str) -> dict[str, object]:
        width, height = photos.SIZE
        return {
            "url": f"{base_url}/photos/{self.id}.png",
            "type": "image/png",
            "length": len(photos.draw(self.id)),
            "width": width,
            "height": height,
            "caption": self.say(self.story.caption),
            "credit": self.rng.choice((*PHOTOGRAPHERS, "Ist")),
        }

    def update(self, now: datetime) -> dict[str, object]:
        """The changed fields of a later version: always `updated_at`, in half of the cases a correction."""
        later = min((now - self.published) * self.rng.uniform(0.3, 0.8), timedelta(hours=7))
        updated = self.published + timedelta(seconds=round(later.total_seconds()))
        fields: dict[str, object] = {"updated_at": updated.isoformat()}
        if self.rng.random() < 0.5:
            fields["correction"] = self.say(self.rng.choice(CORRECTIONS))
        return fields

    def body(self) -> str:
        """The body as HTML: the paragraphs of the story, two background paragraphs of its category, and a closing."""
        story = re.split(r"\n\s*\n", self.story.body.strip())
        background = self.rng.sample(BACKGROUND[self.story.categories[0]], 2)
        closing = f"{self.rng.choice(CLOSINGS)} {self.rng.choice(LINKS)}"
        others = self.slots | _figures(self.rng)  # the background has other topics, so it needs other numbers
        return "\n".join(
            [self.block(text, self.slots) for text in story]
            + [self.block(text, others) for text in (*background, closing)]
        )

    def block(self, template: str, slots: dict[str, str]) -> str:
        """Convert one block of a body to HTML. Adjacent lines with the same mark are one element, except list items."""
        parts: list[tuple[str, str]] = []
        for line in map(str.strip, template.splitlines()):
            mark, text = (line[:2], line[2:]) if line[:2] in ("* ", "> ") else ("", line)
            if line.startswith("## "):
                mark, text = "##", line[3:]
            if parts and parts[-1][0] == mark and mark != "* ":
                text = f"{parts.pop()[1]} {text}"
            parts.append((mark, text))
        pieces = [_ELEMENTS[mark].format(self.inline(text, slots)) for mark, text in parts]
        return re.sub(r"(<li>.*</li>)", r"<ul>\n\1\n</ul>", "\n".join(pieces), flags=re.DOTALL)

    def inline(self, template: str, slots: dict[str, str]) -> str:
        """Convert a text to HTML. A part in `<>` becomes a link."""
        link = rf'<a href="https://example.org/{_slug(self.slots["lembaga"])}">\1</a>'
        return re.sub(r"&lt;(.*?)&gt;", link, html.escape(self.say(template, slots), quote=False))


_ELEMENTS = {
    "": "<p>{}</p>",
    "##": "<h2>{}</h2>",
    "> ": "<blockquote><p>{}</p></blockquote>",
    "* ": "<li>{}</li>",
}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
