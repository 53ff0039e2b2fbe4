"""The handler of `/api/openapi.json`."""

from collections.abc import Sequence

from flask import Response

from service.core.settings.model import Settings
from service.web.http.json_answers import json_answer
from service.web.openapi import examples
from service.web.openapi.document import openapi
from service.web.openapi.operation import Body, Operation, operation


class Description:
    """Describes the `operations` of the application. The route table sets them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.operations: Sequence[Operation] = ()

    @operation(
        "GET",
        "/api/openapi.json",
        "This document",
        {200: Body("OpenAPI 3.1.", {"type": "object"}, example=examples.DESCRIPTION)},
    )
    def openapi(self) -> Response:
        """Return the description of the HTTP interface (OpenAPI 3.1). Needs no token."""
        return json_answer(openapi(self._settings, self.operations))
