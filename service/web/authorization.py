"""Who may: bearer tokens (RFC 6750)."""

from flask import Request

from service.errors import NotAuthorized, NotPermitted
from service.store import Scope, TokenStore


def authorize(request: Request, tokens: TokenStore, needed: Scope) -> None:
    """Raises NotAuthorized without a valid token, NotPermitted where its scope is not the one `needed`."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    scope = tokens.scope_of(secret.strip()) if scheme.lower() == "bearer" and secret else None
    if scope is None:
        raise NotAuthorized("a valid token is needed: Authorization: Bearer TOKEN (see warta token create)")
    if scope != needed:
        raise NotPermitted(f"the token's scope is {scope}; this needs {needed}")
