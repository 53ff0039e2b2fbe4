"""The limit on the length of documents. Readers and partners drop feeds that are longer than LONGEST."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from service.articles.article import Article
from service.articles.teaser import teaser
from service.documents.formats.edition import MAX_TEASER, Edition, Entry
from service.documents.parts import Spliced

LONGEST = 1_000_000  # bytes of a document, before compression

Render = Callable[[Edition], Spliced]
Cut = Callable[[Edition, int], Edition]


def fit(edition: Edition, render: Render, cut: Cut) -> Spliced:
    """The edition as a document of at most LONGEST bytes, after the fewest necessary steps of `cut`.

    The same edition gives the same bytes. It calls `render` once, or about ten times if the first document is too long.
    """
    bodies = sum([len(article.content_html) for article in edition.entries])
    if bodies <= LONGEST and len(document := render(edition)) <= LONGEST:
        return document
    steps = range(len(_LENGTHS) * len(edition.entries))
    # No document is shorter than its texts. So the search skips steps whose texts alone are too long, without a render.
    first = bisect_left(steps, True, key=lambda step: _texts(cut(edition, step)) <= LONGEST)
    step = bisect_left(steps, True, lo=first, key=lambda step: len(render(cut(edition, step))) <= LONGEST)
    return render(cut(edition, step))


def shortened(edition: Edition, steps: int) -> Edition:
    """The edition with entries shortened in a number of `steps`, beginning with the last entry.

    One step shortens one entry. The first round of steps replaces each body that is longer than its summary by the
    summary. The second cuts each summary to a teaser, without a body. The third leaves only a teaser and the values
    that identify the article; only hostile articles need it.
    """
    count = len(edition.entries)
    if not count:
        return edition
    lengths = [(steps + place) // count for place in range(count)]
    entries = [
        _LENGTHS[length - 1](Entry(article, edition.settings)) if length else article
        for article, length in zip(edition.entries, lengths, strict=True)
    ]
    changed = sum(entry is not article for entry, article in zip(entries, edition.entries, strict=True))
    return replace(edition, entries=entries, shortened=changed)


def fewer(edition: Edition, steps: int) -> Edition:
    """The edition without its last `steps` entries. It is for partners, which take only whole articles."""
    return replace(edition, entries=edition.entries[: max(0, len(edition.entries) - steps)])


def _texts(edition: Edition) -> int:
    """Characters of the long values that every format shows. A document has at least as many bytes."""
    return sum(
        len(article.content_html)
        + sum(map(len, article.categories))
        + sum(len(author.name) for author in article.authors)
        for article in edition.entries
    )


def _summarized(entry: Entry) -> Article:
    article = entry.article
    if len(article.content_html) <= len(entry.summary):
        return article
    return article.model_copy(update={"summary": entry.summary, "content_html": ""})


def _teased(entry: Entry) -> Article:
    return entry.article.model_copy(update={"summary": teaser(entry.summary, MAX_TEASER), "content_html": ""})


def _named(entry: Entry) -> Article:
    return entry.article.model_copy(update={**_EMPTY, "summary": teaser(entry.summary, MAX_TEASER)})


_EMPTY: dict[str, object] = {
    **dict.fromkeys(("categories", "tags", "authors", "enclosures"), ()),
    **dict.fromkeys(("content_html", "section", "correction", "license"), ""),
    "image": None,
}
_LENGTHS = (_summarized, _teased, _named)
