"""JSON Feed 1.1 (jsonfeed.org/version/1.1). Values for which it has no field are in the extension `_warta`."""

import json
from typing import Any

from service.articles.article import Article
from service.documents.formats.body import body
from service.documents.formats.edition import Edition, Entry, guid, moment
from service.documents.formats.fragments import keep, recall
from service.documents.parts import Fragment, Spliced


def json_feed(edition: Edition) -> Spliced:
    """The edition as JSON Feed 1.1. Items that the process keeps are not written again."""
    feed, site = edition.feed, edition.settings.site
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": edition.url,
        "next_url": edition.older,
        "description": edition.description,
        "language": site.language,
        "icon": site.logo,
        "authors": [{"name": site.author, "url": edition.settings.home}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in edition.settings.hubs],
        "_warta": _filled(
            {
                "rights": site.rights,
                "current_url": edition.current,
                "newer_url": edition.newer,
                "window": feed.name.window,
                "shortened": edition.shortened,
                "computed_at": moment(edition.ranking.since, site) if edition.ranking else None,
                "deleted": [
                    {"id": guid(t.article_id, edition.settings), "deleted_at": moment(t.at, site)}
                    for t in edition.tombstones
                ],
            }
        ),
        "items": [],
    }
    head = _written({name: value for name, value in document.items() if value or name == "items"})
    items = _ranked(edition) if edition.ranking else _items(edition)
    return Spliced(head.removesuffix(b"]}"), items, b"]}", joint=b",", withdrawn=edition.withdrawn)


def _ranked(edition: Edition) -> list[Fragment]:
    """The items of a popular feed. They are not kept, because rank and views belong to this feed alone."""
    return [
        Fragment(article.id, _written(_item(article, edition, rank))) for rank, article in enumerate(edition.entries, 1)
    ]


def _items(edition: Edition) -> list[Fragment]:
    """The items of a feed without a ranking: kept ones, and new ones, which are then kept."""
    known = recall(json_feed, edition.entries, edition.settings)
    return [
        (kept or keep(json_feed, article, edition.settings, _written(_item(article, edition)))).fragment
        for kept, article in zip(known, edition.entries, strict=True)
    ]


def _item(article: Article, edition: Edition, rank: int = 0) -> dict[str, Any]:
    entry = Entry(article, edition.settings)
    image = article.image
    content = {"content_html": body(entry)} if entry.content_html else {"content_text": entry.summary}
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
                _filled({"url": file.url, "mime_type": file.type, "size_in_bytes": file.length})
                for file in entry.enclosures
            ],
            "_warta": {
                **_filled(
                    {
                        "section": article.section,
                        "categories": article.categories,
                        "tags": article.tags,
                        "rights": entry.rights,
                        "correction": article.correction,
                    }
                ),
                **_standing(article, edition, rank),
                **_filled({"image": _filled({"caption": image.caption, "credit": image.credit}) if image else None}),
            },
        }
    )


def _standing(article: Article, edition: Edition, rank: int) -> dict[str, Any]:
    """The article's rank and views in a popular feed; empty in other feeds.

    A pinned article is marked, because it may have fewer views than the next article, or none.
    """
    if edition.ranking is None:
        return {}
    pinned = {"pinned": True} if article.id in edition.ranking.pinned else {}
    return {"rank": rank, "views": edition.ranking.views.get(article.id, 0), **pinned}


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
