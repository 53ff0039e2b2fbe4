"""One entry of a feed in any format, and its conversion to an article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from hashlib import sha256
from urllib.parse import urlsplit

from service.articles import dates
from service.articles.characters import xml_safe
from service.articles.languages import language_tag
from service.articles.origins import is_name
from service.articles.plain_text import plain
from service.articles.teaser import teaser
from service.core.errors import FieldError
from service.importers.result import FoundArticle, RefusedItem
from service.importers.urls import joined, too_long

MAX_ID_CHARACTERS = 200  # characters, the API's limit
MAX_TITLE_CHARACTERS = 100  # characters of a title that is made from the first words of the body
# Characters of a body that are searched for its first words: a limit against hostile markup
_MAX_SEARCHED_CHARACTERS = 20_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # the part of RFC 5646 that the API accepts
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE)


class UnusableEntry(ValueError):
    """No article can be made from an entry. The message gives the reason."""


@dataclass(frozen=True, kw_only=True)
class EntryFile:
    """A photo or another file of an entry. `length` (bytes), `width` and `height` (pixels) are values as written."""

    url: str
    type: str = ""
    is_image: bool = False  # the source marks it as an image by other means than the type
    length: object = None
    width: object = None
    height: object = None


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """The values of an entry as they are written. A missing value is "" or empty.

    `base` is the URL against which the relative URLs of the entry are resolved.
    """

    base: str = ""
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content_html: str = ""
    section: str = ""
    authors: Sequence[tuple[str, str]] = ()  # name, URL
    categories: Sequence[str] = ()
    tags: Sequence[str] = ()
    published: str = ""
    updated: str = ""
    language: str = ""
    files: Sequence[EntryFile] = field(default=())
    caption: str = ""  # caption and credit belong to the first photo
    credit: str = ""
    status: str = ""
    others: Sequence[tuple[str, str]] = ()  # further fields of an article, and their values
    same_as: Sequence[str] = ()  # other ids and URLs of the same article
    old_urls: Sequence[str] = ()
    notes: Sequence[str] = ()

    def found(self, where: str, zone: tzinfo) -> FoundArticle:
        """The article that was found at the place `where`. A time without a zone is in `zone`.

        A time of the last change and a photo that cannot be used are left out. Raises UnreadableDate if the time of
        publication cannot be read, UnusableEntry if the entry has neither a title nor content.
        """
        updated, left_out = self._updated(zone)
        left_out += [
            FieldError(
                "image.url" if _is_image(file) else "enclosures.url", f'"{file.url[:80]}" is no http or https URL'
            )
            for file in self.files
            if file.url.strip() and not _absolute_url(self.base, file.url)
        ]
        names = [name for name in (*self.same_as, self.id.strip(), _absolute_url(self.base, self.url)) if is_name(name)]
        return FoundArticle(
            where,
            self._article(zone, updated),
            same_as=list(dict.fromkeys(names)),
            old_urls=list(self.old_urls),
            left_out=left_out,
            notes=list(self.notes),
        )

    def _updated(self, zone: tzinfo) -> tuple[datetime | None, list[FieldError]]:
        """The time of the last change, or the reason why it is left out."""
        try:
            return dates.parse(self.updated, zone) if self.updated.strip() else None, []
        except dates.UnreadableDate as error:
            return None, [FieldError("updated_at", str(error))]

    def _article(self, zone: tzinfo, updated: datetime | None) -> dict[str, object]:
        """The article in the API's JSON form, without empty fields."""
        title = self.title.strip() or _first_words(self.content_html or self.summary)
        if not title:
            raise UnusableEntry("has neither a title nor content")
        url = _absolute_url(self.base, self.url)
        published = dates.parse(self.published, zone) if self.published.strip() else None
        language = language_tag(self.language)
        date = published or updated
        # The last change of a scheduled post is often before its publication. The API refuses that, and a future one.
        is_change = published and updated and published <= updated <= dates.utc_now()
        fields = {
            "id": _id(self.id.strip() or url, f"{title} {date.isoformat() if date else ''}"),
            "url": url,
            "title": title,
            "summary": self.summary.strip(),
            "content_html": self.content_html.strip(),
            "authors": [
                _without_empty({"name": name.strip(), "url": _absolute_url(self.base, page)})
                for name, page in dict(self.authors).items()
                if name.strip()
            ],
            "section": self.section.strip(),
            "categories": [name for name in map(str.strip, self.categories) if name],
            "tags": [name for name in map(str.strip, self.tags) if name],
            "published_at": date.isoformat() if date else "",
            "updated_at": updated.isoformat() if updated and is_change else "",
            "language": language if _LANGUAGE.fullmatch(language) else "",
            "status": self.status,
            **self._photo_and_enclosures(),
        }
        return _without_empty(dict(self.others)) | _without_empty(fields)

    def _photo_and_enclosures(self) -> dict[str, object]:
        photos: list[dict[str, object]] = []
        enclosures: list[dict[str, object]] = []
        for file in self.files:
            if url := _absolute_url(self.base, file.url):
                described = _described(file, url)
                (photos if _is_image(file) else enclosures).append(described)
        # Many feeds list the same photo twice, as enclosure and as media:content. Each may have values that the other
        # lacks, so the values are merged.
        photo: dict[str, object] = {}
        for other in reversed(photos):
            if other["url"] == photos[0]["url"]:
                photo.update(other)
        words = {"caption": self.caption.strip(), "credit": self.credit.strip()}
        return {"image": _without_empty({**photo, **words}), "enclosures": enclosures}


