"""Searches as feeds: what a URL of the search asks for, and the one URL of each search."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote, urlencode

from service.articles.ui_language import ui_language
from service.core.settings.model import Settings

SEARCH = "search"  # the path of the search; cached searches have it in place of the name of a list
_TITLES = {"id": "Pencarian: {}", "en": "Search: {}"}


@dataclass(frozen=True)
class SearchName:
    """A search: its text, and the category and the days of publication to which it is limited.

    `category` is the slug of a category. The days are in the site's time zone, and both belong to the time. `limit` is
    the number of entries, None for the usual one. `before` names the page of results: the position of the last entry of
    the page before, `SECONDS-KEY`.
    """

    text: str
    category: str = ""
    first_day: date | None = None
    last_day: date | None = None
    limit: int | None = None
    before: str = ""

    def url(self, settings: Settings, extension: str = "") -> str:
        """The URL of the search in the format with this extension; without one, of its page."""
        path = f"{settings.base_url}/{SEARCH}" + (f".{extension}" if extension else "")
        return f"{path}?{self.query}"

    @property
    def query(self) -> str:
        """The parameters in their canonical form."""
        given: Iterable[tuple[str, object]] = [
            ("q", self.text),
            ("category", self.category),
            ("from", self.first_day),
            ("to", self.last_day),
            ("limit", self.limit),
            ("before", self.before),
        ]
        return urlencode([(name, str(value)) for name, value in given if value], quote_via=quote)

    @property
    def first_page(self) -> "SearchName":
        return replace(self, before="")

    def title(self, settings: Settings) -> str:
        """The title of the search, without the name of the newsroom."""
        return _TITLES[ui_language(settings.site.language)].format(self.text)
