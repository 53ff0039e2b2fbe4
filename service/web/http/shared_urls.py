"""URLs as people and programs share them: in another spelling, and with the parameters of trackers.

One redirect leads to the canonical URL.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote_plus

from flask import Flask, Response, request

from service.core.settings.model import Settings

# Parameters that social networks, advertising, mail programs and scripts append to a URL. They change no answer.
_TRACKING = re.compile(
    r"utm_\w+|_|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|li_fat_id|igshid|igsh|yclid|ysclid|mc_[ce]id"
    r"|_ga|_gl|_hsenc|_hsmi|mkt_tok|srsltid|vero_id|oly_\w+|s_cid|cmpid|wt_mc|at_\w+|pk_\w+|mtm_\w+|matomo_\w+|ref_src"
    r"|__twitter_impression",
    re.ASCII | re.IGNORECASE,
)
_SAFE = "/%-._~!$&'()*+,;=:@?"  # characters of a query (RFC 3986 §3.4), and those that are escaped already


def redirect_shared_urls(app: Flask, settings: Settings, endpoints: Mapping[str, Callable[[str], str]]) -> None:
    """Redirect requests for these endpoints to the canonical URL.

    That is the path which the function of the endpoint returns for a path, without the parameters of trackers.
    """

    @app.before_request
    def redirected() -> Response | None:
        canonical = endpoints.get(request.endpoint or "")
        if canonical is None or request.method not in ("GET", "HEAD"):
            return None
        path, query = canonical(request.path), request.query_string.decode("latin-1")
        meant = "&".join(parameter for parameter in query.split("&") if not _is_tracking(parameter))
        return None if (path, meant) == (request.path, query) else moved(settings, path, meant)


def moved(settings: Settings, path: str, query: str = "") -> Response:
    """Return a permanent redirect to a path of Warta."""
    location = f"{settings.base_url}{quote(path, safe='/~')}"
    headers = {
        "Location": f"{location}?{quote(query, safe=_SAFE)}" if query else location,
        "Cache-Control": f"max-age={settings.http.max_age}",
        "Access-Control-Allow-Origin": "*",
    }
    return Response(status=301, headers=headers)


def _is_tracking(parameter: str) -> bool:
    return _TRACKING.fullmatch(unquote_plus(parameter.partition("=")[0])) is not None
