"""The part of the OpenAPI document about curation. The model that validates a decision gives its schema."""

from typing import Any

from service.feeds.editorial import MAX_NOTE_LENGTH, EditorialOverride
from service.web.openapi.parts import ID, TOKEN, answer, content, operation, parameter, problems, schema

_OVERRIDE = EditorialOverride.model_json_schema()
_MADE: dict[str, Any] = {
    "id": {"type": "string", "description": "The article's."},
    "by": {"type": "string", "description": "Name of the token, or who used the command line."},
    "at": {"type": "string", "format": "date-time"},
}
_RECORD: dict[str, Any] = {
    "type": "object",
    "required": ["id", "kind", "by", "at"],
    "properties": {**_OVERRIDE["properties"], **_MADE},
}
OVERRIDE_SCHEMAS: dict[str, Any] = {
    "Decision": _OVERRIDE,
    "Ruling": _RECORD,
    "AuditLine": {
        "type": "object",
        "required": ["cursor", "action", *_RECORD["required"]],
        "properties": {
            "cursor": {"type": "string"},
            "action": {
                "enum": ["decided", "changed", "released", "ended"],
                "description": "ended: by itself, when its time had come.",
            },
            **_RECORD["properties"],
        },
    },
}
_PAGE = {"cursor": {"type": "string"}, "more": {"type": "boolean"}}


def override_paths() -> dict[str, Any]:
    """Return the paths for editors of popular and trending lists."""
    return {
        "/api/curation": {
            "get": operation(
                "The decisions that hold in popular and trending lists",
                {"200": _list("Decisions.", "decisions", "Ruling"), **problems(400, 401, 403, 503)},
                security=TOKEN,
            )
        },
        "/api/curation/articles/{id}": {"parameters": [ID], "put": _put(), "delete": _delete()},
        "/api/curation/audit": {
            "get": operation(
                "Who decided, released what, when and why, oldest first, up to 1,000 at a time",
                {
                    "200": _list("Lines after the cursor, and the cursor to go on from.", "audit", "AuditLine", _PAGE),
                    **problems(400, 401, 403, 503),
                },
                security=TOKEN,
                parameters=[parameter("since", "query", "Cursor of the last line seen.", type="string")],
            )
        },
    }


def _list(description: str, name: str, of: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {name: {"type": "array", "items": schema(of)}, **(more or {})}
    listed = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": description, "content": content("application/json", listed)}


def _put() -> dict[str, Any]:
    example = {"kind": "boost", "factor": 2, "note": "Liputan khusus"}
    return operation(
        "Pin, exclude or boost an article; replaces what was decided about it for the same lists",
        {
            "200": answer("Replaced.", "Ruling"),
            "201": answer("Decided.", "Ruling"),
            **problems(400, 401, 403, 404, 408, 409, 413, 422, 503),
        },
        security=TOKEN,
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": schema("Decision"), "example": example}},
        },
    )


def _delete() -> dict[str, Any]:
    return operation(
        "Release an article",
        {"204": answer("Released."), **problems(400, 401, 403, 404, 503)},
        security=TOKEN,
        parameters=[
            parameter("category", "query", "In the lists of this category; without it, in all lists."),
            parameter("note", "query", "Why, plain text.", type="string", maxLength=MAX_NOTE_LENGTH),
        ],
    )
