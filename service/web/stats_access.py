"""Who may look at the statistics: by token, by signed link, by the cookie that either leaves in a browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Request, Response

from service.passes import Pass, Passes, Verdict
from service.settings import Settings
from service.store import Scope, TokenStore

COOKIE = "warta_stats"
SIGNED_IN = timedelta(days=30)  # after a sign-in by token; a link's own time otherwise


class Gate:
    """Every method may raise StoreUnavailable.

    The cookie is a pass and not the token: it ends, it opens nothing but this page, and goes to no other path. It is
    Lax, not Strict: after a click on a link in a message, browsers count the redirect to the page as that message's,
    and would keep a Strict cookie back. Nothing is changed by a request that carries it, so there is nothing to forge.
    """

    def __init__(self, settings: Settings, tokens: TokenStore, clock: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._passes = Passes(tokens)
        self._clock = clock
        base = urlsplit(settings.base_url)
        self._path = f"{base.path}/stats"
        self._secure = base.scheme == "https"

    def verdict(self, request: Request) -> Verdict:
        """By its bearer token, or else by its cookie."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.of_token(secret.strip())[0]
        cookie = request.cookies.get(COOKIE)
        return self.of_pass(Pass.decode(cookie)) if cookie else Verdict.NEEDED

    def of_pass(self, shown: Pass) -> Verdict:
        return self._passes.check(shown, self._clock())

    def of_token(self, secret: str) -> tuple[Verdict, Pass | None]:
        """And the pass for who has signed in with it."""
        token = self._tokens.find(secret)
        if token is None:
            return Verdict.INVALID, None
        if token.scope != Scope.STATS_READ:
            return Verdict.OTHER_SCOPE, None
        return Verdict.GOOD, self._passes.issue(token.name, self._clock() + SIGNED_IN)

    def admit(self, response: Response, admitted: Pass) -> None:
        """Leave the pass in the browser, for as long as it is good."""
        seconds = int(admitted.until) - int(self._clock().timestamp())
        self.remember(response, COOKIE, admitted.encode(), timedelta(seconds=seconds))

    def sign_out(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=self._path, secure=self._secure, httponly=True, samesite="Lax")

    def remember(self, response: Response, name: str, value: str, life: timedelta) -> None:
        """A cookie for the page alone, on this host alone, out of scripts' reach."""
        response.set_cookie(
            name, value, max_age=life, path=self._path, secure=self._secure, httponly=True, samesite="Lax"
        )
