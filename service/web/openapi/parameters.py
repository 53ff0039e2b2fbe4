"""Parameters and answers that several operations share."""

from service.core.settings.counting import WINDOWS
from service.web.openapi.operation import Body, Header, Parameter

ID = Parameter(
    "id",
    "The CMS's id, percent-encoded.",
    {"type": "string", "minLength": 1, "maxLength": 200},
    converter="<article_id:article_id>",
    example="123",
)
SINCE = Parameter(
    "since",
    "The cursor of an earlier answer. 0 is the beginning.",
    {"type": "string", "pattern": "^[0-9]{1,18}(-[0-9a-f]{8})?$", "default": "0"},
    example="0",
)
WINDOW = Parameter("window", "Window of page views. Default: 24h.", {"enum": list(WINDOWS)})
LIMIT = Parameter("limit", "Number of entries.", {"type": "integer", "minimum": 1, "maximum": 100}, example=20)
FEED = Parameter(
    "feed", "The feed's path without extension, slashes included.", converter="<path:path>", example="latest"
)
PAGE = Body("The page.", media_types=["text/html"])
NOT_MODIFIED = "The client's copy is current."

RETRY_AFTER = Header("Retry-After", "Seconds to wait.", {"type": "integer", "minimum": 0})
AUTHENTICATE = Header("WWW-Authenticate", "The scheme: Bearer.")
ACCEPT_ENCODING = Header("Accept-Encoding", "The content codings that the body of a request may have: identity.")
ETAG = Header("ETag", "The version of the representation, for conditions.", {"type": "string", "pattern": '^"[^"]+"$'})
LOCATION = Header("Location", "The right URL.", {"type": "string", "format": "uri-reference"})
PAGE_LINKS = Header("Link", "The pages of the article, as rel=alternate.", required=False)
OUTCOME = Header(
    "Warta-Outcome",
    "The result: `added`, `changed` or `unchanged`.",
    {"type": "string", "enum": ["added", "changed", "unchanged"]},
)
IF_MATCH = Parameter(
    "If-Match", "Only if the stored article has one of these ETags. `*`: only if there is an article.", example="*"
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "Only if the stored article has none of these ETags. `*`: only if there is no article.",
    example='"5f2b"',
)
IF_UNMODIFIED_SINCE = Parameter(
    "If-Unmodified-Since", "Only if the stored updated_at is not later.", example="Thu, 12 Feb 2026 02:33:00 GMT"
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "A repeated request with the same key gets the first answer and changes nothing, for 24 hours.",
    {"type": "string", "pattern": r'^"[ !#-\[\]-~]{1,255}"$'},
    example='"8e03978e-40d5-43dd-bc93-6894a57f9324"',
)
CONDITIONS = (IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE)
