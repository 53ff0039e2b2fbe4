# mypy: disable-error-code="import-not-found", allow-subclassing-any
"""The newest 50 articles by Django's syndication framework, with their bodies in `content:encoded`."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from bench.peers.plain_django.models import Article


class ContentFeed(Rss201rev2Feed):
    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class Latest(Feed):
    feed_type = ContentFeed
    title = "Plain Django"
    link = "https://news.example/"
    description = "Berita terbaru"
    language = "id"
    item_enclosure_mime_type = "image/jpeg"

    def items(self) -> "QuerySet[Article]":
        return Article.objects.order_by("-published_at")[:50]

    def item_title(self, item: Article) -> str:
        return str(item.title)

    def item_description(self, item: Article) -> str:
        return str(item.summary)

    def item_guid(self, item: Article) -> str:
        return str(item.url)

    def item_author_name(self, item: Article) -> str:
        return str(item.author)

    def item_pubdate(self, item: Article) -> datetime:
        when = item.published_at
        assert isinstance(when, datetime)
        return when

    def item_categories(self, item: Article) -> list[str]:
        return list(item.categories)

    def item_enclosure_url(self, item: Article) -> str:
        return str(item.image_url)

    def item_enclosure_length(self, item: Article) -> int:
        return int(item.image_length)

    def item_extra_kwargs(self, item: Article) -> dict[str, str]:
        return {"content": str(item.content_html)}


class LatestAtom(Latest):
    feed_type = Atom1Feed
    subtitle = Latest.description
