"""Makes the OpenAPI 3.1 document from the declared operations."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from service import __version__
from service.core.settings.model import Settings
from service.web.openapi.operation import PROBLEMS, Body, Operation, Parameter

_REFERENCE = "#/components/schemas/{model}"


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
            "description": "Articles in, feeds out. Errors are application/problem+json (RFC 9457).",
        },
        "servers": [{"url": settings.base_url}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
    }


def _operation(declared: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    refused = {401, 403, *declared.problems} if declared.scope and declared.checks_token else set(declared.problems)
    responses = {str(status): _answer(body, schemas) for status, body in declared.answers.items()}
    described: dict[str, Any] = {
        "summary": declared.summary,
        "responses": {**responses, **{str(status): _problem(status) for status in sorted(refused)}},
    }
    if declared.scope:
        described["security"] = [{"token": [declared.scope.value]}]
    if declared.parameters:
        described["parameters"] = [_parameter(parameter, "query") for parameter in declared.parameters]
    if declared.body:
        described["requestBody"] = {"required": True, "content": _content(declared.body, schemas)}
    return described


def _answer(body: Body | str, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(body, str):
        return {"description": body}
    return {"description": body.description, "content": _content(body, schemas)}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(model="Problem")}
    return {"description": PROBLEMS[status], "content": {"application/problem+json": {"schema": schema}}}


def _content(body: Body, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if body.schema is not None:
        described["schema"] = _schema(body, schemas)
    if body.example is not None:
        described["example"] = body.example
    return dict.fromkeys(body.media_types, described)


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
        "name": parameter.name,
        "in": where,
        "required": where == "path",
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
        "detail": {"type": "string", "description": "The reason; it names the field or the parameter."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
