"""A format: its name in addresses, its media type, and how it writes an edition."""

from collections.abc import Callable
from dataclasses import dataclass

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.edition import Edition
from service.documents.formats.sizes import fit, shortened
from service.documents.parts import Spliced


@dataclass(frozen=True)
class Refusal:
    """An article that a partner would not take, and each reason with its field."""

    article: Article
    reasons: tuple[FieldError, ...]


@dataclass(frozen=True)
class Format:
    """`extension` is its name in addresses; `media_type` is without parameters."""

    extension: str
    media_type: str
    title: str
    render: Callable[[Edition], Spliced]

    @property
    def name(self) -> str:
        """The partner's profile, as in `msn.rss`; else the extension."""
        return self.extension.partition(".")[0]

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"

    def admit(self, edition: Edition) -> tuple[Edition, list[Refusal]]:
        """The edition as the format takes it, and what is left out of it: here, nothing."""
        return edition, []

    def document(self, edition: Edition) -> Spliced:
        """The admitted edition in at most `sizes.LONGEST` bytes, with bodies shortened where it must be."""
        return fit(edition, self.render, shortened)
