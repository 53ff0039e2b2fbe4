"""The source of every page: a document that shows a list, and boxes with other lists beside it."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from markupsafe import Markup

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import FeedUnavailable, NotFound
from service.documents.builder import DocumentSource
from service.documents.cache_entry import DocumentKey
from service.documents.document import Document
from service.documents.formats.context import EntryValues
from service.documents.memory_cache import Slot
from service.documents.parts import DocumentParts
from service.feeds.names import LATEST, ArticleList, FeedName, Ranking
from service.publishing.feed_documents import digest, order_of
from service.web.pages.templates import PageTemplates

HTML = "text/html; charset=utf-8"
BOX_ENTRIES = 7  # headlines in a box


class PageBuilder:
    """The parts of all pages: articles, feeds, templates, and the document builder. Shared by a process's threads."""

    def __init__(self, services: Services, templates: PageTemplates, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = services.settings
        self.feeds = services.documents
        self.store = services.store
        self.templates = templates
        self.clock = clock
        # A page shows more settings than a feed, and the templates.
        shown = services.settings.model_dump_json(include={"pages", "article_pages"})
        self.appearance = digest(f"{services.documents.appearance} {templates.digest} {shown}")
        self._builder = services.builder

    def document(self, source: DocumentSource) -> Slot:
        """The document of the source. Raises the errors of the source, and FeedUnavailable."""
        return self._builder.get_or_build(source)

    def require_version(self, list_name: str) -> None:
        """Raise FeedUnavailable if no cache can have a document of the list."""
        self._builder.require_version(list_name)

    def box(self, source: "BoxSource") -> Document | None:
        """The box, or None if it cannot be built now, and if its feed has never existed."""
        try:
            return self.document(source).document
        except (FeedUnavailable, NotFound):
            return None


class BoxSource(DocumentSource):
    """A part of pages that is a document of its own: a list of headlines or of links. Its template is a fragment.

    Many pages share it, so it is built once for all, and a page changes when its boxes do.
    """

    label = "box"
    media_type = HTML

    def __init__(self, builder: PageBuilder, key: DocumentKey) -> None:
        self._builder = builder
        self.key = key

    @property
    def order(self) -> str:
        return self._builder.appearance

    def changed_at(self) -> datetime:
        return self._builder.store.article_list(self.key.list_name).modified_at


class FeedBox(BoxSource):
    """The first headlines of a feed. `title` gives the title of the box from the list."""

    def __init__(self, builder: PageBuilder, name: FeedName, title: Callable[[ArticleList], str]) -> None:
        super().__init__(builder, DocumentKey(name.list_name, f"box:{name.path}"))
        self._name = name
        self._title = title

    @cached_property
    def _ranking(self) -> Ranking | None:
        return self._builder.feeds.selections.ranking(self._name, BOX_ENTRIES)

    @property
    def order(self) -> str:
        return f"{self._builder.appearance}/{order_of(self._ranking)}"

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:
        feeds, ranking = self._builder.feeds, self._ranking
        listing = feeds.selections.of(self._name, BOX_ENTRIES, ranking, built_from)
        html = self._builder.templates.render(
            "box.html",
            id=self._name.path.replace("/", "-"),
            title=self._title(listing.article_list),
            entries=[EntryValues(article, self._builder.settings) for article in listing.entries],
            is_ranked=ranking is not None,
            more=feeds.catalogue.url(self._name),
        )
        modified_at = listing.article_list.modified_at
        return DocumentParts(html.encode()), max(modified_at, ranking.since) if ranking else modified_at


class PageSource(DocumentSource):
    """A page. Each subclass has a `template`, `values` for it, and `boxes`, which the template shows by their names."""

    label = "page"
    media_type = HTML
    template: str

    def __init__(self, builder: PageBuilder, key: DocumentKey) -> None:
        self._builder = builder
        self.key = key

    @abstractmethod
    def boxes(self) -> Mapping[str, BoxSource]:
        """The boxes of the page by name."""

    @abstractmethod
    def values(self) -> tuple[Mapping[str, object], datetime]:
        """The values of the template, and the time of the last change. Raises NotFound, StoreUnavailable."""

    @property
    def own_order(self) -> str:
        """An identifier of what the version of the list does not cover, without the boxes."""
        return ""

    @property
    def order(self) -> str:
        boxes = [box.digest if box else "" for box in self._built_boxes.values()]
        return f"{self._builder.appearance}/{self.own_order}/{digest(' '.join(boxes))}"

    @cached_property
    def _built_boxes(self) -> Mapping[str, Document | None]:
        return {name: self._builder.box(source) for name, source in self.boxes().items()}

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:  # noqa: ARG002 - no other document shows it
        values, modified_at = self.values()
        built = self._built_boxes
        html = self._builder.templates.render(self.template, **as_markup(built), **values)
        times = [box.last_modified for box in built.values() if box]
        return DocumentParts(html.encode()), max([modified_at, *times])

    def changed_at(self) -> datetime:
        return self._builder.store.article_list(LATEST).modified_at


def discovery(feeds: Sequence[tuple[FeedName, ArticleList]], builder: PageBuilder) -> dict[str, object]:
    """The values for autodiscovery: the names of the feeds, and their titles by path."""
    catalogue = builder.feeds.catalogue
    return {
        "discover": [name for name, _ in feeds],
        "titles": {name.path: catalogue.feed(name, article_list).title for name, article_list in feeds},
    }


def as_markup(boxes: Mapping[str, Document | None]) -> Mapping[str, Markup]:
    """The HTML of the boxes by name; empty for a box that could not be built."""
    return {name: Markup(box.body.decode()) if box else Markup() for name, box in boxes.items()}  # noqa: S704 - our own
