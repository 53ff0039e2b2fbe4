"""The catalogue: the feeds of a newsroom, with titles, descriptions and limits from the settings."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote

from service.articles.slugs import MAX_SLUG_CHARACTERS, is_slug, slug
from service.articles.ui_language import ui_language
from service.articles.validation import nfc
from service.core.errors import FeedMoved, NotFound
from service.core.settings.catalogue import Catalogue
from service.core.settings.counting import WINDOWS
from service.core.settings.model import Settings
from service.feeds.list_names import ListNames
from service.feeds.names import ENTERED, LATEST, LIST_KINDS, POPULAR, TRENDING, ArticleList, Feed, FeedName

_WORDS = {
    "id": {
        "latest": "Terbaru",
        "popular": "Populer",
        "trending": "Sedang ramai",
        "fading": "{description} Paling ramai dibaca saat ini.",
        "entered": "Baru populer",
        "window": "{description} Paling banyak dibaca dalam {window} terakhir.",
        "category": "{}",
        "tag": "Topik {}",
        "author": "Laporan {}",
        "1h": "1 jam",
        "24h": "24 jam",
        "7d": "7 hari",
        "30d": "30 hari",
    },
    "en": {
        "latest": "Latest",
        "popular": "Popular",
        "trending": "Trending",
        "fading": "{description} Most read right now.",
        "entered": "Newly popular",
        "window": "{description} Most read in the last {window}.",
        "category": "{}",
        "tag": "Topic: {}",
        "author": "Stories by {}",
        "1h": "1 hour",
        "24h": "24 hours",
        "7d": "7 days",
        "30d": "30 days",
    },
}


class FeedCatalogue:
    """The feeds of a newsroom, with titles, descriptions and limits from the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalogue: Catalogue = settings.catalogue
        self._names = ListNames(settings.catalogue.renamed_categories)
        self._hidden = {self._names.of("category", name) for name in settings.catalogue.hidden_categories}
        self._curated = {f"feed/{feed.name}": feed for feed in settings.catalogue.feeds}
        self._words = _WORDS[ui_language(settings.site.language)]

    def parse(self, path: str) -> FeedName:
        """The feed name in `path` (without extension). Raises NotFound if no feed can have this name.

        Raises FeedMoved for the path of a renamed category, and for another spelling of a feed's path.
        """
        name = self._parse(path) or self._parse(_usual_spelling(path))
        if name is None:
            raise NotFound(f"there is no feed {path!r}")
        current = replace(name, list_name=self._names.moved.get(name.list_name, name.list_name))
        if str(current) != path:
            raise FeedMoved(path, str(current))
        return current

    def _parse(self, path: str) -> FeedName | None:
        match path.split("/"):
            case ["latest", *rest]:
                return self._newest(LATEST, rest)
            case ["popular", "entered", *rest]:
                return self._newest(ENTERED, rest)
            case ["popular", *window]:
                return self._ranked(LATEST, window)
            case ["trending"]:
                return FeedName(LATEST, TRENDING)
            case ["feed", key, *rest] if f"feed/{key}" in self._curated:
                return self._newest(f"feed/{key}", rest)
            case [("category" | "tag" | "author") as kind, key, *rest] if is_slug(key):
                list_name = f"{kind}/{key}"
                match rest:
                    case ["popular", *window] if kind == "category":
                        return self._ranked(list_name, window)
                    case ["trending"] if kind == "category":
                        return FeedName(list_name, TRENDING)
                return self._newest(list_name, rest)
        return None

    def _newest(self, list_name: str, rest: list[str]) -> FeedName | None:
        match rest:
            case []:
                return FeedName(list_name)
            case ["archive", page]:
                return FeedName(list_name, page=page)
        return None

    def _ranked(self, list_name: str, window: list[str]) -> FeedName | None:
        match window:
            case []:
                return FeedName(list_name, self._settings.popular.default_window, default_window=True)
            case [name] if name in WINDOWS:
                return FeedName(list_name, name)
        return None

    def url(self, name: FeedName, extension: str = "", limit: int | None = None) -> str:
        """The URL of the feed's page for people; with `extension`, the URL of the document in that format."""
        return self.urls(name, [extension], limit)[0]

    def urls(self, name: FeedName, extensions: Iterable[str], limit: int | None = None) -> list[str]:
        """The URLs of the feed's documents in the formats with these extensions."""
        base = f"{self._settings.base_url}/{quote(name.path)}"
        query = f"?limit={limit}" if limit and limit != self.limit(name) and name.page is None else ""
        return [f"{base}.{extension}{query}" if extension else f"{base}{query}" for extension in extensions]

    def limit(self, name: FeedName) -> int:
        """The number of entries of the feed if the request names none."""
        curated = self._curated.get(name.list_name)
        own = curated.limit if curated else None
        return self._catalogue.limits.get(name.feed.path, own or self._catalogue.limit)

    def pinned(self, name: FeedName) -> tuple[str, ...]:
        """The ids of the articles that are pinned to the top of a curated feed. Empty for all other feeds."""
        curated = self._curated.get(name.list_name)
        return tuple(map(nfc, curated.pinned)) if curated else ()

    def feed(self, name: FeedName, article_list: ArticleList, limit: int | None = None) -> Feed:
        """The feed `name`, which shows the articles of `article_list`."""
        site = self._settings.site
        label = self.label(name, article_list)
        return Feed(
            name=name,
            title=f"{site.title} – {label}",
            description=self._description(name),
            link=self._settings.home if name.feed == FeedName(LATEST) else self.url(name.feed),
            limit=limit or self.limit(name),
            modified_at=article_list.modified_at,
        )

    def own_description(self, name: FeedName) -> str:
        """The sentence that the settings have about the list of this feed; "" if they have none."""
        curated = self._curated.get(name.list_name)
        return self._catalogue.descriptions.get(name.list_name, "") or (curated.description if curated else "")

    def _description(self, name: FeedName) -> str:
        description = self.own_description(name) or self._settings.site.description
        if name.window is None:
            return description
        stop = "" if description.endswith((".", "!", "?")) else "."
        if name.window == TRENDING:
            return self._words["fading"].format(description=f"{description}{stop}")
        return self._words["window"].format(description=f"{description}{stop}", window=self._words[name.window])

    def label(self, name: FeedName, article_list: ArticleList) -> str:
        """The feed's title without the name of the newsroom: `Dinamika – Populer 24 jam`."""
        if title := self._catalogue.titles.get(name.feed.path):
            return title
        if curated := self._curated.get(name.list_name):
            return curated.title
        list_label = self._catalogue.titles.get(article_list.name) or self._words[article_list.kind].format(
            article_list.title
        )
        if name.window is None:
            return list_label
        popular = self._words[TRENDING if name.window == TRENDING else POPULAR]
        if not name.default_window and name.window != TRENDING:
            popular = f"{popular} {self._words[name.window]}"
        return popular if name.list_name == LATEST else f"{list_label} – {popular}"

    def window_label(self, window: str) -> str:
        """The label of a window of page views: `24 jam`."""
        return self._words[window]

    def names(self, article_list: ArticleList) -> Iterator[FeedName]:
        """The names of all feeds that show the articles of `list_name`. The feed in order of time is first."""
        yield FeedName(article_list.name)
        if article_list.kind in (LATEST, "category"):
            yield FeedName(article_list.name, self._settings.popular.default_window, default_window=True)
            for window in (*WINDOWS, TRENDING):
                yield FeedName(article_list.name, window)

    @property
    def site_lists(self) -> list[str]:
        """The names of the lists of the whole site: all articles, those that have become popular, the curated feeds."""
        return [LATEST, ENTERED, *self._curated]

    def is_listed(self, article_list: ArticleList) -> bool:
        """True if directories show the list's feeds."""
        if article_list.kind == "feed":  # a curated feed that the settings no longer name does not exist
            return article_list.name in self._curated
        return article_list.name not in self._hidden and article_list.name not in self._names.moved


def _usual_spelling(path: str) -> str:
    """The path with a slug in place of a name, and in lower case. A name that is too long for a slug stays."""
    match path.split("/"):
        case [kind, name, *rest] if kind.lower() in LIST_KINDS and len(name) <= MAX_SLUG_CHARACTERS:
            return "/".join([kind.lower(), slug(name), *rest]).lower()
    return path.lower()
