"""A format: its name in URLs, its media type, and the function that writes a feed in it."""

from collections.abc import Callable
from dataclasses import dataclass

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.context import RenderContext
from service.documents.formats.sizes import fit, shortened
from service.documents.parts import DocumentParts


@dataclass(frozen=True)
class Refusal:
    """An article that breaks a partner's rules, and each reason with its field."""

    article: Article
    reasons: tuple[FieldError, ...]


@dataclass(frozen=True)
class FeedFormat:
    """A format of documents. `extension` is its name in URLs; `media_type` has no parameters."""

    extension: str
    media_type: str
    title: str
    render: Callable[[RenderContext], DocumentParts]

    @property
    def name(self) -> str:
        """The extension up to its first dot: `msn` for the partner format `msn.rss`, `rss` for RSS."""
        return self.extension.partition(".")[0]

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"

    def accept(self, context: RenderContext) -> tuple[RenderContext, list[Refusal]]:
        """The feed as the format takes it, and the articles left out. A public format leaves out none."""
        return context, []

    def document(self, context: RenderContext) -> DocumentParts:
        """The accepted context as a document of at most MAX_DOCUMENT_BYTES. Bodies are shortened if necessary."""
        return fit(context, self.render, shortened)
