"""The outcomes of the items of an import: counted by outcome and reason, shown, and written to a report."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TextIO

from service.articles.article import Submission
from service.cli.imports.progress import Progress
from service.cli.imports.validation import InvalidArticle, ValidArticle
from service.cli.terminal import say
from service.storage import PutOutcome

MAX_REASONS = 12  # reasons that the summary lists for each outcome
_SHOWN_BY_ITEM = ("refused", "left out", "in doubt")  # a line of its own has shown each of these items
_WITHDRAWN = "withdrawn in the source, and not stored"
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'|https?://\S+|\b\d[\d,.]*\b')  # the parts of a reason that differ by item
# The words of the table of a dry run.
_PLANNED = {"added": "add", "changed": "change", "unchanged": "keep", "stale": "keep"}


@dataclass
class Tally:
    """Counts items by outcome and by reason. With `dry_run` it shows each item as a row of a table."""

    progress: Progress
    report: TextIO | None = None
    dry_run: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)

    def store(self, item: ValidArticle, outcome: PutOutcome | None) -> None:
        """Count a valid article, the values that were left out of it, and what was removed from its body."""
        if outcome is None:
            self.skip(item.source, item.where, _WITHDRAWN)
            return
        submission = item.imported.submission
        self.outcomes[outcome.value] += 1
        for warning in item.left_out:
            self.outcomes["warnings"] += 1
            self._count("left out", f"{warning.field}: {warning.reason}")
            if not self.dry_run:
                self.progress.say(f"warning: {item.source}, {item.where}: left out {warning}")
        if item.doubt:
            self.outcomes["warnings"] += 1
            self._count("in doubt", item.doubt)
            if not self.dry_run:
                self.progress.say(f"warning: {item.source}, {item.where}: {item.doubt}")
        for note in item.notes:
            self._count("removed", note)
        left_out = [str(warning) for warning in item.left_out]
        if self.dry_run:
            self._row(
                _PLANNED[outcome.value], submission, "; ".join(filter(None, [item.doubt, *left_out, *item.notes]))
            )
        self._report(
            item.source,
            item.where,
            outcome.value,
            id=submission.id,
            url=submission.url,
            title=submission.title,
            left_out=left_out,
            removed=[*item.notes],
            doubt=item.doubt,
        )

    def refuse(self, source: str, where: str, reason: str, title: str = "") -> None:
        """Count an item that cannot be stored, and show the reason."""
        self.outcomes["refused"] += 1
        self._count("refused", reason)
        place = f"{source}, {where}" if where else source
        if self.dry_run:
            self.progress.say(_cells("refuse", "", title or place, f"{place}: {reason}"), err=False)
        else:
            self.progress.say(f"refused: {place}: {reason}")
        self._report(source, where, "refused", reason=reason, title=title)

    def skip(self, source: str, where: str, reason: str) -> None:
        """Count an item that is no article, or was imported before."""
        self.outcomes["skipped"] += 1
        self._count("skipped", reason)
        if self.dry_run:
            self.progress.say(_cells("skip", "", f"{source}, {where}", reason), err=False)
        self._report(source, where, "skipped", reason=reason)

    def invalid(self, item: InvalidArticle) -> None:
        self.refuse(item.source, item.where, item.reason, item.title)

    def summary(self) -> None:
        """Print how many items had each outcome, and below it how many had each reason."""
        names = [name for name in (*PutOutcome, "refused") if name != PutOutcome.STALE or self.outcomes[name]]
        names += [name for name in ("skipped", "warnings") if self.outcomes[name]]
        counts = ", ".join(f"{self.outcomes[name]:,} {name}" for name in names)
        say(f"dry run: nothing is stored; an import would have: {counts}" if self.dry_run else counts)
        for outcome, reasons in self.reasons.items():
            if outcome in _SHOWN_BY_ITEM and reasons.total() == 1:
                continue
            for reason, number in reasons.most_common(MAX_REASONS):
                say(f"  {outcome}: {number:,} × {reason}")
            if len(reasons) > MAX_REASONS:
                say(f"  {outcome}: {len(reasons) - MAX_REASONS:,} more reasons")

    def _count(self, outcome: str, reason: str) -> None:
        short = _QUOTED.sub("…", reason) if outcome != "removed" else reason
        self.reasons.setdefault(outcome, Counter())[short[:200]] += 1

    def _row(self, outcome: str, submission: Submission, reason: str) -> None:
        date = f"{submission.published_at:%Y-%m-%d %H:%M}" if submission.published_at else ""
        status = f"{outcome} ({submission.status})" if submission.status != "published" else outcome
        self.progress.say(_cells(status, date, submission.title, reason), err=False)

    def _report(self, source: str, where: str, outcome: str, **values: object) -> None:
        if self.report:
            known = {name: value for name, value in values.items() if value}
            line = {"source": source, "where": where, "outcome": outcome, **known}
            self.report.write(json.dumps(line, ensure_ascii=False) + "\n")


def _cells(outcome: str, date: str, title: str, reason: str) -> str:
    """A row of the table: what would happen, when the article was published (UTC), its title, and reasons."""
    shown = title if len(title) <= 60 else f"{title[:59]}…"
    return f"{outcome:<18} {date:<16} {shown:<60} {reason}".rstrip()


def table_head() -> str:
    """The names of the columns of `Tally`'s table."""
    return _cells("OUTCOME", "PUBLISHED (UTC)", "TITLE", "REASON")
