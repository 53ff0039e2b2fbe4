"""Conditions of requests for an article (RFC 9110 §13). They are evaluated while no other writer can change it."""

from flask import Request
from werkzeug.datastructures import ETags
from werkzeug.http import parse_date, parse_etags

from service.articles.article import Article
from service.core.errors import PreconditionFailed
from service.web.articles.answers import etag


class Conditions:
    """The conditions of a request."""

    def __init__(self, request: Request) -> None:
        self._match = request.headers.get("If-Match")
        self._none_match = request.headers.get("If-None-Match")
        self._unmodified_since = parse_date(request.headers.get("If-Unmodified-Since"))

    def check(self, article: Article | None) -> None:
        """Check the conditions of a write in the order of RFC 9110 §13.2.2. `article` is the stored one.

        If-Unmodified-Since compares with `updated_at`: the CMS sets it. Raises PreconditionFailed.
        """
        self.check_match(article)
        if self._none_match is not None and self.is_known(article):
            raise PreconditionFailed("If-None-Match: the article exists, with an ETag that the header excludes")

    def check_match(self, article: Article | None) -> None:
        """Check If-Match, or If-Unmodified-Since without it. Raises PreconditionFailed."""
        if self._match is not None:
            if reason := self._mismatch(article, parse_etags(self._match)):
                raise PreconditionFailed(f"If-Match: {reason}")
        elif self._unmodified_since and article and article.updated_at > self._unmodified_since:
            raise PreconditionFailed(
                "If-Unmodified-Since: the stored article has a later updated_at; read the article again"
            )

    @staticmethod
    def _mismatch(article: Article | None, tags: ETags) -> str | None:
        """The reason why none of the tags matches by the strong comparison. None if one matches."""
        if article and (tags.star_tag or tags.is_strong(etag(article))):
            return None
        if article and tags.is_weak(etag(article)):
            return (
                "a weak ETag (W/) matches nothing (RFC 9110 §13.1.1). A proxy that compresses answers has made it "
                "weak: switch its compression off for /api/"
            )
        return "the article has another ETag, or does not exist; read it again"

    def is_known(self, article: Article | None) -> bool:
        """True if If-None-Match names the article's ETag, or any: the client knows this version."""
        if self._none_match is None or article is None:
            return False
        tags = parse_etags(self._none_match)
        return tags.star_tag or tags.contains_weak(etag(article))
