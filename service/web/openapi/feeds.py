"""The part of the OpenAPI document about feeds: for all readers, for partners, and lists of feeds."""

from typing import Any

from service.core.settings.model import WINDOWS
from service.documents.formats import FORMATS, HEADLINES, PARTNERS, PROFILES
from service.documents.formats.directory import KINDS
from service.feeds.names import TRENDING
from service.web.openapi.parts import LIMIT, TOKEN, answer, content, operation, parameter, problems, schema

_ADDRESS = {"type": "string", "format": "uri"}
_REASON = {
    "type": "object",
    "required": ["field", "reason"],
    "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
}
_LEFT_OUT = {
    "type": "object",
    "required": ["id", "title", "reasons"],
    "properties": {
        "id": {"type": "string"},
        "title": {"type": "string"},
        "reasons": {"type": "array", "minItems": 1, "items": _REASON},
    },
}
_CHECK = {
    "type": "object",
    "required": ["feed", "profiles"],
    "properties": {
        "feed": {"type": "string"},
        "profiles": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["profile", "url", "articles", "articles_wanted", "left_out"],
                "properties": {
                    "profile": {"enum": list(PROFILES)},
                    "url": _ADDRESS,
                    "articles": {"type": "integer", "description": "That the partner takes."},
                    "articles_wanted": {"type": "integer", "description": "At least; 0 where the partner says none."},
                    "left_out": {"type": "array", "items": _LEFT_OUT},
                },
            },
        },
    },
}
FEED_SCHEMAS: dict[str, Any] = {
    "Check": _CHECK,
    "Headlines": {
        "type": "object",
        "required": ["title", "language", "ranked", "items"],
        "properties": {
            "title": {"type": "string", "description": "The title that the feed itself carries."},
            "language": {"type": "string", "description": "Of the site."},
            "ranked": {"type": "boolean", "description": "Whether the order is a ranking, most read first."},
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["url", "title", "language", "date_published"],
                    "properties": {
                        "url": _ADDRESS,
                        "title": {"type": "string"},
                        "language": {"type": "string"},
                        "date_published": {"type": "string", "format": "date-time"},
                    },
                },
            },
        },
    },
    "Directory": {
        "type": "object",
        "required": ["title", "description", "language", "home_page", "hubs", "feeds"],
        "properties": {
            "title": {"type": "string", "description": "Name of the newsroom."},
            "description": {"type": "string"},
            "language": {"type": "string"},
            "home_page": _ADDRESS,
            "hubs": {"type": "array", "items": _ADDRESS, "description": "WebSub hubs that hear of every feed."},
            "feeds": {"type": "array", "items": {"$ref": "#/components/schemas/ListedFeed"}},
        },
    },
    "ListedFeed": {
        "type": "object",
        "required": ["name", "title", "kind", "page", "formats", "limit"],
        "properties": {
            "name": {"type": "string", "description": "The path without extension."},
            "title": {"type": "string", "description": "The title that the feed itself carries."},
            "kind": {"enum": list(KINDS), "description": "Whose articles it shows: the whole site's, a category's…"},
            "page": {**_ADDRESS, "description": "The feed as a page for people."},
            "formats": {
                "type": "object",
                "description": "Address by format.",
                "additionalProperties": _ADDRESS,
            },
            "limit": {"type": "integer", "description": "Number of entries without ?limit=."},
            "window": {
                "enum": [*WINDOWS, TRENDING],
                "description": "The most read articles in this window; else the newest.",
            },
            "modified_at": {
                "type": "string",
                "format": "date-time",
                "description": "When its articles last changed; popular feeds change with the views, and have none.",
            },
        },
    },
    "FeedMenu": {
        "type": "object",
        "description": "draft-nottingham-feed-menu-01: feeds, and menus of feeds.",
        "required": ["feed-menu", "items"],
        "properties": {
            "feed-menu": {"type": "string"},
            "items": {
                "type": "array",
                "items": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/FeedMenu"},
                        {
                            "type": "object",
                            "required": ["feed-title", "rss", "atom"],
                            "properties": {"feed-title": {"type": "string"}, "rss": _ADDRESS, "atom": _ADDRESS},
                        },
                    ]
                },
            },
        },
    },
}


def feed_paths() -> dict[str, Any]:
    """Return the paths of all feeds, of their check, of the lists of feeds, the sitemap and robots.txt."""
    return {**_feed_paths(), **_partner_paths(), **_directory_paths()}


