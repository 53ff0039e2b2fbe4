"""Small HTML pages of an article, and what the import reads from them."""

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from service import importers
from service.importers import FoundArticle, OpenSource, ReadOptions

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
HEADLINE = "Jembatan gantung di Kampung Hulu dibuka lagi"
PARAGRAPHS = [
    "Warga Kampung Hulu kembali menyeberangi sungai setelah jembatan gantung selesai diperbaiki pada hari Senin.",
    "Tali baja yang lama diganti dengan yang baru, dan lantai kayunya dilapisi aspal supaya tidak licin saat hujan.",
    "Anak sekolah tidak lagi memutar lima kilometer, kata kepala desa yang memimpin kerja bakti selama tiga pekan.",
    "Pemerintah kabupaten akan memeriksa tali dan baut dua kali setahun, sebelum dan sesudah musim penghujan tiba.",
]
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
TIME = "<time datetime=2026-03-06T10:00+07:00></time>"


def page(body: str = f"<h1>{HEADLINE}</h1>{TIME}<article>{TEXT}</article>", head: str = "", **node: Any) -> str:
    stated = {"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2026-03-06T10:00:00+07:00", **node}
    return f'<html><head>{head}<script type="application/ld+json">{json.dumps(stated)}</script></head><body>{body}'


def article(document: str) -> FoundArticle:
    [found] = importers.read(OpenSource.of_bytes("halaman", document.encode()), "html", OPTIONS)
    assert isinstance(found, FoundArticle)
    return found


def title(document: str) -> object:
    return article(document).fields["title"]


def body(document: str) -> str:
    return str(article(document).fields["content_html"])


def paragraphs(document: str) -> list[str]:
    return [text for text in re.split(r"\s*<[^>]*>\s*", body(document)) if text]


def names(document: str) -> list[str]:
    found = article(document).fields.get("authors", ())
    assert isinstance(found, list | tuple)
    return [author["name"] for author in found]
