"""The picture of an article: the one that people see at its head, in the largest size that the page names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from service.articles.pictures import BodyPicture
from service.importers.feed_entry import EntryFile

_FILE = re.compile(r"[^/?&=]+\.(?:jpe?g|png|webp|gif|avif)", re.IGNORECASE)
_SIZE = re.compile(r"(?:[-_.~]|^)(?:\d{2,4}x\d{2,4}|[wh][-_]?\d{2,4}|\d{2,4}[wp])(?=[-_.~]|$)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{7,}|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_MIN_NAME = 6  # letters and digits of a name that tells pictures apart


def best(stated: Sequence[EntryFile], seen: Sequence[Mapping[str, Any]]) -> Sequence[EntryFile]:
    """The picture of the article in a list; [] without one.

    `stated` are the pictures in JSON-LD and meta elements. `seen` are those at the head of the page. A stated picture
    goes before the same picture in the page, because it is larger. Otherwise the seen one is right: many sites state a
    picture with their logo, or one that was made for social networks.
    """
    shown = [EntryFile(url=url, is_image=True) for picture in seen if (url := seen_url(picture))]
    known = [each for each in stated for file in shown if is_same(each.url, file.url)]
    return (known or shown or list(stated))[:1]


def seen_url(picture: Mapping[str, Any]) -> str:
    """The URL of the best file of a picture in the page; "" without one."""
    return BodyPicture(picture["attributes"], picture["sources"]).url


def is_same(url: str, other: str) -> bool:
    """True if two URLs lead to sizes of one picture: they share the name of the file, or a long number in it."""
    return bool(_names(url) & _names(other))


def _names(url: str) -> set[str]:
    """The names by which a picture is known: of its file, also in a URL in the URL, and the long numbers in them."""
    text = unquote(unquote(url[:4000]))
    files = _FILE.findall(text) or [urlsplit(text).path.rstrip("/").rpartition("/")[2]]
    found = {number.lower() for file in files for number in _LONG_NUMBER.findall(file)}
    for file in files:
        name = "".join(_WORD.findall(_SIZE.sub("", file.partition(".")[0].lower())))
        if len(name) >= _MIN_NAME:
            found.add(name)
    return found
