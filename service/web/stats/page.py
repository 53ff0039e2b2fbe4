"""The newsroom's statistics: a page for people at `/stats`, its data as JSON at `/api/stats`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Response, render_template, request

from service.articles.dates import utc_now
from service.articles.ui_language import ui_language
from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.readers import ReadersReport
from service.storage import Scope
from service.web.access.signed_links import AccessResult, SignedGrant
from service.web.access.stats_session import StatsAccess
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import parameters
from service.web.http.static_files import StaticFiles
from service.web.localization import LOCALES, localization
from service.web.openapi import examples
from service.web.openapi.operation import Body, Parameter, operation
from service.web.openapi.parameters import PAGE, WINDOW
from service.web.stats.charts import Charts, ReaderTotals
from service.web.stats.dashboard import Overview, Statistics
from service.web.stats.export import TABLES, csv_file
from service.web.stats.figures import HEIGHT, WIDTH, FigureFormatter, grade, small_line
from service.web.stats.push import PushStatistics

DEFAULT_WINDOW = "24h"  # the window that is shown first
REFRESH_SECONDS = 60  # seconds between two updates of the page
MAX_FORM_BYTES = 4_096  # bytes of a sign-in form, at most
LANGUAGE_COOKIE = "warta_stats_language"  # name of the cookie for the language
OTHER_SITE = "elsewhere"  # reason to show the form again: it came from another site
LINK_PARAMETERS = ("name", "until", "key")
_LANGUAGE_DURATION = timedelta(days=365)


_CATEGORY = Parameter("category", "Only views of this category, by its slug.", example="dinamika")
_CSV = "The table, in UTF-8 with a byte order mark."
_TABLE = Parameter("table", "The table.", {"enum": list(TABLES)}, converter="<table>", example="popular")
_LANGUAGE = Parameter("lang", "The language of the page for this and later requests.", {"enum": list(LOCALES)})
_LINK = [Parameter(name, "A part of a signed link; see warta token link.", example="") for name in LINK_PARAMETERS]


class Stats:
    """Handlers of the statistics. They need a token of the scope stats:read, or a pass in the name of such a token."""

    def __init__(
        self,
        services: Services,
        files: StaticFiles,
        readers: Callable[[int], ReadersReport],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = services.settings
        self._files = files
        self._access = StatsAccess(services.settings, services.tokens, clock)
        self._statistics = Statistics(
            services.settings,
            services.documents.catalogue,
            services.store,
            services.history,
            services.counter,
            readers,
            PushStatistics(services).now,
            clock,
        )
        self._url = f"{services.settings.base_url}/stats"
        self._site_language = ui_language(services.settings.site.language)

    @operation(
        "GET",
        "/api/stats",
        "Popular and moving articles, views over time, readers of the feeds",
        {200: Body("The statistics.", Overview, "Stats", example=examples.STATS)},
        problems=(400, 503),
        scope=Scope.STATS_READ,
        parameters=[WINDOW, _CATEGORY],
    )
    def api(self) -> Response:
        """Return all data of the page as JSON."""
        given = _parameters("window", "category")
        return json_answer(self._statistics.overview(**{"window": DEFAULT_WINDOW, **given}).as_json())

    @operation(
        "GET",
        "/stats",
        "The statistics as a page, with a token, a signed link, or the cookie that both set",
        {200: PAGE, 303: "The URL of the page.", 401: PAGE, 403: PAGE},
        problems=(400, 503),
        scope=Scope.STATS_READ,
        checks_token=False,
        parameters=[WINDOW, _CATEGORY, _LANGUAGE, *_LINK],
    )
    def page(self) -> Response:
        """Return the page. A signed link is redirected to it, so that the page's URL has no signature."""
        given = _parameters("window", "category", "lang", *LINK_PARAMETERS)
        if not given.keys().isdisjoint(LINK_PARAMETERS):  # also a link that was cut off
            return self._sign_in_by_link(SignedGrant.read(given))
        if "lang" in given:
            return self._set_language(given.pop("lang"), given)
        verdict = self._access.check(request)
        return (
            self._overview(**{"window": DEFAULT_WINDOW, **given})
            if verdict is AccessResult.GRANTED
            else self._sign_in(verdict)
        )

    @operation(
        "GET",
        "/stats/{table}.csv",
        "A table of the statistics for spreadsheets",
        {
            200: Body(_CSV, media_types=["text/csv"], example="name,hosted,single\r\nFeedly,640,0\r\n"),
            401: PAGE,
            403: PAGE,
        },
        problems=(400, 404, 503),
        scope=Scope.STATS_READ,
        checks_token=False,
        path_parameters=[_TABLE],
        parameters=[WINDOW, _CATEGORY],
    )
    def table(self, table: str) -> Response:
        """Return a table as CSV (RFC 4180). Raises NotFound, BadRequest, StoreUnavailable."""
        given = {"window": DEFAULT_WINDOW, **_parameters("window", "category")}
        verdict = self._access.check(request)
        if verdict is not AccessResult.GRANTED:
            return self._sign_in(verdict)
        if table not in TABLES:
            raise NotFound(f"there is no table {table!r}, only {', '.join(TABLES)}")
        overview = self._statistics.overview(**given)
        response = Response(csv_file(TABLES[table](overview, self._settings.site.zone)), mimetype="text/csv")
        name = f"{table}-{given['window']}-{overview.at.astimezone(self._settings.site.zone):%Y-%m-%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return self._with_private_headers(response)

    @operation(
        "POST",
        "/stats",
        "Sign in with the field `token` of a form, or sign out with `sign_out`",
        {303: "The URL of the page.", 401: PAGE, 403: PAGE},
        problems=(413, 503),
    )
    def sign_in(self) -> Response:
        """Sign in with the token of the form. With `sign_out` in the form, remove the cookie instead.

        403 for a form from a page of another site.
        """
        if not self._access.is_same_site(request):
            return self._sign_in_page(OTHER_SITE, 403)
        request.max_content_length = MAX_FORM_BYTES
        response = self._with_private_headers(_redirect(self._url))
        if "sign_out" in request.form:
            self._access.sign_out(response)
            return response
        verdict, admitted = self._access.check_token(request.form.get("token", "").strip())
        if admitted is None:
            return self._sign_in(verdict)
        self._access.sign_in(response, admitted)
        return response

    def _sign_in_by_link(self, shown: SignedGrant) -> Response:
        verdict = self._access.check_grant(shown)
        if verdict is not AccessResult.GRANTED:
            return self._sign_in(verdict)
        response = self._with_private_headers(_redirect(self._url))
        self._access.sign_in(response, shown)
        return response

    def _set_language(self, language: str, rest: dict[str, str]) -> Response:
        if language not in LOCALES:
            raise BadRequest(f"lang: there is no {language!r}, only {', '.join(LOCALES)}")
        response = self._with_private_headers(_redirect(self._url_of(**rest)))
        self._access.set_cookie(response, LANGUAGE_COOKIE, language, _LANGUAGE_DURATION)
        return response

    def _overview(self, window: str, category: str = "") -> Response:
        overview = self._statistics.overview(window, category)
        texts = localization(self._language())
        figures = FigureFormatter(texts, self._settings.site.zone)
        charts = Charts(overview, texts, figures, self._settings.site.title)
        drawn = [charts.views()]
        if overview.readers.feeds:
            drawn += [charts.feeds(), charts.clients(), charts.polls(), charts.bytes()]
        return self._render(
            "stats.html",
            overview=overview,
            charts={chart.id: chart for chart in drawn},
            drawings={chart.id: chart.drawing() for chart in drawn},
            sums=ReaderTotals.of(overview.readers),
            peak=charts.peak(),
            feed_name=charts.name,
            categories=self._statistics.categories(),
            figures=figures,
            refresh=REFRESH_SECONDS,
            grade=grade,
            small_line=small_line,
            box=(WIDTH, HEIGHT),
            file=lambda table: self._file_url(table, window, category),
        )

    def _sign_in(self, verdict: AccessResult) -> Response:
        if verdict is AccessResult.OTHER_SCOPE:
            return self._sign_in_page(verdict.value, 403)
        response = self._sign_in_page(verdict.value, 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="warta"'
        return response

    def _sign_in_page(self, reason: str, status: int) -> Response:
        """Return the sign-in form with the text for the reason."""
        response = self._render("stats_sign_in.html", reason=reason)
        response.status_code = status
        return response

    def _render(self, template: str, **context: object) -> Response:
        texts = localization(self._language())
        other = localization("en" if texts.language == "id" else "id")
        html = render_template(
            template,
            site=self._settings.site,
            base=self._settings.base_url,
            here=self._url_of,
            asset=self._files.address,
            language=texts.language,
            language_tag=texts.tag,
            other_language=other.language,
            other_language_name=other.locale.get_language_name(),
            _=texts.gettext,
            **context,
        )
        return self._with_private_headers(Response(html, content_type="text/html; charset=utf-8"))

    def _with_private_headers(self, response: Response) -> Response:
        """Add headers to a response: no cache keeps it, no page frames it, no other site gets its URL as referrer."""
        policy = (
            f"default-src 'none'; img-src {self._settings.base_url}/favicon.ico; "
            f"script-src {self._files.folder}; style-src {self._files.folder}; "
            f"connect-src {self._url}; form-action {self._url}; base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cache-Control"] = "no-store"
        # Not no-referrer: browsers would then send `Origin: null` with our own form, too (Fetch standard, "append a
        # request Origin header"). Over http they send nothing else about the origin of a form.
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _url_of(self, window: str = DEFAULT_WINDOW, category: str = "") -> str:
        """Return the page's URL with these choices, in its shortest form."""
        chosen = {"window": window if window != DEFAULT_WINDOW else "", "category": category}
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{self._url}?{query}" if query else self._url

    def _file_url(self, table: str, window: str, category: str) -> str:
        query = urlencode({"window": window, **({"category": category} if category else {})})
        return f"{self._url}/{table}.csv?{query}"

    def _language(self) -> str:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in LOCALES else self._site_language


def _redirect(address: str) -> Response:
    """Redirect to a URL of the page, by GET and without the sent data."""
    return Response(status=303, headers={"Location": address})


def _parameters(*allowed: str) -> dict[str, str]:
    """Return the parameters that are not empty: a form sends empty ones, too. Raises BadRequest."""
    return {name: value for name, value in parameters(*allowed).items() if value}
