"""Building blocks of the OpenAPI document: operations, parameters, answers."""

from typing import Any

TOKEN = [{"token": ["articles:write"]}]
STATS_TOKEN = [{"token": ["stats:read"]}]
PAGE: dict[str, Any] = {"description": "The page.", "content": {"text/html": {}}}

FIELD_REASON = {
    "type": "object",
    "required": ["field", "reason"],
    "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
}


def schema(name: str) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Describe a body of one media type."""
    return {media_type: {"schema": schema}}


def answer(description: str, name: str | None = None) -> dict[str, Any]:
    """Describe an answer. Its body is JSON of the named schema; without a name it has no described body."""
    if name is None:
        return {"description": description}
    return {"description": description, "content": content("application/json", schema(name))}


def problems(*statuses: int) -> dict[str, Any]:
    """Describe the answers with these error statuses."""
    meaning = {
        400: "The request cannot be understood.",
        401: "No valid token.",
        403: "The token's scope does not cover this.",
        404: "There is no such thing.",
        406: "No acceptable content coding.",
        408: "The body came too slowly.",
        409: "There are too many already.",
        412: "If-Match or If-Unmodified-Since names another state of it.",
        410: "The article was withdrawn.",
        413: "Too long.",
        422: "A field is not valid; detail names it.",
        503: "The store is away, or too many bodies come at once; try again after Retry-After seconds.",
    }
    body = content("application/problem+json", schema("Problem"))
    return {str(status): {"description": meaning[status], "content": body} for status in statuses}


def parameter(name: str, where: str, description: str, **schema: Any) -> dict[str, Any]:
    """Describe a parameter. It is a string unless a schema is given."""
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": schema or {"type": "string"},
    }


def operation(summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe one method of a URL."""
    return {"summary": summary, "responses": responses, **more}


ID = parameter("id", "path", "The CMS's id, percent-encoded.", type="string", minLength=1, maxLength=200)
LIMIT = parameter("limit", "query", "Number of entries.", type="integer", minimum=1, maximum=100)
