"""The description of the HTTP interface (OpenAPI 3.1): one file for each group of URLs."""

from typing import Any

from service import __version__
from service.core.settings.model import Settings
from service.web.openapi.articles import article_paths, article_schemas
from service.web.openapi.editorial import CURATION_SCHEMAS, curation_paths
from service.web.openapi.feeds import FEED_SCHEMAS, feed_paths
from service.web.openapi.pages import page_paths
from service.web.openapi.parts import FIELD_REASON, answer, operation
from service.web.openapi.readers import REPORT, reader_paths
from service.web.openapi.stats import STATS, stats_paths


def openapi(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document for a newsroom with these settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.site.title}: articles and feeds",
            "version": __version__,
            "description": "Articles in, feeds out. Errors are application/problem+json (RFC 9457).",
        },
        "servers": [{"url": settings.base_url}],
        "paths": {
            **article_paths(),
            **curation_paths(),
            **feed_paths(),
            **page_paths(),
            **stats_paths(settings),
            **reader_paths(),
            **_operation_paths(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **article_schemas(),
                **CURATION_SCHEMAS,
                **FEED_SCHEMAS,
                "Stats": STATS,
                "Readers": REPORT,
                "Problem": _PROBLEM,
            },
        },
    }


_PROBLEM = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong; names the field or the parameter."},
        "errors": {
            "type": "array",
            "items": FIELD_REASON,
        },
    },
}


def _operation_paths() -> dict[str, Any]:
    return {
        "/healthz": {"get": operation("Alive", {"200": answer("Alive.")})},
        "/readyz": {
            "get": operation("Each part with its state", {"200": answer("Can serve."), "503": answer("Cannot.")})
        },
        "/metrics": {"get": operation("Prometheus metrics", {"200": {"description": "Text format 0.0.4."}})},
    }
