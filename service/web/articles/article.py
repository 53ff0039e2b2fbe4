"""The API for a single article: create, replace, change, read and withdraw it."""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from service.articles.article import Article, Submission
from service.articles.patch import patched
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.core.errors import FieldError, NotFound
from service.storage import AnsweredBefore, Once, Scope, WrittenArticle
from service.web.articles.answers import ArticleAnswers, StoredArticle
from service.web.articles.conditions import Conditions
from service.web.articles.examples import ANSWER, ARTICLE, STORED
from service.web.articles.idempotency_key import packed, request_key, unpacked
from service.web.articles.submitted import SubmittedArticle, check_not_stale, identified, without_wish
from service.web.http.json_requests import body_bytes, json_object
from service.web.openapi.operation import Body, Header, operation
from service.web.openapi.parameters import (
    CONDITIONS,
    ETAG,
    ID,
    IDEMPOTENCY_KEY,
    LOCATION,
    NOT_MODIFIED,
    OUTCOME,
    PAGE_LINKS,
)

_HEADERS = (ETAG, OUTCOME, PAGE_LINKS)
_SHOWN_HEADERS = (
    *(ETAG, PAGE_LINKS),
    Header("Last-Modified", "The updated_at of the article. Missing for an embargo.", required=False),
)


class ArticleApi:
    """Handlers for one article."""

    def __init__(self, services: Services) -> None:
        self._limit = services.settings.limits.article_bytes
        self._context = ValidationContext.of(services.settings)
        self._publisher = services.publisher
        self._store = services.store
        self._answers = ArticleAnswers(services.settings)

    @operation(
        "PUT",
        "/api/articles/{id}",
        "Create or replace an article",
        {
            200: Body("Replaced.", StoredArticle, example=ANSWER, headers=_HEADERS),
            201: Body("Created.", StoredArticle, example=ANSWER, headers=(*_HEADERS, LOCATION)),
        },
        problems=(400, 408, 409, 412, 413, 415, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        header_parameters=(*CONDITIONS, IDEMPOTENCY_KEY),
        body=Body("The article.", SubmittedArticle, example=ARTICLE),
    )
    def put(self, article_id: str) -> Response:
        """Create (201) or replace (200) an article. Idempotent."""
        sent = self._body()
        fields, refuses_stale = without_wish(identified(json_object(sent, "article"), article_id))
        submission, warnings = Submission.read_with_warnings(fields, self._context)
        conditions = Conditions(request)

        def new(known: Article | None) -> Submission:
            conditions.check(known)
            if refuses_stale:
                check_not_stale(submission, known)
            return submission

        return self._write(article_id, sent, new, warnings)

    @operation(
        "PATCH",
        "/api/articles/{id}",
        "Change fields of an article. Null empties a field",
        {200: Body("Changed.", StoredArticle, example=ANSWER, headers=_HEADERS)},
        problems=(400, 404, 408, 409, 412, 413, 415, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        header_parameters=(*CONDITIONS, IDEMPOTENCY_KEY),
        body=Body(
            "The fields.",
            {"type": "object"},
            media_types=["application/merge-patch+json"],
            example={"title": "Judul baru", "summary": None},
        ),
    )
    def patch(self, article_id: str) -> Response:
        """Change the given fields of an article; null empties a field (JSON Merge Patch, RFC 7396)."""
        sent = self._body()
        patch, refuses_stale = without_wish(identified(json_object(sent, "article"), article_id))
        warnings: list[FieldError] = []
        conditions = Conditions(request)

        def new(known: Article | None) -> Submission:
            if known is None:
                raise NotFound(f"there is no article {article_id!r}")
            conditions.check(known)
            submission, warnings[:] = patched(known, patch, self._context)
            if refuses_stale:
                check_not_stale(submission, known)
            return submission

        return self._write(article_id, sent, new, warnings)

    @operation(
        "GET",
        "/api/articles/{id}",
        "An article as it is stored",
        {
            200: Body("The article.", Submission, "Article", example=STORED, headers=_SHOWN_HEADERS),
            304: Body(NOT_MODIFIED, media_types=(), headers=[ETAG]),
        },
        problems=(404, 412, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        header_parameters=CONDITIONS,
    )
    def get(self, article_id: str) -> Response:
        """Return the article as it is stored, whatever its status."""
        article = self._store.article(article_id)
        conditions = Conditions(request)
        conditions.check_match(article)
        answer = self._answers.shown(article)
        if conditions.is_known(article):
            answer.status_code = 304
            answer.set_data(b"")
            answer.headers.remove("Content-Type")
        return answer

    @operation(
        "DELETE",
        "/api/articles/{id}",
        "Withdraw an article",
        {204: "Withdrawn."},
        problems=(400, 404, 412, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        header_parameters=(*CONDITIONS, IDEMPOTENCY_KEY),
    )
    def delete(self, article_id: str) -> Response:
        """Withdraw an article. To withdraw it a second time is no error."""
        withdrawn = Response(status=204)
        key = request_key(request, b"")
        once = Once[None](key, lambda _: packed(withdrawn)) if key else None
        try:
            self._publisher.withdraw(article_id, Conditions(request).check, once)
        except AnsweredBefore as before:
            return unpacked(before.answer)
        return withdrawn

    def _write(
        self, article_id: str, sent: bytes, new: Callable[[Article | None], Submission], warnings: list[FieldError]
    ) -> Response:
        """Store the article that `new` makes, once for an Idempotency-Key, and answer with it."""

        def answer(written: WrittenArticle) -> Response:
            return self._answers.stored(written, warnings)

        key = request_key(request, sent)
        once = Once[Any](key, lambda written: packed(answer(written))) if key else None
        try:
            return answer(self._publisher.write(article_id, new, once))
        except AnsweredBefore as before:
            return unpacked(before.answer)

    def _body(self) -> bytes:
        return body_bytes(self._limit, f"the article is longer than {self._limit} bytes (limits.article_bytes)")
