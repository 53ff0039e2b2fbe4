"""Authorization by bearer tokens (RFC 6750)."""

from flask import Request

from service.core.errors import NotAuthorized, NotPermitted
from service.storage import Scope, TokenStore
from service.web.http.request_body import Sender, set_sender


def authorize(request: Request, tokens: TokenStore, needed: Scope) -> str:
    """Check the request's token, and return its name. The request's body gets the limits for clients with a token.

    Raises NotAuthorized without a valid token, NotPermitted if its scope is not the `needed` one.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = tokens.find(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if token is None:
        raise NotAuthorized("a valid token is needed: Authorization: Bearer TOKEN (see warta token create)")
    if token.scope != needed:
        raise NotPermitted(f"the token's scope is {token.scope}; this needs {needed}")
    set_sender(request.environ, Sender.KNOWN)
    return token.name
