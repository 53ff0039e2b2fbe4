"""The articles of an import that one transaction stores, each combined with the stored article that it is."""

from collections.abc import Sequence

from sqlalchemy import Connection

from service.articles.article import Article
from service.articles.merging import Givers, givers_of, merged
from service.articles.origins import SourceKind
from service.storage.announcement_log import Announcement
from service.storage.change_set import ChangeSet, PutOutcome, known_articles
from service.storage.identities import Identities, ImportedArticle, known_givers, record


class ImportBatch:
    """Collects the changes of a batch of imported articles, and then writes them."""

    def __init__(
        self, connection: Connection, imported: Sequence[ImportedArticle], change_set: ChangeSet, *, replace: bool
    ) -> None:
        self._change_set = change_set
        self._replace = replace
        self._identities = Identities(connection, imported)
        ids = [*self._identities.stored.intersection(map(self._identities.id_of, imported))]
        self._known = known_articles(connection, ids)
        self._known_givers = known_givers(connection, self._known)
        self._givers: dict[str, Givers] = {}
        self._stored: list[tuple[str, ImportedArticle]] = []

    def add(self, imported: ImportedArticle) -> PutOutcome | None:
        """Add an article, and return what becomes of it: None if it withdraws an article that is not stored."""
        id_ = self._identities.id_of(imported)
        before = self._change_set.after.get(id_) or self._known.get(id_)
        if before and imported.headline_only:
            return PutOutcome.UNCHANGED
        if imported.submission.status == "withdrawn" and imported.kind is not SourceKind.ARTICLES and not before:
            return None
        article = self._article(imported, id_, before)
        self._identities.add(imported, id_)
        if article != before or not self._is_recorded(imported, id_):
            self._stored.append((id_, imported))
        if article != before:
            self._change_set.add(self._known.get(id_), article)
        return PutOutcome.of(before, article)

    def _is_recorded(self, imported: ImportedArticle, id_: str) -> bool:
        """True if the names and the sources are stored as they are. The time of the import counts for pages alone."""
        return imported.kind is SourceKind.ARTICLES and self._givers[id_] == self._known_givers.get(id_)

    def _article(self, imported: ImportedArticle, id_: str, before: Article | None) -> Article:
        submission = imported.submission.model_copy(update={"id": id_})
        if before and submission.status == "withdrawn" and imported.kind is not SourceKind.ARTICLES:
            return before.model_copy(update={"status": "withdrawn"})  # the trash has other URLs and slugs
        if before is None or self._replace or imported.kind is SourceKind.ARTICLES:
            self._givers[id_] = givers_of(submission, imported.kind)
        else:
            givers = self._givers.get(id_) or self._known_givers.get(id_, {})
            submission, self._givers[id_] = merged(submission, before, givers, imported.kind)
        return submission.article(before, self._change_set.now)

    def write(self, connection: Connection) -> list[Announcement]:
        """Write the changes, the names and the sources. Returns the announcements."""
        announcements = self._change_set.write(connection)
        givers = {id_: self._givers[id_] for id_, _ in self._stored if id_ in self._givers}
        record(connection, self._stored, givers, self._change_set.now)
        return announcements
