"""The part of the OpenAPI document about articles. The model that validates an article gives its schema."""

from typing import Any

from service.articles.article import Submission
from service.web.openapi.parts import FIELD_REASON, ID, TOKEN, answer, content, operation, parameter, problems, schema

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

_WARNINGS = {
    "type": "array",
    "items": FIELD_REASON,
    "description": "The values that were left out, since they cannot be used. Missing if there are none.",
}


def article_schemas() -> dict[str, Any]:
    """Return the schemas of an article with its parts, as it is sent and as it is stored, and of a change."""
    article = Submission.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = article.pop("$defs")
    stored = {**article, "title": "StoredArticle", "properties": {**article["properties"], "warnings": _WARNINGS}}
    return {**parts, "Article": article, "StoredArticle": stored, "Change": _CHANGE}


def article_paths() -> dict[str, Any]:
    """Return the paths for a CMS."""
    article = {"required": True, "content": content("application/json", schema("Article"))}
    lines = {"required": True, "content": content("application/jsonl", {"type": "string"})}
    refused = problems(400, 401, 403, 408, 413, 422, 503)
    return {
        "/api/articles/{id}": {
            "parameters": [ID],
            "put": operation(
                "Create or replace an article",
                {"200": answer("Replaced.", "StoredArticle"), "201": answer("Created.", "StoredArticle"), **refused},
                security=TOKEN,
                requestBody=article,
            ),
            "patch": operation(
                "Change fields of an article; null empties one",
                {"200": answer("Changed.", "StoredArticle"), **refused, **problems(404)},
                security=TOKEN,
                requestBody={"required": True, "content": content("application/merge-patch+json", {"type": "object"})},
            ),
            "get": operation(
                "An article as it is stored",
                {"200": answer("The article.", "Article"), **problems(401, 403, 404, 503)},
                security=TOKEN,
            ),
            "delete": operation(
                "Withdraw an article",
                {"204": answer("Withdrawn."), **problems(401, 403, 404, 503)},
                security=TOKEN,
            ),
        },
        "/api/articles": {
            "post": operation(
                "Create or replace many articles: JSON Lines in, a line of JSON with line, id and status per line out",
                {
                    "200": {
                        "description": "An answer per line, in order.",
                        "content": content("application/jsonl", {"type": "string"}),
                    },
                    **problems(401, 403, 408, 503),
                },
                security=TOKEN,
                requestBody=lines,
            )
        },
        "/api/changes": {
            "get": operation(
                "What changed, oldest first, up to 1,000 at a time",
                {
                    "200": {
                        "description": "Changes after the cursor, and the cursor to go on from.",
                        "content": content(
                            "application/json",
                            {
                                "type": "object",
                                "required": ["changes", "cursor", "more"],
                                "properties": {
                                    "changes": {"type": "array", "items": schema("Change")},
                                    "cursor": {"type": "string"},
                                    "more": {"type": "boolean"},
                                },
                            },
                        ),
                    },
                    **problems(400, 401, 403, 503),
                },
                security=TOKEN,
                parameters=[parameter("since", "query", "Cursor of the last change seen.", type="string")],
            )
        },
        "/api/openapi.json": {"get": operation("This document", {"200": answer("OpenAPI 3.1.")})},
    }
