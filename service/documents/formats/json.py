"""JSON Feed 1.1 (jsonfeed.org/version/1.1). Values for which it has no field are in the extension `_warta`."""

import json
from typing import Any

from service.articles.article import Article
from service.documents.formats.context import EntryValues, RenderContext, guid, rfc3339
from service.documents.formats.entry_cache import cache_entry, cached_entries
from service.documents.parts import DocumentParts, Fragment


def json_feed(context: RenderContext) -> DocumentParts:
    """The feed as JSON Feed 1.1. Cached items are not written again."""
    feed, site = context.feed, context.settings.site
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": context.url,
        "next_url": context.older,
        "description": context.description,
        "language": site.language,
        "icon": context.settings.icon_url("512"),
        "favicon": context.settings.icon_url("96"),
        "authors": [{"name": site.author, "url": context.settings.home}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in context.hubs],
        "_warta": _filled(
            {
                "rights": site.rights,
                "current_url": context.current,
                "newer_url": context.newer,
                "window": feed.name.window,
                "shortened": context.shortened,
                "computed_at": rfc3339(context.ranking.since, site) if context.ranking else None,
                "deleted": [
                    {"id": guid(t.article_id, context.settings), "deleted_at": rfc3339(t.at, site)}
                    for t in context.tombstones
                ],
            }
        ),
        "items": [],
    }
    head = _written({name: value for name, value in document.items() if value or name == "items"})
    items = _ranked(context) if context.ranking else _items(context)
    return DocumentParts(head.removesuffix(b"]}"), items, b"]}", separator=b",", withdrawn=context.withdrawn)


def _ranked(context: RenderContext) -> list[Fragment]:
    """The items of a popular feed. They are not cached, because rank and views belong to this feed alone."""
    return [
        Fragment(article.id, _written(_item(article, context, rank))) for rank, article in enumerate(context.entries, 1)
    ]


def _items(context: RenderContext) -> list[Fragment]:
    """The items of a feed without a ranking: cached ones, and new ones, which are then cached."""
    known = cached_entries(json_feed, context.entries, context.settings)
    return [
        (cached or cache_entry(json_feed, article, context.settings, _written(_item(article, context)))).fragment
        for cached, article in zip(known, context.entries, strict=True)
    ]


def _item(article: Article, context: RenderContext, rank: int = 0) -> dict[str, Any]:
    entry = EntryValues(article, context.settings)
    image = article.image
    recording, duration = entry.recording, article.podcast.duration if article.podcast else None
    content = {"content_html": entry.content_html} if entry.content_html else {"content_text": entry.summary}
    return _filled(
        {
            "id": entry.guid,
            "url": entry.link,
            "title": article.title,
            "summary": entry.summary,
            **content,
            "image": image.url if image else None,
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.updated_at.isoformat(),
            "authors": [_filled({"name": name, "url": url}) for name, url in entry.authors],
            "tags": [name for name, _ in entry.labels],
            "language": entry.language,
            "attachments": [
                _filled(
                    {
                        "url": file.url,
                        "mime_type": file.type,
                        "size_in_bytes": file.length,
                        "duration_in_seconds": duration if file == recording else None,
                    }
                )
                for file in entry.files
            ],
            "_warta": {
                **_filled(
                    {
                        "section": article.section,
                        "categories": article.categories,
                        "tags": article.tags,
                        "rights": entry.rights,
                        "correction": article.correction,
                        "podcast": article.podcast.model_dump(mode="json", exclude_defaults=True)
                        if article.podcast
                        else None,
                    }
                ),
                **_standing(article, context, rank),
                **_filled({"image": _filled({"caption": image.caption, "credit": image.credit}) if image else None}),
            },
        }
    )


def _standing(article: Article, context: RenderContext, rank: int) -> dict[str, Any]:
    """The article's rank and views in a popular feed; empty in other feeds.

    A pinned article is marked, because it may have fewer views than the next article, or none.
    """
    if context.ranking is None:
        return {}
    pinned = {"pinned": True} if article.id in context.ranking.pinned else {}
    return {"rank": rank, "views": context.ranking.views.get(article.id, 0), **pinned}


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
