"""Access to the statistics: by token, by signed link, or by the cookie that both leave in a browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Request, Response
from pydantic_core import Url

from service.core.settings.model import Settings
from service.storage import Scope, TokenStore
from service.web.access.signed_links import AccessResult, SignedGrant, SignedGrants

COOKIE_NAME = "warta_stats"
SESSION_DURATION = timedelta(
    days=30
)  # life of the cookie after a sign-in by token; after a signed link it is the link's


class StatsAccess:
    """Checks requests for the statistics, and sets the cookie. Every method may raise StoreUnavailable.

    The cookie contains a pass and not the token: it ends, it opens only this page, and browsers send it to no other
    path. It is Lax, not Strict: after a click on a link in a message, browsers treat the redirect to the page as a
    request from the message's site, and would not send a Strict cookie. The cookie permits only to read. The form that
    sets or removes it must come from our site.
    """

    def __init__(self, settings: Settings, tokens: TokenStore, clock: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._grants = SignedGrants(tokens)
        self._clock = clock
        base = urlsplit(settings.base_url)
        self._path = f"{base.path}/stats"
        self._secure = base.scheme == "https"
        self._origin = _origin(settings.base_url)

    def is_same_site(self, request: Request) -> bool:
        """True if the form was sent from a page of this site. Otherwise another site could sign a reader out, or in.

        Browsers send the origin of a form in `Sec-Fetch-Site` (over https) and `Origin` (RFC 6454). A client that sends
        neither is no browser in use. It is a program such as curl, which has no session that another site could abuse.
        """
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None and site not in ("same-origin", "none"):  # not same-site: a sibling host is another site
            return False
        if origin is None or (origin == "null" and site == "same-origin"):  # null: a page without a referrer
            return True
        return _origin(origin) == self._origin

    def check(self, request: Request) -> AccessResult:
        """Check a request by its bearer token, or else by its cookie."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.check_token(secret.strip())[0]
        cookie = request.cookies.get(COOKIE_NAME)
        return self.check_grant(SignedGrant.decode(cookie)) if cookie else AccessResult.NEEDED

    def check_grant(self, shown: SignedGrant) -> AccessResult:
        return self._grants.check(shown, self._clock())

    def check_token(self, secret: str) -> tuple[AccessResult, SignedGrant | None]:
        """Check a token. Returns a new pass, too, if the token is good."""
        token = self._tokens.find(secret)
        if token is None:
            return AccessResult.INVALID, None
        if token.scope != Scope.STATS_READ:
            return AccessResult.OTHER_SCOPE, None
        return AccessResult.GRANTED, self._grants.sign(token.name, self._clock() + SESSION_DURATION)

    def sign_in(self, response: Response, admitted: SignedGrant) -> None:
        """Set the cookie with the pass. The cookie ends with the pass."""
        seconds = int(admitted.until) - int(self._clock().timestamp())
        self.set_cookie(response, COOKIE_NAME, admitted.encode(), timedelta(seconds=seconds))

    def sign_out(self, response: Response) -> None:
        response.delete_cookie(COOKIE_NAME, path=self._path, secure=self._secure, httponly=True, samesite="Lax")

    def set_cookie(self, response: Response, name: str, value: str, life: timedelta) -> None:
        """Set a cookie for this page and this host only, which scripts cannot read."""
        response.set_cookie(
            name, value, max_age=life, path=self._path, secure=self._secure, httponly=True, samesite="Lax"
        )


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    """Return scheme, host and port as browsers compare them (RFC 6454 §4); None for a text that is no URL."""
    try:
        read = Url(url)
    except ValueError:
        return None
    return read.scheme, read.host, read.port
