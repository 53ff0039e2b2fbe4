"""The schema of `/api/stats`."""

from typing import Any

_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}
_DATE = {"type": "string", "format": "date"}
_TEXT = {"type": "string"}
_CHANGE = {"type": ["number", "null"], "description": "0.5 is half as much again; null: nothing to compare with."}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}


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
_CLIENT = _object({"name": _TEXT, "hosted": _COUNT, "single": _COUNT, "polls": _COUNT})
_DAY = _object(
    {
        "day": _DATE,
        **dict.fromkeys(("polls", "conditional", "unchanged", "sent"), _COUNT),
        **dict.fromkeys(("saved_by_conditions", "saved_by_compression", "hosted", "single"), _COUNT),
    }
)
_FEED = _object(
    {
        **dict.fromkeys(("feed", "title", "url"), _TEXT),
        **dict.fromkeys(("hosted", "single"), _COUNT),
        "clients": _list(_CLIENT),
        "days": _list(_DAY),
    }
)
_POLLER = _object(
    {
        **dict.fromkeys(("client", "agent", "feed", "advice"), _TEXT),
        **dict.fromkeys(("addresses", "polls", "wasted"), _COUNT),
        "interval": {"type": ["number", "null"], "description": "Seconds between polls; null: it came once."},
        "conditional": _SHARE,
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
        "readers": _object({"since": _DATE, "until": _DATE, "feeds": _list(_FEED), "pollers": _list(_POLLER)}),
    }
)
