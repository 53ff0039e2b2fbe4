"""The base of partner formats: a profile, and the review that removes articles which break the partner's rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.context import EntryValues, RenderContext
from service.documents.formats.format import FeedFormat, Refusal
from service.documents.formats.sizes import fewer, fit
from service.documents.parts import DocumentParts


def _unchanged(entry: EntryValues) -> Article:
    return entry.article


def _no_findings(_: RenderContext) -> Iterator[FieldError]:
    yield from ()


@dataclass(frozen=True)
class Partner(FeedFormat):
    """A format with one partner's rules. An article that breaks a rule is left out, so that it cannot break the feed.

    `adapt` changes an article to fit the rules where possible. `check` then yields each rule that the entry breaks at
    a given time, and `check_feed` each rule that the feed and its settings break. `min_articles` is the number of
    articles that the partner wants in a feed. A check that names no partner includes those with `by_default`.
    """

    check: Callable[[EntryValues, datetime], Iterator[FieldError]]
    check_feed: Callable[[RenderContext], Iterator[FieldError]] = _no_findings
    adapt: Callable[[EntryValues], Article] = _unchanged
    min_articles: int = 0
    by_default: bool = True

    def accept(self, context: RenderContext) -> tuple[RenderContext, list[Refusal]]:
        """The feed with the articles that the partner takes, adapted; and the other articles, with the reasons.

        The age of an article is its age at the feed's last change: a document does not depend on the clock.
        """
        return self.review(context, context.feed.modified_at)

    def review(self, context: RenderContext, now: datetime) -> tuple[RenderContext, list[Refusal]]:
        """The feed with the articles that the partner takes at the time `now`; and the others, with the reasons.

        The articles in the feed are adapted. It has no links to the archive.
        """
        accepted, refused = [], []
        for article in context.entries:
            adapted = self.adapt(EntryValues(article, context.settings))
            if reasons := tuple(self.check(EntryValues(adapted, context.settings), now)):
                refused.append(Refusal(article, reasons))
            else:
                accepted.append(adapted)
        # Partners read only new articles; none follows the links of an archive.
        return replace(context, entries=accepted, older=None, newer=None, current=None, is_complete=False), refused

    def document(self, context: RenderContext) -> DocumentParts:
        """The accepted articles as a document of at most MAX_DOCUMENT_BYTES. Its last entries may be dropped."""
        return fit(context, self.render, fewer)
