"""The base of partner formats: a profile, and the review that removes articles which break the partner's rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.edition import Edition, Entry
from service.documents.formats.format import Format, Refusal
from service.documents.formats.sizes import fewer, fit
from service.documents.parts import DocumentParts


def _as_it_is(entry: Entry) -> Article:
    return entry.article


@dataclass(frozen=True)
class Partner(Format):
    """A format with one partner's rules. An article that breaks a rule is left out, so that it cannot break the feed.

    `adapt` changes an article to fit the rules where possible. `check` then yields each rule that the entry breaks at
    a given time. `least` is the number of entries that the partner wants in a feed.
    """

    check: Callable[[Entry, datetime], Iterator[FieldError]]
    adapt: Callable[[Entry], Article] = _as_it_is
    least: int = 0

    def admit(self, edition: Edition) -> tuple[Edition, list[Refusal]]:
        """The edition with the articles that the partner takes, adapted; and the others, with the reasons.

        The age of an article is its age at the feed's last change: a document does not depend on the clock.
        """
        return self.review(edition, edition.feed.modified_at)

    def review(self, edition: Edition, now: datetime) -> tuple[Edition, list[Refusal]]:
        """The edition with the articles that the partner takes at the time `now`, and the others with the reasons.

        The articles in the edition are adapted. It has no links to the archive.
        """
        admitted, refused = [], []
        for article in edition.entries:
            adapted = self.adapt(Entry(article, edition.settings))
            if reasons := tuple(self.check(Entry(adapted, edition.settings), now)):
                refused.append(Refusal(article, reasons))
            else:
                admitted.append(adapted)
        # Partners read only new articles; none follows the links of an archive.
        return replace(edition, entries=admitted, older=None, newer=None, current=None), refused

    def document(self, edition: Edition) -> DocumentParts:
        """The admitted edition as a document of at most `sizes.LONGEST` bytes. Its last entries may be dropped."""
        return fit(edition, self.render, fewer)
