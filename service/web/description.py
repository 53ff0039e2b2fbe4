"""The handler of `/api/openapi.json`."""

from collections.abc import Sequence

from flask import Response

from service.core.settings.model import Settings
from service.web.http.json_answers import json_answer
from service.web.openapi.document import openapi
from service.web.openapi.operation import Body, operation, operations_of


class Description:
    """Describes the operations of the `handlers`, and its own."""

    def __init__(self, settings: Settings, handlers: Sequence[object]) -> None:
        self._settings = settings
        self._handlers = handlers

    @operation("GET", "/api/openapi.json", "This document", {200: Body("OpenAPI 3.1.", {"type": "object"})})
    def openapi(self) -> Response:
        """Return the description of the HTTP interface (OpenAPI 3.1). Needs no token."""
        operations = [declared for declared, _ in operations_of([*self._handlers, self])]
        return json_answer(openapi(self._settings, operations))
