"""The part of the OpenAPI document about the newsroom's statistics."""

from typing import Any

from service.core.settings.model import WINDOWS, Settings
from service.web.http.static_files import StaticFiles
from service.web.openapi.parts import PAGE, STATS_TOKEN, answer, operation, parameter, problems, schema

_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}
_TEXT = {"type": "string"}
_CHANGE = {"type": ["number", "null"], "description": "0.5 is half as much again; null: nothing to compare with."}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_STORY = _object(
    {
        "id": _TEXT,
        "title": _TEXT,
        "url": {"type": "string", "format": "uri"},
        "categories": _list(_TEXT),
        "published_at": _TIME,
        "views": {**_COUNT, "description": "In the window; of those that move, in the last hour."},
        "hour": {**_COUNT, "description": "In the last hour."},
        "hour_before": _COUNT,
        "course": {**_list(_COUNT), "description": "Views over the window, in equal steps."},
        "movement": {"enum": ["new", "rising", "falling", "steady"]},
        "change": _CHANGE,
    }
)
STATS = _object(
    {
        "window": _TEXT,
        "category": {"type": ["string", "null"]},
        "at": _TIME,
        "counted": {"type": "boolean", "description": "False while Redis is away: the order then is the store's."},
        "timeline": _object(
            {
                "step": {**_COUNT, "description": "Seconds of each moment; the last one is running."},
                "compared_with": {**_COUNT, "description": "How many seconds earlier `before` is."},
                "total": _COUNT,
                "change": _CHANGE,
                "moments": _list(_object({"start": _TIME, "views": _COUNT, "before": _COUNT})),
            }
        ),
        "popular": _list(_STORY),
        "moving": _list(_STORY),
        "readers": schema("Readers"),
    }
)


def stats_paths(settings: Settings) -> dict[str, Any]:
    """Return the paths of the statistics: the page, its files, and the JSON for programs."""
    window = parameter("window", "query", "Span of time; 24h without it.", enum=list(WINDOWS))
    category = parameter("category", "query", "Only views of this category, by its slug.", type="string")
    link = [
        parameter(name, "query", "Of a signed link; see warta token link.", type="string")
        for name in ("name", "until", "key")
    ]
    language = parameter("lang", "query", "From now on the page is in this language.", enum=["id", "en"])
    file = parameter("file", "path", "A file of this release.", enum=StaticFiles(settings).names)
    signed_in = {"303": {"description": "To the page."}, "401": PAGE, "403": PAGE}
    return {
        "/api/stats": {
            "get": operation(
                "What is popular and moving, views over time, readers of the feeds",
                {"200": answer("The statistics.", "Stats"), **problems(400, 401, 403, 503)},
                security=STATS_TOKEN,
                parameters=[window, category],
            )
        },
        "/stats": {
            "get": operation(
                "The same as a page, for a token, a signed link, or the cookie that either leaves",
                {"200": PAGE, **signed_in, **problems(400, 503)},
                security=STATS_TOKEN,
                parameters=[window, category, language, *link],
            ),
            "post": operation(
                "Sign in with the field token of a form, or out with sign_out",
                {**signed_in, **problems(413, 503)},
            ),
        },
        "/static/{file}": {
            "get": operation(
                "Scripts and styles of the pages",
                {
                    "200": {"description": "The file.", "content": {"text/javascript": {}, "text/css": {}}},
                    "304": {"description": "The client's copy is current."},
                    **problems(404, 406, 412),
                },
                parameters=[file],
            )
        },
    }