def to_item(where: str, entry: FeedEntry | str, zone: tzinfo) -> FoundArticle | RefusedItem:
    """Convert an entry to a FoundArticle, or to a RefusedItem with the reason. A str is such a reason."""
    try:
        return RefusedItem(where, entry) if isinstance(entry, str) else entry.found(where, zone)
    except (dates.UnreadableDate, UnusableEntry) as error:
        return RefusedItem(where, str(error))


def _described(file: EntryFile, url: str) -> dict[str, object]:
    media_type = file.type.partition(";")[0].strip().lower()
    sizes = {} if not _is_image(file) else {"width": _count(file.width), "height": _count(file.height)}
    known = {"type": media_type if _MEDIA_TYPE.fullmatch(media_type) else "", "length": _count(file.length), **sizes}
    return _without_empty({"url": url, **known})


def _is_image(file: EntryFile) -> bool:
    if file.type:
        return file.type.lower().startswith("image/")
    return file.is_image or bool(_IMAGE_NAME.search(file.url))


def _id(told: str, otherwise: str) -> str:
    """The id `told` by the entry, if the API accepts it. Otherwise a SHA-256 of `told`, or of `otherwise` if it is "".

    The result is the same at every import.
    """
    is_safe = told == xml_safe(told) == told.strip() and told.isprintable()
    parts = told.split("/")
    if parts[0] and len(told) <= MAX_ID_CHARACTERS and is_safe and not {".", ".."} & set(parts):
        return told
    return f"sha256-{sha256((told or otherwise).encode('utf-8', 'replace')).hexdigest()}"


def _absolute_url(base: str, address: str) -> str:
    """Resolve a URL to an absolute http or https URL. Returns "" if it is none.

    A URL that is too long is returned unchanged: the API then refuses the article for it.
    """
    address = address.strip()
    if too_long(address):
        return address
    url = joined(base, address) if address else ""
    return url if url and urlsplit(url).scheme in ("http", "https") else ""


def _count(value: object) -> int:
    """A number of bytes or pixels. Returns 0 if the value is no decimal number, or has more than 15 digits."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def _first_words(markup: str) -> str:
    return teaser(plain(markup[:_MAX_SEARCHED_CHARACTERS]), MAX_TITLE_CHARACTERS)


def _without_empty(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", 0, [], {}, None)}
