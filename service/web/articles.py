"""The API for a CMS: single articles, batches of articles as JSON Lines, and the change log."""

import io
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Annotated, Any

from flask import Response, request
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.article import Article, Submission
from service.articles.patch import patched
from service.articles.validation import MAX_ID_CHARACTERS, ValidationContext
from service.bootstrap import Services
from service.core.errors import ArticleInvalid, BadRequest, BodyTooSlow, FieldError, TooLarge, WartaError
from service.storage import MAX_ARTICLES_PER_TRANSACTION, PutOutcome, Scope
from service.web.http.json_answers import json_answer
from service.web.http.json_requests import body, cursor, json_object
from service.web.http.request_body import Sender, set_sender
from service.web.openapi.operation import Body, operation
from service.web.openapi.parameters import ID, SINCE
from service.web.problems import Reason, problem_of, warnings_of

MAX_CHANGES = 1000  # changes on one page of the change log
CHUNK_BYTES = 4_000_000  # bytes of lines that a batch collects in memory before it stores them
BUFFER_BYTES = 16 * 1024  # bytes of a batch that one read asks for, at most, before the next line is parsed
BatchLine = tuple[Submission, list[FieldError]] | WartaError  # an article with its warnings, or why it is refused
_STATUS = {PutOutcome.ADDED: 201, PutOutcome.CHANGED: 200, PutOutcome.UNCHANGED: 200}


class Change(TypedDict):
    """A line of the change log. `at` is in UTC."""

    cursor: str
    id: str
    kind: Annotated[str, Field(json_schema_extra={"enum": ["published", "updated", "withdrawn", "expired"]})]
    at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ChangesPage(TypedDict):
    """Lines of the change log after a cursor. `more`: whether there are later ones."""

    changes: list[Change]
    cursor: str
    more: bool


class StoredArticle(Submission):
    """An article as it is stored."""

    warnings: list[Reason] = Field(
        default=[], description="The values that were left out, since they cannot be used. Missing if there are none."
    )


