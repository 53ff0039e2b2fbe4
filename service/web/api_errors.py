"""URLs of the API that do not exist, and methods that a URL does not have."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.core.errors import NotFound

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class ApiErrors:
    """The handler of every URL below `/api` that no other handler takes."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def unknown(self, path: str = "") -> Response:
        """Raise NotFound, or MethodNotAllowed if the URL has other methods."""
        del path  # the whole path of the request counts
        if allowed := [method for method in METHODS if self._is_route(method)]:
            raise MethodNotAllowed(allowed, f"this URL of the API takes {', '.join(allowed)}")
        raise NotFound("the API has no such URL; GET /api/openapi.json describes it")

    def _is_route(self, method: str) -> bool:
        try:
            endpoint, _ = self._app.url_map.bind("").match(request.path, method)
        except HTTPException:
            return False
        return bool(endpoint != request.endpoint)
