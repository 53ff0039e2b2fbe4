"""The description of the HTTP interface (OpenAPI 3.1). The article's schema is the one that validates it."""

from typing import Any

from service import __version__
from service.article import Submission
from service.feed import TRENDING
from service.render import FORMATS, PARTNERS, PROFILES
from service.render.directory import KINDS
from service.settings import WINDOWS, Settings
from service.web.openapi_curation import CURATION_SCHEMAS, curation_paths
from service.web.openapi_parts import ID as _ID
from service.web.openapi_parts import LIMIT as _LIMIT
from service.web.openapi_parts import TOKEN as _TOKEN
from service.web.openapi_parts import answer as _answer
from service.web.openapi_parts import content as _content
from service.web.openapi_parts import operation as _operation
from service.web.openapi_parts import parameter as _parameter
from service.web.openapi_parts import problems as _problems
from service.web.openapi_parts import schema as _schema
from service.web.openapi_stats import STATS
from service.web.readers_schema import REPORT
from service.web.static_files import StaticFiles


def openapi(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document, for a newsroom with these settings."""
    article = Submission.model_json_schema(ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.site.title}: articles and feeds",
            "version": __version__,
            "description": "Articles in, feeds out. Errors are application/problem+json (RFC 9457).",
        },
        "servers": [{"url": settings.base_url}],
        "paths": {
            **_article_paths(),
            **curation_paths(),
            **_feed_paths(),
            **_partner_paths(),
            **_directory_paths(),
            **_view_paths(),
            **_stats_paths(settings),
            **_reader_paths(),
            **_operation_paths(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **article.pop("$defs"),
                "Article": article,
                "Problem": _PROBLEM,
                "Change": _CHANGE,
                "Check": _CHECK,
                "Stats": STATS,
                "Readers": REPORT,
                **_DIRECTORIES,
                **CURATION_SCHEMAS,
            },
        },
    }


_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong; names the field or the parameter."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
_CHANGE = {
    "type": "object",
    "required": ["cursor", "id", "kind", "at"],
    "properties": {
        "cursor": {"type": "string"},
        "id": {"type": "string"},
        "kind": {"enum": ["published", "updated", "withdrawn", "expired"]},
        "at": {"type": "string", "format": "date-time"},
    },
}
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
_DIRECTORIES = {
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
_STATS_TOKEN = [{"token": ["stats:read"]}]


def _article_paths() -> dict[str, Any]:
    article = {"required": True, "content": _content("application/json", _schema("Article"))}
    lines = {"required": True, "content": _content("application/jsonl", {"type": "string"})}
    refused = _problems(400, 401, 403, 413, 422, 503)
    return {
        "/api/articles/{id}": {
            "parameters": [_ID],
            "put": _operation(
                "Create or replace an article",
                {"200": _answer("Replaced.", "Article"), "201": _answer("Created.", "Article"), **refused},
                security=_TOKEN,
                requestBody=article,
            ),
            "patch": _operation(
                "Change fields of an article; null empties one",
                {"200": _answer("Changed.", "Article"), **refused, **_problems(404)},
                security=_TOKEN,
                requestBody={"required": True, "content": _content("application/merge-patch+json", {"type": "object"})},
            ),
            "get": _operation(
                "An article as it is stored",
                {"200": _answer("The article.", "Article"), **_problems(401, 403, 404, 503)},
                security=_TOKEN,
            ),
            "delete": _operation(
                "Withdraw an article",
                {"204": _answer("Withdrawn."), **_problems(401, 403, 404, 503)},
                security=_TOKEN,
            ),
        },
        "/api/articles": {
            "post": _operation(
                "Create or replace many articles: JSON Lines in, a line of JSON with line, id, status per line out",
                {
                    "200": {
                        "description": "An answer per line, in order.",
                        "content": _content("application/jsonl", {"type": "string"}),
                    },
                    **_problems(401, 403, 503),
                },
                security=_TOKEN,
                requestBody=lines,
            )
        },
        "/api/changes": {
            "get": _operation(
                "What changed, oldest first, up to 1,000 at a time",
                {
                    "200": {
                        "description": "Changes after the cursor, and the cursor to go on from.",
                        "content": _content(
                            "application/json",
                            {
                                "type": "object",
                                "required": ["changes", "cursor", "more"],
                                "properties": {
                                    "changes": {"type": "array", "items": _schema("Change")},
                                    "cursor": {"type": "string"},
                                    "more": {"type": "boolean"},
                                },
                            },
                        ),
                    },
                    **_problems(400, 401, 403, 503),
                },
                security=_TOKEN,
                parameters=[_parameter("since", "query", "Cursor of the last change seen.", type="string")],
            )
        },
        "/api/openapi.json": {"get": _operation("This document", {"200": _answer("OpenAPI 3.1.")})},
    }


def _feed_paths() -> dict[str, Any]:
    slug = _parameter("slug", "path", "The name in lower case, hyphens for all but letters and digits.")
    window = _parameter("window", "path", "Window of page views.", enum=list(WINDOWS))
    content: dict[str, Any] = {format_.media_type: {} for format_ in FORMATS.values()}
    responses = {
        "200": {"description": "The feed.", "content": content},
        "226": {
            "description": "What has changed since the client's copy: for A-IM: feed (RFC 3229).",
            "content": content,
        },
        "304": {"description": "The client's copy is current."},
        **_problems(400, 404, 406, 412, 503),
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
    extension = _parameter("extension", "path", "The format.", enum=list(FORMATS))
    paths: dict[str, Any] = {}
    for path, (summary, parameters) in kinds.items():
        negotiated = {**responses, "200": {"description": "The feed.", "content": {**content, "text/html": {}}}}
        paths[f"{path}.{{extension}}"] = {
            "get": _operation(summary, responses, parameters=[*parameters, extension, _LIMIT])
        }
        paths[path] = {
            "get": _operation(
                f"{summary}; a page for browsers, else by Accept", negotiated, parameters=[*parameters, _LIMIT]
            )
        }
    return paths


def _partner_paths() -> dict[str, Any]:
    feed = _parameter("feed", "path", "The feed's path without extension, slashes included.")
    partner = _parameter("partner", "path", "The partner's profile and format.", enum=list(PARTNERS))
    profile = _parameter("profile", "query", "The partner; without it, every one.", enum=list(PROFILES))
    content: dict[str, Any] = {partner.media_type: {} for partner in PARTNERS.values()}
    return {
        "/{feed}.{partner}": {
            "get": _operation(
                "Any feed as a partner wants it, without the articles that it would refuse",
                {
                    "200": {"description": "The feed.", "content": content},
                    "304": {"description": "The client's copy is current."},
                    **_problems(400, 404, 406, 412, 503),
                },
                parameters=[feed, partner, _LIMIT],
            )
        },
        "/api/check/{feed}": {
            "get": _operation(
                "Which articles of a feed its partners would refuse, and why",
                {"200": _answer("What is left out, by profile.", "Check"), **_problems(400, 401, 403, 404, 503)},
                security=_TOKEN,
                parameters=[feed, profile],
            )
        },
    }


def _directory_paths() -> dict[str, Any]:
    number = _parameter("number", "path", "Part of the sitemap.", type="integer", minimum=1)

    def listing(summary: str, content: dict[str, Any], *refused: int, **more: Any) -> dict[str, Any]:
        responses = {
            "200": {"description": "The list.", "content": content},
            "304": {"description": "The client's copy is current."},
        }
        return {"get": _operation(summary, {**responses, **_problems(*refused)}, **more)}

    sitemap: dict[str, Any] = {"application/xml": {}}
    refused = (400, 406, 412, 503)
    return {
        "/feeds.opml": listing("Every listed feed, as OPML 2.0", {"text/x-opml": {}}, *refused),
        "/feeds.json": listing("Every listed feed", _content("application/json", _schema("Directory")), *refused),
        "/.well-known/feed-menu.json": listing(
            "Every listed feed, as a feed menu", _content("application/json", _schema("FeedMenu")), *refused
        ),
        "/sitemap-news.xml": listing(
            "The articles of the last 48 hours for Google News; beyond 1,000 an index of parts", sitemap, *refused
        ),
        "/sitemap-news/{number}.xml": listing("A part of the sitemap", sitemap, 404, *refused, parameters=[number]),
        "/robots.txt": listing("What robots may read (RFC 9309)", {"text/plain": {}}),
    }


def _page() -> dict[str, Any]:
    return {"description": "The page.", "content": {"text/html": {}}}


def _view_paths() -> dict[str, Any]:
    name = _parameter("name", "path", "Id of an article of the sample newsroom.", type="string", pattern="^demo-")
    return {
        "/": {"get": _operation("The directory of feeds, for people", {"200": _page(), **_problems(503)})},
        "/photos/{name}.png": {
            "parameters": [name],
            "get": _operation(
                "A photo of the sample newsroom",
                {"200": {"description": "The photo.", "content": {"image/png": {}}}, **_problems(404)},
            ),
        },
        "/articles/{id}": {
            "parameters": [_ID],
            "get": _operation(
                "The article's page, if article pages are on",
                {"200": _page(), **_problems(404, 410, 503)},
            ),
        },
        "/articles/{id}/views": {
            "parameters": [_ID],
            "post": _operation("Count a page view (beacon)", {"204": _answer("Taken."), **_problems(404)}),
        },
        "/articles/{id}/views.gif": {
            "parameters": [_ID],
            "get": _operation(
                "Count a page view (pixel)",
                {"200": {"description": "A pixel.", "content": {"image/gif": {}}}, **_problems(404)},
            ),
        },
        "/embed.js": {
            "get": _operation(
                "The script of a news page: sends the beacon, and fills the Populer and UPDATE boxes",
                {
                    "200": {"description": "The script.", "content": {"text/javascript": {}}},
                    "304": {"description": "The client's copy is current."},
                    **_problems(406, 412),
                },
            ),
        },
        "/embed/demo": {
            "get": _operation(
                "A news page with that script and its boxes, if article pages are on",
                {"200": _page(), **_problems(404, 503)},
            ),
        },
    }


def _stats_paths(settings: Settings) -> dict[str, Any]:
    window = _parameter("window", "query", "Span of time; 24h without it.", enum=list(WINDOWS))
    category = _parameter("category", "query", "Only views of this category, by its slug.", type="string")
    link = [
        _parameter(name, "query", "Of a signed link; see warta token link.", type="string")
        for name in ("name", "until", "key")
    ]
    language = _parameter("lang", "query", "From now on the page is in this language.", enum=["id", "en"])
    file = _parameter("file", "path", "A file of this release.", enum=StaticFiles(settings).names)
    signed_in = {"303": {"description": "To the page."}, "401": _page(), "403": _page()}
    token = [{"token": ["stats:read"]}]
    return {
        "/api/stats": {
            "get": _operation(
                "What is popular and moving, views over time, readers of the feeds",
                {"200": _answer("The statistics.", "Stats"), **_problems(400, 401, 403, 503)},
                security=token,
                parameters=[window, category],
            )
        },
        "/stats": {
            "get": _operation(
                "The same as a page, for a token, a signed link, or the cookie that either leaves",
                {"200": _page(), **signed_in, **_problems(400, 503)},
                security=token,
                parameters=[window, category, language, *link],
            ),
            "post": _operation(
                "Sign in with the field token of a form, or out with sign_out",
                {**signed_in, **_problems(413, 503)},
            ),
        },
        "/static/{file}": {
            "get": _operation(
                "Scripts and styles of the pages",
                {
                    "200": {"description": "The file.", "content": {"text/javascript": {}, "text/css": {}}},
                    "304": {"description": "The client's copy is current."},
                    **_problems(404, 406, 412),
                },
                parameters=[file],
            )
        },
    }


def _reader_paths() -> dict[str, Any]:
    days = _parameter("days", "query", "Days up to today.", type="integer", minimum=1, maximum=90, default=7)
    return {
        "/api/readers": {
            "get": _operation(
                "Who reads the feeds, and how politely",
                {"200": _answer("The report.", "Readers"), **_problems(400, 401, 403, 503)},
                security=_STATS_TOKEN,
                parameters=[days],
            )
        },
    }


def _operation_paths() -> dict[str, Any]:
    return {
        "/healthz": {"get": _operation("Alive", {"200": _answer("Alive.")})},
        "/readyz": {
            "get": _operation("Each part with its state", {"200": _answer("Can serve."), "503": _answer("Cannot.")})
        },
        "/metrics": {"get": _operation("Prometheus metrics", {"200": {"description": "Text format 0.0.4."}})},
    }
