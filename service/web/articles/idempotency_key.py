"""The header Idempotency-Key: a repeated request gets the first answer.

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

import json
import re
from hashlib import blake2b

from flask import Request, Response, g

from service.core.errors import BadRequest
from service.storage import RequestKey

_QUOTED = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"', re.ASCII)  # a String (RFC 9651 §3.3.3), no escapes
_BARE = re.compile(r"[!#-+\--:<-\[\]-~]{1,255}", re.ASCII)  # many clients leave the quotes out


def request_key(request: Request, sent: bytes, part: int = 0) -> RequestKey | None:
    """The name of the request, for one token; None without the header. `sent` is the body, or a part of it.

    Raises BadRequest.
    """
    value = request.headers.get("Idempotency-Key")
    if value is None:
        return None
    key = _QUOTED.fullmatch(value.strip())
    if not key and not _BARE.fullmatch(value.strip()):
        raise BadRequest("Idempotency-Key: must be 1 to 255 printable ASCII characters in quotes, such as a UUID")
    fingerprint = blake2b(f"{request.method} {request.path}\n".encode(), digest_size=32)
    fingerprint.update(sent)
    return RequestKey(g.token_name, key[1] if key else value.strip(), fingerprint.hexdigest(), part)


def packed(response: Response) -> bytes:
    """The response as bytes, from which `unpacked` makes it again."""
    head = {"status": response.status_code, "headers": [*response.headers]}
    return json.dumps(head).encode() + b"\n" + response.get_data()


def unpacked(stored: bytes) -> Response:
    """The response of a request that was answered before."""
    head, _, body = stored.partition(b"\n")
    first = json.loads(head)
    return Response(body, first["status"], first["headers"])
