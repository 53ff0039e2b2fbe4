"""The page of a search: the form, the stories with the found words marked, and the search as a feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.articles.article import Article
from service.articles.plain_text import beginning
from service.documents.cache_entry import DocumentKey
from service.documents.formats import DEFAULT_FORMAT, FORMATS
from service.documents.formats.context import EntryValues
from service.documents.parts import DocumentParts
from service.feeds.names import LATEST
from service.publishing.searches import SearchResults
from service.search import Analyser, Marked, excerpt, marked
from service.web.pages.boxes import listed
from service.web.pages.page import BoxSource, PageBuilder, as_markup
from service.web.pages.passing import PassingPages

MAX_EXAMINED_CHARACTERS = 20_000  # of a body in which the page looks for the words
MAX_CATEGORIES = 200  # that the form offers


@dataclass(frozen=True)
class FoundStory:
    """A story of the results: its title and a part of its text, each in pieces."""

    entry: EntryValues
    title: Sequence[Marked]
    text: Sequence[Marked]


class CategoryOptions(BoxSource):
    """The categories of the form, by title, as options of a list."""

    def __init__(self, builder: PageBuilder) -> None:
        super().__init__(builder, DocumentKey(LATEST, "box:category-options"))

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:  # noqa: ARG002 - no other document shows it
        builder = self._builder
        categories = listed(builder.store.categories(), builder)[:MAX_CATEGORIES]
        html = builder.templates.render("options.html", categories=categories)
        return DocumentParts(html.encode()), self.changed_at()


class SearchPage:
    """Renders the pages of searches. Shared by threads."""

    def __init__(self, builder: PageBuilder, passing: PassingPages) -> None:
        self._builder = builder
        self._passing = passing

    def render(self, results: SearchResults, analyser: Analyser) -> DocumentParts:
        """The page with the results."""
        name, settings = results.name, self._builder.settings
        options = as_markup({"options": self._builder.box(CategoryOptions(self._builder))})
        html = self._passing.render_page(
            "search.html",
            **options,
            has_search=False,  # the page has a form of its own
            category=self._category(name.category),
            search=name,
            title=name.title(settings),
            stories=[self._story(article, results, analyser) for article in results.context.entries],
            has_words=bool(results.query.wanted),
            is_partial=results.is_partial,
            older=results.context.older,
            first=name.first_page.url(settings) if name.before else None,
            feed_url=name.first_page.url(settings, DEFAULT_FORMAT.extension),
            feeds=[(format_, name.first_page.url(settings, format_.extension)) for format_ in FORMATS.values()],
        )
        return DocumentParts(html.encode())

    def _category(self, slug: str) -> str:
        """The title of the category of the search; its slug if it is not known."""
        found = self._builder.store.lists([f"category/{slug}"]) if slug else []
        return found[0].title if found else slug

    def _story(self, article: Article, results: SearchResults, analyser: Analyser) -> FoundStory:
        """The summary if it has a found word; else the part of the body that has one; else the summary."""
        entry = EntryValues(article, self._builder.settings)
        text = marked(entry.summary, results.query, analyser)
        if not any(piece.is_found for piece in text):
            body = beginning(article.content_html, MAX_EXAMINED_CHARACTERS)
            if part := excerpt(body, results.query, analyser):
                text = marked(part, results.query, analyser)
        return FoundStory(entry, marked(article.title, results.query, analyser), text)
