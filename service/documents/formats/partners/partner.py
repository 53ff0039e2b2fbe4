"""What partners have in common: a profile, and how an edition becomes one that breaks no rule of the partner's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.edition import Edition, Entry
from service.documents.formats.format import Format, Refusal
from service.documents.formats.sizes import fewer, fit
from service.documents.parts import Spliced


def _as_it_is(entry: Entry) -> Article:
    return entry.article


@dataclass(frozen=True)
class Partner(Format):
    """A format of one partner, who has rules: what breaks one is left out, and never breaks the feed.

    `check` yields what the partner has against an entry at a time; `adapt` first makes what it can fit; `least` is how
    many entries the partner wants in a feed.
    """

    check: Callable[[Entry, datetime], Iterator[FieldError]]
    adapt: Callable[[Entry], Article] = _as_it_is
    least: int = 0

    def admit(self, edition: Edition) -> tuple[Edition, list[Refusal]]:
        """The articles that the partner takes, as it takes them, and the others with the reasons.

        Ages are measured at the time of the feed's last change: there is no clock in a document.
        """
        return self.review(edition, edition.feed.modified_at)

    def review(self, edition: Edition, now: datetime) -> tuple[Edition, list[Refusal]]:
        """The same at the time `now`."""
        admitted, refused = [], []
        for article in edition.entries:
            adapted = self.adapt(Entry(article, edition.settings))
            if reasons := tuple(self.check(Entry(adapted, edition.settings), now)):
                refused.append(Refusal(article, reasons))
            else:
                admitted.append(adapted)
        # Partners ingest what is new; none walks an archive.
        return replace(edition, entries=admitted, older=None, newer=None, current=None), refused

    def document(self, edition: Edition) -> Spliced:
        """The admitted edition in at most `sizes.LONGEST` bytes, without its last entries where it must be."""
        return fit(edition, self.render, fewer)
