"""One entry of a feed, whatever its format, and the article that it becomes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from hashlib import sha256
from urllib.parse import urlsplit

from service.articles import dates
from service.articles.text import plain, xml_safe
from service.importers.addresses import joined, too_long
from service.importers.found import Found, Refused

ID_LENGTH = 200  # characters, the API's limit
TITLE_LENGTH = 100  # characters of a title that is made of the body's first words
_LOOKED_AT = 20_000  # characters of a body in which its first words are looked for: markup may be hostile
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # RFC 5646, as far as the API takes it
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)


class EntryUnusable(ValueError):
    """An entry from which no article can be made; the text says why."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A photo or another file that an entry names. Sizes are kept as they are written, in bytes and pixels."""

    url: str
    type: str = ""
    is_image: bool = False  # said by other means than the type
    length: object = None
    width: object = None
    height: object = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What an entry tells, as it is written; "" and empty where it tells nothing. `base` resolves its addresses."""

    base: str = ""
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content_html: str = ""
    section: str = ""
    authors: Sequence[tuple[str, str]] = ()  # name, address
    categories: Sequence[str] = ()
    tags: Sequence[str] = ()
    published: str = ""
    updated: str = ""
    language: str = ""
    files: Sequence[File] = field(default=())
    caption: str = ""  # of the first photo, as its credit
    credit: str = ""
    status: str = ""

    def article(self, zone: tzinfo) -> dict[str, object]:
        """The API's JSON form, without what the entry does not tell; a time without a zone is in `zone`.

        Raises UnreadableDate for a date that is none, EntryUnusable for an entry without title and content.
        """
        title = self.title.strip() or _first_words(self.content_html or self.summary)
        if not title:
            raise EntryUnusable("has neither a title nor content")
        url = _address(self.base, self.url)
        published, updated = (
            dates.parse(text, zone).isoformat() if text.strip() else "" for text in (self.published, self.updated)
        )
        fields = {
            "id": _id(self.id.strip() or url, f"{title} {published or updated}"),
            "url": url,
            "title": title,
            "summary": self.summary.strip(),
            "content_html": self.content_html.strip(),
            "authors": [
                _without_empty({"name": name.strip(), "url": _address(self.base, page)})
                for name, page in dict(self.authors).items()
                if name.strip()
            ],
            "section": self.section.strip(),
            "categories": [name for name in map(str.strip, self.categories) if name],
            "tags": [name for name in map(str.strip, self.tags) if name],
            "published_at": published or updated,
            "updated_at": updated if published else "",
            "language": self.language if _LANGUAGE.fullmatch(self.language) else "",
            "status": self.status,
            **self._photo_and_enclosures(),
        }
        return _without_empty(fields)

    def _photo_and_enclosures(self) -> dict[str, object]:
        photos: list[dict[str, object]] = []
        enclosures: list[dict[str, object]] = []
        for file in self.files:
            if url := _address(self.base, file.url):
                described = _described(file, url)
                (photos if _is_image(file) else enclosures).append(described)
        # The same photo often stands there twice, as enclosure and as media:content; each may know more.
        photo: dict[str, object] = {}
        for other in reversed(photos):
            if other["url"] == photos[0]["url"]:
                photo.update(other)
        words = {"caption": self.caption.strip(), "credit": self.credit.strip()}
        return {"image": _without_empty({**photo, **words}), "enclosures": enclosures}


def item(where: str, entry: Entry | str, zone: tzinfo) -> Found | Refused:
    """The entry's article, or why there is none; a text in place of the entry says so itself."""
    try:
        return Refused(where, entry) if isinstance(entry, str) else Found(where, entry.article(zone))
    except (dates.UnreadableDate, EntryUnusable) as error:
        return Refused(where, str(error))


def _described(file: File, url: str) -> dict[str, object]:
    media_type = file.type.partition(";")[0].strip().lower()
    sizes = {} if not _is_image(file) else {"width": _count(file.width), "height": _count(file.height)}
    known = {"type": media_type if _MEDIA_TYPE.fullmatch(media_type) else "", "length": _count(file.length), **sizes}
    return _without_empty({"url": url, **known})


def _is_image(file: File) -> bool:
    if file.type:
        return file.type.lower().startswith("image/")
    return file.is_image or bool(_IMAGE_NAME.search(file.url))


def _id(told: str, otherwise: str) -> str:
    """The id that the entry tells, where the API takes it, else one that is always made of it in the same way."""
    is_safe = told == xml_safe(told) == told.strip() and told.isprintable()
    parts = told.split("/")
    if parts[0] and len(told) <= ID_LENGTH and is_safe and not {".", ".."} & set(parts):
        return told
    return f"sha256-{sha256((told or otherwise).encode('utf-8', 'replace')).hexdigest()}"


def _address(base: str, address: str) -> str:
    """`address` as an absolute http or https URL, "" if it is none; as it is if the API will refuse its length."""
    address = address.strip()
    if too_long(address):
        return address
    url = joined(base, address) if address else ""
    return url if url and urlsplit(url).scheme in ("http", "https") else ""


def _count(value: object) -> int:
    """A number of bytes or pixels, 0 where it is not a sensible one."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _first_words(markup: str) -> str:
    text = plain(markup[:_LOOKED_AT])
    if len(text) <= TITLE_LENGTH:
        return text
    return text[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def _without_empty(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", 0, [], {}, None)}
