"""The names by which sources know articles, and the sources of their fields. See `articles/origins.py`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from service.articles.article import Submission
from service.articles.characters import xml_safe
from service.articles.merging import Givers
from service.articles.origins import SourceKind, name_key, url_spellings
from service.storage.tables import aliases, articles, origins


@dataclass(frozen=True)
class ImportedArticle:
    """An article of a source, with its other names there; see `importers.FoundArticle`."""

    submission: Submission
    kind: SourceKind
    same_as: Sequence[str] = ()
    old_urls: Sequence[str] = ()
    headline_only: bool = False


class Identities:
    """Finds the stored articles that the articles of an import are: by id, then by URL, then by another name."""

    def __init__(self, connection: Connection, imported: Sequence[ImportedArticle]) -> None:
        names = {name for article in imported for name in article.same_as if xml_safe(name) == name}
        keys = {name_key(name) for name in names}
        urls = [spelling for name in names for spelling in url_spellings(name)]
        ids = [article.submission.id for article in imported]
        by_url = connection.execute(select(articles.c.id, articles.c.url).where(articles.c.url.in_(urls))).all()
        found = select(aliases.c.name, aliases.c.article_id).where(aliases.c.name.in_(keys), aliases.c.is_same)
        known = connection.execute(select(articles.c.id).where(articles.c.id.in_(_storable(ids))))
        self._ids = {row.id for row in known}
        self._by_name = {row.name: row.article_id for row in connection.execute(found)}
        self._by_name |= _unambiguous((name_key(row.url), row.id) for row in by_url)
        self.stored = self._ids | set(self._by_name.values())  # the ids of articles that were stored before

    def id_of(self, article: ImportedArticle) -> str:
        """The id under which the article is stored; its own id if it is new."""
        own = article.submission.id
        if own in self._ids or article.kind is SourceKind.ARTICLES:
            return own
        keys = [name_key(name) for name in article.same_as]
        urls_first = sorted(keys, key=lambda key: not key.startswith("//"))
        return next((self._by_name[key] for key in urls_first if key in self._by_name), own)

    def add(self, article: ImportedArticle, id_: str) -> None:
        """Remember the names of an article of this transaction, for the articles after it."""
        self._ids.add(id_)
        for name in article.same_as:
            self._by_name.setdefault(name_key(name), id_)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The ids by URL, without the URLs that several articles have."""
    found: dict[str, set[str]] = {}
    for key, id_ in pairs:
        found.setdefault(key, set()).add(id_)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def _storable(names: Iterable[str]) -> list[str]:
    return [name for name in names if xml_safe(name) == name]  # drivers fail at a NUL or a surrogate


def known_givers(connection: Connection, ids: Collection[str]) -> dict[str, Givers]:
    """The givers of the fields of articles, by id. Without those that were changed by another way than an import."""
    if not ids:
        return {}
    rows = connection.execute(
        select(origins.c.article_id, origins.c.givers)
        .join(articles, articles.c.id == origins.c.article_id)
        .where(origins.c.article_id.in_(ids), origins.c.revision == articles.c.revision)
    )
    return {row.article_id: row.givers for row in rows}


def record(
    connection: Connection,
    stored: Sequence[tuple[str, ImportedArticle]],
    givers: Mapping[str, Givers],
    now: datetime,
) -> None:
    """Store the names and the givers of imported articles, each with its id. A name keeps its first article."""
    if not stored:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = {
        name_key(name): {"name": name_key(name), "article_id": id_, "is_same": is_same}
        for id_, article in reversed(stored)
        for is_same, told in ((False, article.old_urls), (True, article.same_as))
        for name in _storable(told)
    }
    if names:
        connection.execute(insert(aliases).on_conflict_do_nothing(), [*names.values()])
    revisions = {
        row.id: row.revision
        for row in connection.execute(select(articles.c.id, articles.c.revision).where(articles.c.id.in_(list(givers))))
    }
    rows: list[dict[str, Any]] = [
        {"article_id": id_, "givers": told, "revision": revisions[id_], "at": now}
        for id_, told in givers.items()
        if id_ in revisions
    ]
    if rows:
        statement = insert(origins)
        columns = {name: statement.excluded[name] for name in ("givers", "revision", "at")}
        connection.execute(statement.on_conflict_do_update(index_elements=[origins.c.article_id], set_=columns), rows)


def article_of(connection: Connection, name: str) -> str | None:
    """The id of the article that a name or an old URL leads to; None if there is none."""
    if xml_safe(name) != name:
        return None
    row = connection.execute(select(aliases.c.article_id).where(aliases.c.name == name_key(name))).first()
    return row.article_id if row else None


def imported_at(connection: Connection, url: str) -> datetime | None:
    """The time of the last import of the article at a URL from its page or an export; None if there was none."""
    by_url = select(articles.c.id).where(articles.c.url.in_(url_spellings(url)))
    by_name = select(aliases.c.article_id).where(aliases.c.name == name_key(url), aliases.c.is_same)
    rows = connection.execute(
        select(origins.c.at, origins.c.givers).where(origins.c.article_id.in_(by_url.union(by_name)))
    )
    return max((row.at for row in rows if {*row.givers.values()} - {SourceKind.FEED}), default=None)
