"""Examples of answers, for the description. Tests validate them against their schemas."""

from typing import Any

from service.documents.formats import DEFAULT_FORMAT, FORMATS, HEADLINES

_BASE = "https://feeds.example.com"
_TITLE = "Kerja sama ASEAN diperkuat"
_ARTICLE = "https://www.example.com/berita/123"
_AT = "2026-03-12T09:33:00+07:00"

_RSS = f"""<?xml version='1.0' encoding='UTF-8'?>
<rss version="2.0"><channel><title>Warta – Terbaru</title><link>https://www.example.com/</link>
<description>Berita terbaru</description><item><title>{_TITLE}</title><link>{_ARTICLE}</link>
<guid isPermaLink="false">tag:example.com,2026:123</guid><pubDate>Thu, 12 Mar 2026 09:33:00 +0700</pubDate>
</item></channel></rss>"""
_ATOM = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>{_BASE}/latest</id><title>Warta – Terbaru</title><updated>{_AT}</updated>
<author><name>Warta</name></author><entry><id>tag:example.com,2026:123</id><title>{_TITLE}</title><updated>{_AT}</updated>
<link href="{_ARTICLE}"/></entry></feed>"""
_JSON_FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Warta – Terbaru",
    "home_page_url": "https://www.example.com/",
    "feed_url": f"{_BASE}/latest.json",
    "items": [
        {
            "id": "tag:example.com,2026:123",
            "url": _ARTICLE,
            "title": _TITLE,
            "content_html": "<p>Para menteri bertemu di Jakarta.</p>",
            "date_published": _AT,
        }
    ],
}
FEEDS: dict[str, Any] = dict(
    zip([each.media_type for each in FORMATS.values()], [_RSS, _ATOM, _JSON_FEED], strict=True)
)
FEED_AS_TEXT = {"text/plain": _RSS}
PARTNER_FEEDS = {DEFAULT_FORMAT.media_type: _RSS, "application/xml": "<articles><UUID>latest</UUID></articles>"}
HEADLINES_OF_FEED = {
    HEADLINES.media_type: {
        "title": "Warta – Terbaru",
        "language": "id",
        "ranked": False,
        "items": [{"url": _ARTICLE, "title": _TITLE, "language": "id", "date_published": _AT}],
    }
}
FEED_LIST: dict[str, Any] = {
    "title": "Warta",
    "description": "Berita terbaru",
    "language": "id",
    "home_page": "https://www.example.com/",
    "hubs": [],
    "feeds": [
        {
            "name": "popular/7d",
            "title": "Warta – Populer 7 hari",
            "label": "Populer 7 hari",
            "kind": "site",
            "page": f"{_BASE}/popular/7d",
            "formats": {extension: f"{_BASE}/popular/7d.{extension}" for extension in FORMATS},
            "limit": 50,
            "window": "7d",
        }
    ],
}
_LATEST = {"feed-title": "Terbaru", "rss": f"{_BASE}/latest.rss", "atom": f"{_BASE}/latest.atom"}
FEED_MENU: dict[str, Any] = {
    "feed-menu": "Warta",
    "items": [
        _LATEST,
        {
            "feed-menu": "Kategori",
            "items": [
                {
                    "feed-title": "Dinamika",
                    "rss": f"{_BASE}/category/dinamika.rss",
                    "atom": f"{_BASE}/category/dinamika.atom",
                }
            ],
        },
    ],
}
OPML = f"""<?xml version='1.0' encoding='UTF-8'?>
<opml version="2.0"><head><title>Warta</title></head><body><outline text="Semua berita">
<outline type="rss" text="Terbaru" xmlUrl="{_BASE}/latest.rss" htmlUrl="{_BASE}/latest"/></outline></body></opml>"""
SITEMAP = f"""<?xml version='1.0' encoding='UTF-8'?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{_ARTICLE}</loc><news:news><news:publication><news:name>Warta</news:name><news:language>id</news:language>
</news:publication><news:publication_date>{_AT}</news:publication_date><news:title>{_TITLE}</news:title></news:news></url>
</urlset>"""
ROBOTS = f"User-agent: *\nDisallow: /api/\nDisallow: /search?\nAllow: /\n\nSitemap: {_BASE}/sitemap-news.xml\n"

CHECK: dict[str, Any] = {
    "feed": "latest",
    "profiles": [
        {
            "profile": "msn",
            "url": f"{_BASE}/latest.msn.rss",
            "articles": 49,
            "articles_wanted": 0,
            "feed": [],
            "left_out": [
                {
                    "id": "123",
                    "title": "Panen",
                    "reasons": [{"field": "title", "reason": "must have at least 20 characters"}],
                }
            ],
        }
    ],
}
_POLL_DAY = {
    "day": "2026-03-12",
    "polls": 120,
    "conditional": 96,
    "unchanged": 80,
    "sent": 1_800_000,
    "saved_by_conditions": 3_600_000,
    "saved_by_compression": 5_000_000,
}
_CLIENT = {"name": "Feedly", "hosted": 42, "single": 0}
READERS: dict[str, Any] = {
    "since": "2026-03-06",
    "until": "2026-03-12",
    "feed_count": 1,
    "hosted": 42,
    "single": 3,
    "days": [_POLL_DAY],
    "clients": [_CLIENT],
    "feeds": [
        {
            "feed": "latest",
            "title": "Terbaru",
            "url": f"{_BASE}/latest",
            "hosted": 42,
            "single": 3,
            "clients": [{**_CLIENT, "polls": 96}],
            "days": [{**_POLL_DAY, "hosted": 42, "single": 3}],
        }
    ],
    "pollers": [
        {
            "client": "Feedly",
            "agent": "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers; )",
            "feed": "latest",
            "addresses": 1,
            "polls": 96,
            "interval": 900.0,
            "conditional": 1.0,
            "wasted": 0,
            "advice": "",
        }
    ],
}
STATS: dict[str, Any] = {
    "window": "24h",
    "category": None,
    "at": "2026-03-12T03:00:00+00:00",
    "counted": True,
    "timeline": {
        "step": 3600,
        "compared_with": 86400,
        "moments": [{"start": "2026-03-12T02:00:00+00:00", "views": 210, "before": 180}],
        "total": 210,
        "change": 0.17,
    },
    "popular": [
        {
            "id": "123",
            "title": _TITLE,
            "url": _ARTICLE,
            "categories": ["Dinamika"],
            "published_at": _AT,
            "views": 120,
            "hour": 40,
            "hour_before": 25,
            "course": [15, 25, 40],
            "movement": "rising",
            "change": 0.6,
        }
    ],
    "moving": [],
    "readers": READERS,
    "push": {
        "hub": {"name": "hub", "subscriptions": 2, "due": 0, "failing": 1, "given_up": 0},
        "hub_hour": {"delivered": 12, "failed": 3, "given_up": 0, "delay_p50": 0.06, "delay_p99": 0.4},
        "topics": [{"name": "latest.rss", "subscriptions": 2, "due": 0, "failing": 1, "given_up": 0}],
        "hosts": [{"name": "reader.example", "subscriptions": 2, "due": 0, "failing": 1, "given_up": 0}],
        "worst": [
            {
                "callback": "https://reader.example/push?…",
                "topic": "latest.rss",
                "attempts": 3,
                "since": "2026-03-12T02:50:00+00:00",
                "gave_up": False,
                "error": "the subscriber answered 500",
            }
        ],
        "webhooks": [{"name": "arsip", "state": "ok", "waiting": 0, "given_up": 0, "error": ""}],
        "webhook_hour": {"delivered": 9, "failed": 0, "given_up": 0, "delay_p50": 0.08, "delay_p99": 0.2},
    },
}
ALIVE = {"status": "alive"}
READY: dict[str, Any] = {
    "status": "ready",
    "parts": {
        "store": {"state": "ok", "empty": False, "ms": 0.4},
        "redis": {"state": "ok", "ms": 0.2},
        "views": {"state": "ok", "ms": 0.1},
        "newest_article": {"state": "ok", "published_at": "2026-03-12T02:33:00+00:00", "age_seconds": 60, "ms": 0.3},
        "search": {"state": "ok", "ms": 0.2},
    },
}
NOT_READY: dict[str, Any] = {
    "status": "down",
    "parts": {name: {"state": "unavailable", "ms": 500.0} for name in READY["parts"]},
}
METRICS = '# TYPE warta_requests_total counter\nwarta_requests_total{endpoint="Feeds_document"} 1.0\n'
DESCRIPTION = {"openapi": "3.1.0"}
