"""Who may look at the statistics: by token, by signed link, by the cookie that either leaves in a browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Request, Response
from pydantic_core import Url

from service.core.settings.model import Settings
from service.storage import Scope, TokenStore
from service.web.access.signed_links import Pass, Passes, Verdict

COOKIE = "warta_stats"
SIGNED_IN = timedelta(days=30)  # after a sign-in by token; a link's own time otherwise


class Gate:
    """Every method may raise StoreUnavailable.

    The cookie is a pass and not the token: it ends, it opens nothing but this page, and goes to no other path. It is
    Lax, not Strict: after a click on a link in a message, browsers count the redirect to the page as that message's,
    and would keep a Strict cookie back. What it opens is only read; the form that leaves or removes it must be ours.
    """

    def __init__(self, settings: Settings, tokens: TokenStore, clock: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._passes = Passes(tokens)
        self._clock = clock
        base = urlsplit(settings.base_url)
        self._path = f"{base.path}/stats"
        self._secure = base.scheme == "https"
        self._origin = _origin(settings.base_url)

    def is_ours(self, request: Request) -> bool:
        """Whether the form was sent from a page of this site: a page elsewhere could sign a reader out, or in.

        Browsers say where a form comes from in `Sec-Fetch-Site` (over https) and `Origin` (RFC 6454). What has neither
        is no browser in use but a program such as curl, which has no session that somebody could ride on.
        """
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None and site not in ("same-origin", "none"):  # not same-site: a host beside us is another site
            return False
        if origin is None or (origin == "null" and site == "same-origin"):  # null: a page that tells no referrer
            return True
        return _origin(origin) == self._origin

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


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port as browsers compare them (RFC 6454 §4); None for what is no URL."""
    try:
        read = Url(url)
    except ValueError:
        return None
    return read.scheme, read.host, read.port
