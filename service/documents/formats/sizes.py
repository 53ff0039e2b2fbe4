"""The limit on the length of documents. Readers and partners drop feeds that are longer than MAX_DOCUMENT_BYTES."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from service.articles.article import Article
from service.articles.teaser import teaser
from service.documents.formats.context import MAX_TEASER, EntryValues, RenderContext
from service.documents.parts import DocumentParts

MAX_DOCUMENT_BYTES = 1_000_000  # bytes of a document, before compression

Render = Callable[[RenderContext], DocumentParts]
Cut = Callable[[RenderContext, int], RenderContext]


def fit(context: RenderContext, render: Render, cut: Cut) -> DocumentParts:
    """The feed as a document of at most MAX_DOCUMENT_BYTES bytes, after the fewest necessary steps of `cut`.

    The same context gives the same bytes. It calls `render` once, or about ten times if the first document is too long.
    """
    bodies = sum([len(article.content_html) for article in context.entries])
    if bodies <= MAX_DOCUMENT_BYTES and len(document := render(context)) <= MAX_DOCUMENT_BYTES:
        return document
    steps = range(len(_LENGTHS) * len(context.entries))
    # No document is shorter than its texts. So the search skips steps whose texts alone are too long, without a render.
    first = bisect_left(steps, True, key=lambda step: _texts(cut(context, step)) <= MAX_DOCUMENT_BYTES)
    step = bisect_left(steps, True, lo=first, key=lambda step: len(render(cut(context, step))) <= MAX_DOCUMENT_BYTES)
    return render(cut(context, step))


def shortened(context: RenderContext, steps: int) -> RenderContext:
    """The feed with entries shortened in a number of `steps`, beginning with the last entry.

    One step shortens one entry. The first round of steps replaces each body that is longer than its summary by the
    summary. The second cuts each summary to a teaser, without a body. The third leaves only a teaser and the values
    that identify the article; only hostile articles need it.
    """
    count = len(context.entries)
    if not count:
        return context
    lengths = [(steps + place) // count for place in range(count)]
    entries = [
        _LENGTHS[length - 1](EntryValues(article, context.settings)) if length else article
        for article, length in zip(context.entries, lengths, strict=True)
    ]
    changed = sum(entry is not article for entry, article in zip(entries, context.entries, strict=True))
    return replace(context, entries=entries, shortened=changed)


def fewer(context: RenderContext, steps: int) -> RenderContext:
    """The feed without its last `steps` entries. It is for partners, which take only whole articles."""
    return replace(context, entries=context.entries[: max(0, len(context.entries) - steps)])


def _texts(context: RenderContext) -> int:
    """Characters of the long values that every format shows. A document has at least as many bytes."""
    return sum(
        len(article.content_html)
        + sum(map(len, article.categories))
        + sum(len(author.name) for author in article.authors)
        for article in context.entries
    )


def _summarized(entry: EntryValues) -> Article:
    article = entry.article
    if len(article.content_html) <= len(entry.summary):
        return article
    return article.model_copy(update={"summary": entry.summary, "content_html": ""})


def _teased(entry: EntryValues) -> Article:
    return entry.article.model_copy(update={"summary": teaser(entry.summary, MAX_TEASER), "content_html": ""})


def _named(entry: EntryValues) -> Article:
    return entry.article.model_copy(update={**_EMPTY, "summary": teaser(entry.summary, MAX_TEASER)})


_EMPTY: dict[str, object] = {
    **dict.fromkeys(("categories", "tags", "authors", "enclosures"), ()),
    **dict.fromkeys(("content_html", "section", "correction", "license"), ""),
    **dict.fromkeys(("image", "podcast")),
}
_LENGTHS = (_summarized, _teased, _named)
