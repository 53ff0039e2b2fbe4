"""Makes the OpenAPI 3.1 document from the declared operations."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from service import __version__
from service.core.settings.model import Settings
from service.web.openapi.operation import PROBLEMS, Body, Header, Operation, Parameter
from service.web.openapi.parameters import ACCEPT_ENCODING, AUTHENTICATE, RETRY_AFTER

_REFERENCE = "#/components/schemas/{model}"


# The tag of an operation by the beginning of its path, with the description of the tag. The first that fits counts.
_ARTICLES = ("articles", "Articles of the CMS, and their changes.")
_STATISTICS = ("statistics", "Page views and readers.")
_OPERATIONS = ("operations", "For operators and programs that watch the service.")
TAGS = {
    "/api/articles": _ARTICLES,
    "/api/changes": _ARTICLES,
    "/api/curation": ("curation", "Pins, exclusions and boosts in popular lists."),
    "/api/webhooks": ("webhooks", "Endpoints of the newsroom's own systems, which get an event for each change."),
    "/api/stats": _STATISTICS,
    "/api/readers": _STATISTICS,
    "/stats": _STATISTICS,
    "/articles/{id}/views": ("page views", "The beacon and the pixel, which count page views."),
    "/healthz": _OPERATIONS,
    "/readyz": _OPERATIONS,
    "/metrics": _OPERATIONS,
    "/api/openapi.json": _OPERATIONS,
    "/": ("feeds", "Feeds, their directories, pages and checks."),
}
HEADERS = {401: AUTHENTICATE, 415: ACCEPT_ENCODING, 503: RETRY_AFTER}  # of errors, by status


def openapi(settings: Settings, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of a newsroom with these settings."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, Any] = {}
    for each in operations:
        item = paths.setdefault(each.path, {})
        if each.path_parameters:
            item["parameters"] = [_parameter(parameter, "path") for parameter in each.path_parameters]
        item[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.site.title}: articles and feeds",
            "version": __version__,
            "description": "Takes articles and serves feeds. Errors are application/problem+json (RFC 9457).",
        },
        "servers": [{"url": settings.base_url}],
        "tags": [{"name": tag, "description": text} for tag, text in dict.fromkeys(TAGS.values())],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
    }


def _operation(declared: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    refused = {401, 403, *declared.problems} if declared.scope and declared.checks_token else set(declared.problems)
    responses = {str(status): _answer(body, schemas) for status, body in declared.answers.items()}
    is_api = declared.path.startswith("/api/")
    problems = {str(status): _problem(PROBLEMS[status], is_api, HEADERS.get(status)) for status in sorted(refused)}
    described: dict[str, Any] = {
        "operationId": _operation_id(declared),
        "summary": declared.summary,
        "tags": [next(tag for prefix, (tag, _) in TAGS.items() if declared.path.startswith(prefix))],
        "responses": {**responses, **problems, "default": _problem("Another error.", is_api)},
    }
    if declared.scope:
        described["security"] = [{"token": [declared.scope.value]}]
    parameters = [_parameter(parameter, "query") for parameter in declared.parameters]
    parameters += [_parameter(parameter, "header") for parameter in declared.header_parameters]
    if parameters:
        described["parameters"] = parameters
    if declared.body:
        described["requestBody"] = {"required": True, "content": _content(declared.body, schemas)}
    return described


def _answer(body: Body | str, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(body, str):
        return {"description": body}
    described: dict[str, Any] = {"description": body.description}
    if body.media_types:
        described["content"] = _content(body, schemas)
    if body.headers:
        described["headers"] = _headers(body.headers)
    return described


def _headers(headers: Iterable[Header]) -> dict[str, Any]:
    return {
        header.name: {"description": header.description, "required": header.required, "schema": dict(header.schema)}
        for header in headers
    }


def _problem(description: str, is_api: bool, header: Header | None = None) -> dict[str, Any]:
    """Return an error: a problem, or a page for a browser outside of the API."""
    content: dict[str, Any] = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    if not is_api:
        content["text/html"] = {}
    described = {"description": description, "content": content}
    return {**described, "headers": _headers([header])} if header else described


def _operation_id(declared: Operation) -> str:
    """Return the name of the operation for generated clients: `put_api_articles_id`."""
    words = re.findall(r"[a-z]+", declared.path) or ["home"]
    return "_".join([declared.method.lower(), *words])


def _content(body: Body, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if body.schema is not None:
        described["schema"] = _schema(body, schemas)
    if body.example is not None:
        described["example"] = body.example
    return {name: described | _example(body.examples.get(name)) for name in body.media_types}


def _example(example: Any) -> dict[str, Any]:
    return {} if example is None else {"example": example}


def _schema(body: Body, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body, or a reference to it. Adds the schemas that it refers to."""
    if isinstance(body.schema, dict):
        found = body.schema
    else:
        # A model that validates requests has defaults and several forms of a value; an answer is one of these.
        is_model = isinstance(body.schema, type) and issubclass(body.schema, BaseModel)
        mode: JsonSchemaMode = "validation" if is_model else "serialization"
        found = TypeAdapter(body.schema).json_schema(mode=mode, ref_template=_REFERENCE)
        schemas.update(found.pop("$defs", {}))
    if not body.name or "$ref" in found:  # a recursive schema has its own name
        return dict(found)
    schemas[body.name] = found
    return {"$ref": _REFERENCE.format(model=body.name)}


def _parameter(parameter: Parameter, where: str) -> dict[str, Any]:
    return {
        **_example(parameter.example),
        "name": parameter.name,
        "in": where,
        "required": where == "path" or parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The reason, with the name of the field or the parameter."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