def _feed_paths() -> dict[str, Any]:
    slug = parameter(
        "slug",
        "path",
        "The name in lower case, with hyphens between words; symbols are spelled after a tilde (`c~plus~plus`).",
    )
    window = parameter("window", "path", "Window of page views.", enum=list(WINDOWS))
    content: dict[str, Any] = {format_.media_type: {} for format_ in FORMATS.values()}
    responses = {
        "200": {"description": "The feed.", "content": content},
        "226": {
            "description": "What has changed since the client's copy: for A-IM: feed (RFC 3229).",
            "content": content,
        },
        "301": {"description": "Another spelling of the URL, a tracker's parameter, or a renamed category."},
        "304": {"description": "The client's copy is current."},
        **problems(400, 404, 406, 412, 503),
    }
    kinds: dict[str, tuple[str, list[dict[str, Any]]]] = {
        "/latest": ("The newest articles", []),
        "/popular": ("The most read articles in the default window", []),
        "/popular/{window}": ("The most read articles in a window", [window]),
        "/category/{slug}": ("The newest articles of a category", [slug]),
        "/category/{slug}/popular": ("The most read articles of a category", [slug]),
        "/category/{slug}/popular/{window}": ("The most read articles of a category in a window", [slug, window]),
        "/trending": ("What is read most now, older views fading", []),
        "/category/{slug}/trending": ("What is read most now in a category", [slug]),
        "/tag/{slug}": ("The newest articles with a tag", [slug]),
        "/author/{slug}": ("The newest articles of an author", [slug]),
    }
    extension = parameter("extension", "path", "The format.", enum=list(FORMATS))
    paths: dict[str, Any] = {}
    for path, (summary, parameters) in kinds.items():
        negotiated = {**responses, "200": {"description": "The feed.", "content": {**content, "text/html": {}}}}
        paths[f"{path}.{{extension}}"] = {
            "get": operation(summary, responses, parameters=[*parameters, extension, LIMIT])
        }
        paths[path] = {
            "get": operation(
                f"{summary}; a page for browsers, else by Accept", negotiated, parameters=[*parameters, LIMIT]
            )
        }
    return paths


def _partner_paths() -> dict[str, Any]:
    feed = parameter("feed", "path", "The feed's path without extension, slashes included.")
    partner = parameter("partner", "path", "The partner's profile and format.", enum=list(PARTNERS))
    profile = parameter("profile", "query", "The partner; without it, every one.", enum=list(PROFILES))
    content: dict[str, Any] = {partner.media_type: {} for partner in PARTNERS.values()}
    headlines: dict[str, Any] = {HEADLINES.media_type: {"schema": schema("Headlines")}}
    return {
        f"/{{feed}}.{HEADLINES.extension}": {
            "get": operation(
                "Only headlines, links and times of any feed, for a box on a news page",
                {
                    "200": {"description": "The headlines.", "content": headlines},
                    "304": {"description": "The client's copy is current."},
                    **problems(400, 404, 406, 412, 503),
                },
                parameters=[feed, LIMIT],
            )
        },
        "/{feed}.{partner}": {
            "get": operation(
                "Any feed as a partner wants it, without the articles that it would refuse",
                {
                    "200": {"description": "The feed.", "content": content},
                    "304": {"description": "The client's copy is current."},
                    **problems(400, 404, 406, 412, 503),
                },
                parameters=[feed, partner, LIMIT],
            )
        },
        "/api/check/{feed}": {
            "get": operation(
                "Which articles of a feed its partners would refuse, and why",
                {"200": answer("What is left out, by profile.", "Check"), **problems(400, 401, 403, 404, 503)},
                security=TOKEN,
                parameters=[feed, profile],
            )
        },
    }


def _directory_paths() -> dict[str, Any]:
    number = parameter("number", "path", "Part of the sitemap.", type="integer", minimum=1)

    def listing(summary: str, content: dict[str, Any], *refused: int, **more: Any) -> dict[str, Any]:
        responses = {
            "200": {"description": "The list.", "content": content},
            "304": {"description": "The client's copy is current."},
        }
        return {"get": operation(summary, {**responses, **problems(*refused)}, **more)}

    sitemap: dict[str, Any] = {"application/xml": {}}
    refused = (400, 406, 412, 503)
    return {
        "/feeds.opml": listing("Every listed feed, as OPML 2.0", {"text/x-opml": {}}, *refused),
        "/feeds.json": listing("Every listed feed", content("application/json", schema("Directory")), *refused),
        "/.well-known/feed-menu.json": listing(
            "Every listed feed, as a feed menu", content("application/json", schema("FeedMenu")), *refused
        ),
        "/sitemap-news.xml": listing(
            "The articles of the last 48 hours for Google News; beyond 1,000 an index of parts", sitemap, *refused
        ),
        "/sitemap-news/{number}.xml": listing("A part of the sitemap", sitemap, 404, *refused, parameters=[number]),
        "/robots.txt": listing("What robots may read (RFC 9309)", {"text/plain": {}}),
    }
