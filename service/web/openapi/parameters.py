"""Parameters and answers that several operations share."""

from service.core.settings.model import WINDOWS
from service.web.openapi.operation import Body, Parameter

ID = Parameter(
    "id",
    "The CMS's id, percent-encoded.",
    {"type": "string", "minLength": 1, "maxLength": 200},
    converter="<article_id:article_id>",
)
SINCE = Parameter(
    "since",
    "The cursor of an earlier answer; 0 for the beginning.",
    {"type": "string", "pattern": "^[0-9]{1,18}(-[0-9a-f]{8})?$", "default": "0"},
)
WINDOW = Parameter("window", "Window of page views; 24h without it.", {"enum": list(WINDOWS)})
LIMIT = Parameter("limit", "Number of entries.", {"type": "integer", "minimum": 1, "maximum": 100})
FEED = Parameter("feed", "The feed's path without extension, slashes included.", converter="<path:path>")
PAGE = Body("The page.", media_types=["text/html"])
NOT_MODIFIED = "The client's copy is current."