class ArticleApi:
    """Handlers of the article API."""

    def __init__(self, services: Services) -> None:
        self._settings = services.settings
        self._context = ValidationContext.of(services.settings)
        self._publisher = services.publisher
        self._store = services.store

    @operation(
        "PUT",
        "/api/articles/{id}",
        "Create or replace an article",
        {200: Body("Replaced.", StoredArticle), 201: Body("Created.", StoredArticle)},
        problems=(400, 408, 413, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        body=Body("The article.", Submission, "Article"),
    )
    def put(self, article_id: str) -> Response:
        """Create (201) or replace (200) an article. Idempotent."""
        fields = _identified(self._body(), article_id)
        submission, warnings = Submission.read_with_warnings(fields, self._context)
        [outcome] = self._publisher.put([submission])
        return self._stored_answer(article_id, outcome, warnings)

    @operation(
        "PATCH",
        "/api/articles/{id}",
        "Change fields of an article; null empties one",
        {200: Body("Changed.", StoredArticle)},
        problems=(400, 404, 408, 413, 422, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
        body=Body("The fields.", {"type": "object"}, media_types=["application/merge-patch+json"]),
    )
    def patch(self, article_id: str) -> Response:
        """Change the given fields of an article; null empties a field (JSON Merge Patch, RFC 7396)."""
        patch = _identified(self._body(), article_id)
        warnings: list[FieldError] = []

        def edited(article: Article) -> Submission:
            submission, warnings[:] = patched(article, patch, self._context)
            return submission

        outcome = self._publisher.edit(article_id, edited)
        return self._stored_answer(article_id, outcome, warnings)

    @operation(
        "GET",
        "/api/articles/{id}",
        "An article as it is stored",
        {200: Body("The article.", Submission, "Article")},
        problems=(404, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
    )
    def get(self, article_id: str) -> Response:
        """Return the article as it is stored, whatever its status."""
        return json_answer(self._shown(article_id))

    @operation(
        "DELETE",
        "/api/articles/{id}",
        "Withdraw an article",
        {204: "Withdrawn."},
        problems=(404, 503),
        scope=Scope.ARTICLES_WRITE,
        path_parameters=[ID],
    )
    def delete(self, article_id: str) -> Response:
        """Withdraw an article. To withdraw it a second time is no error."""
        self._publisher.withdraw(article_id)
        return Response(status=204)

    @operation(
        "POST",
        "/api/articles",
        "Create or replace many articles: JSON Lines in, a line of JSON with line, id, status per line out",
        {200: Body("An answer per line, in order.", {"type": "string"}, media_types=["application/jsonl"])},
        problems=(408, 503),
        scope=Scope.ARTICLES_WRITE,
        body=Body("The articles.", {"type": "string"}, media_types=["application/jsonl"]),
    )
    def batch(self) -> Response:
        """Store a batch: JSON Lines in, one line of JSON out for each line.

        Answers go out while lines still come in. Any number of lines needs the same memory.
        """
        set_sender(request.environ, Sender.BATCH)
        sent = io.BufferedReader(_Body(request.stream), BUFFER_BYTES)
        lines = _lines(sent, self._settings.limits.article_bytes)
        return Response(self._answers(lines), content_type="application/jsonl; charset=utf-8")

    @operation(
        "GET",
        "/api/changes",
        f"The changes of articles, oldest first, up to {MAX_CHANGES:,} at a time",
        {200: Body("Changes after the cursor, and the cursor to go on from.", ChangesPage)},
        problems=(400, 503),
        scope=Scope.ARTICLES_WRITE,
        parameters=[SINCE],
    )
    def changes(self) -> Response:
        """Return the changes after the cursor `since`, oldest first, withdrawals included. At most MAX_CHANGES."""
        since = cursor()
        found = self._store.changes(since, MAX_CHANGES)
        page: ChangesPage = {
            "changes": [
                {"cursor": str(each.key), "id": each.article_id, "kind": each.kind, "at": each.at.isoformat()}
                for each in found
            ],
            "cursor": str(found[-1].key if found else since),
            "more": len(found) == MAX_CHANGES,
        }
        return json_answer(page)

    def _stored_answer(self, article_id: str, outcome: PutOutcome, warnings: Sequence[FieldError]) -> Response:
        """Return the article as it is stored, and the values that were left out with their reasons."""
        shown = {**self._shown(article_id), **warnings_of(warnings)}
        return json_answer(shown, _STATUS[outcome], headers={"Warta-Outcome": outcome.value})

    def _shown(self, article_id: str) -> dict[str, Any]:
        return self._store.article(article_id).fields()

    def _body(self) -> dict[str, Any]:
        limit = self._settings.limits.article_bytes
        return body(limit, f"the article is longer than {limit} bytes (limits.article_bytes)", "article")

    def _answers(self, lines: Iterator[tuple[int, bytes | WartaError]]) -> Iterator[bytes]:
        """Store a batch chunk by chunk and answer every line. One transaction stores the valid articles of a chunk."""
        chunk: list[tuple[int, BatchLine]] = []
        size = 0
        for number, line in lines:
            chunk.append((number, self._read(line)))
            size += len(line) if isinstance(line, bytes) else 0
            if len(chunk) == MAX_ARTICLES_PER_TRANSACTION or size >= CHUNK_BYTES:
                yield self._stored(chunk)
                chunk, size = [], 0
        yield self._stored(chunk)

    def _read(self, line: bytes | WartaError) -> BatchLine:
        if isinstance(line, WartaError):
            return line
        try:
            return Submission.read_with_warnings(json_object(line, "article"), self._context)
        except WartaError as error:
            return error

    def _stored(self, chunk: list[tuple[int, BatchLine]]) -> bytes:
        submissions = [item[0] for _, item in chunk if not isinstance(item, WartaError)]
        failure: WartaError | None = None
        outcomes: Iterator[PutOutcome] = iter(())
        try:
            outcomes = iter(self._publisher.put(submissions))
        except WartaError as error:
            failure = error
        answers = []
        for number, item in chunk:
            refused = item if isinstance(item, WartaError) else failure
            answer: dict[str, Any] = {"line": number}
            if not isinstance(item, WartaError):
                answer["id"] = item[0].id
            if refused:
                answer |= problem_of(refused)
            else:
                outcome = next(outcomes)
                answer |= {"status": _STATUS[outcome], "outcome": outcome.value}
            if not isinstance(item, WartaError):
                answer |= warnings_of(item[1])
            answers.append(json.dumps(answer, ensure_ascii=False))
        return "".join(f"{answer}\n" for answer in answers).encode()


class _Body(io.RawIOBase):
    """A request's body for `io.BufferedReader`. Granian's own `readline` loses the bytes after the first line."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes a memoryview
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _lines(stream: IO[bytes], longest: int) -> Iterator[tuple[int, bytes | WartaError]]:
    """Yield each line with its number. Skips blank lines; yields TooLarge in place of a line that is too long.

    If the body is too slow or ends too early, the error is the last line. The lines before it are still stored.
    """
    for number in itertools.count(1):
        try:
            line = _line(stream, longest)
        except (BadRequest, BodyTooSlow) as error:
            yield number, error
            return
        if not line:
            return
        if isinstance(line, WartaError) or line.strip():
            yield number, line


def _line(stream: IO[bytes], longest: int) -> bytes | TooLarge:
    line = stream.readline(longest + 1)
    if len(line) <= longest or line.endswith(b"\n"):
        return line
    while (rest := stream.readline(longest)) and not rest.endswith(b"\n"):
        pass
    return TooLarge(f"the line is longer than {longest} bytes (limits.article_bytes)")


def _identified(fields: dict[str, Any], article_id: str) -> dict[str, Any]:
    """Return the fields with the id from the URL. Raises ArticleInvalid if the body has a different id."""
    told = fields.get("id")
    if told not in (None, "") and str(told) != article_id:
        raise ArticleInvalid(
            [FieldError("id", f"is {str(told)[:MAX_ID_CHARACTERS]!r} here and {article_id!r} in the URL")]
        )
    return {**fields, "id": article_id}
