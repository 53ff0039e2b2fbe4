"""What the tests of the search share."""

from datetime import datetime

from service.search import Analyser, parse
from service.storage import ArticleSearch, Database, Search, SearchIndex
from tests.support.articles import NOW

ANALYSER = Analyser("id")
# The tables of the search, by whether the database is SQLite.
SEARCH_TABLES = {
    True: ("search_progress", "search_places", "search_entries"),
    False: ("search_progress", "search_entries"),
}


def indexed(database: Database, now: datetime = NOW) -> None:
    """Bring the index up to date."""
    index = SearchIndex(database, ANALYSER)
    while index.catch_up(now):
        pass


def found(database: Database, text: str, limit: int = 10, now: datetime = NOW, **limits: object) -> list[str]:
    """The ids of the articles that the text finds, in their order."""
    search = Search(parse(text, ANALYSER), **limits)  # type: ignore[arg-type]
    return [article.id for article in ArticleSearch(database).find(search, limit, now).articles]
