"""The part of the OpenAPI document about the readers of the feeds."""

from typing import Any

from service.web.openapi.parts import STATS_TOKEN, answer, operation, parameter, problems


def _record(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "description": description, "required": list(properties), "properties": properties}


_WORDS = {"type": "string"}
_DATE = {"type": "string", "format": "date", "description": "A day of UTC."}
_COUNT = {"type": "integer", "minimum": 0}
_HOSTED = {**_COUNT, "description": "Subscribers that hosted readers report."}
_SINGLE = {**_COUNT, "description": "Addresses that poll for themselves; wrong by 0.81 % (standard error)."}
REPORT = _record(
    "Who reads the feeds: feeds with most readers first, pollers that waste most first.",
    since=_DATE,
    until=_DATE,
    feeds={
        "type": "array",
        "items": _record(
            "A feed, by its name without extension; readers at the end of the span.",
            feed=_WORDS,
            title=_WORDS,
            url={"type": "string", "format": "uri"},
            hosted=_HOSTED,
            single=_SINGLE,
            clients={
                "type": "array",
                "maxItems": 50,
                "items": _record("A program.", name=_WORDS, hosted=_HOSTED, single=_SINGLE, polls=_COUNT),
            },
            days={
                "type": "array",
                "items": _record(
                    "A day on which the feed was polled, oldest first. Bytes are of bodies.",
                    day=_DATE,
                    polls=_COUNT,
                    conditional={**_COUNT, "description": "Polls that asked whether there is news."},
                    unchanged={**_COUNT, "description": "Polls that heard that there is none (304)."},
                    sent=_COUNT,
                    saved_by_conditions=_COUNT,
                    saved_by_compression={"type": "integer"},
                    hosted=_HOSTED,
                    single=_SINGLE,
                ),
            },
        ),
    },
    pollers={
        "type": "array",
        "maxItems": 50,
        "items": _record(
            "A program that polls a feed.",
            client=_WORDS,
            agent={**_WORDS, "description": "As it was sent, in at most 256 characters."},
            feed=_WORDS,
            addresses=_COUNT,
            polls=_COUNT,
            interval={"type": ["number", "null"], "description": "Seconds between an address's polls."},
            conditional={"type": "number", "minimum": 0, "maximum": 1},
            wasted={**_COUNT, "description": "Bytes of bodies that were sent to it before."},
            advice={**_WORDS, "description": "What its makers should hear; empty if nothing."},
        ),
    },
)


def reader_paths() -> dict[str, Any]:
    """Return the path of the report."""
    days = parameter("days", "query", "Days up to today.", type="integer", minimum=1, maximum=90, default=7)
    return {
        "/api/readers": {
            "get": operation(
                "Who reads the feeds, and how politely",
                {"200": answer("The report.", "Readers"), **problems(400, 401, 403, 503)},
                security=STATS_TOKEN,
                parameters=[days],
            )
        },
    }
