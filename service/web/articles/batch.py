"""The API for batches of articles: JSON Lines in, a line of JSON for each line out."""

import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import IO, Any, NamedTuple

from flask import Response, request

from service.articles.article import Submission
from service.articles.validation import MAX_ID_CHARACTERS, ValidationContext
from service.bootstrap import Services
from service.core.errors import BadRequest, BodyTooSlow, FieldError, TooLarge, WartaError
from service.storage import MAX_ARTICLES_PER_TRANSACTION, AnsweredBefore, Once, PutOutcome, RequestKey, Scope
from service.web.articles.answers import STATUS_OF_OUTCOME
from service.web.articles.examples import ANSWERS, LINES
from service.web.articles.idempotency_key import request_key
from service.web.articles.submitted import stale_article, without_wish
from service.web.http.json_requests import check_json_lines, json_object
from service.web.http.request_body import Sender, set_sender
from service.web.openapi.operation import Body, operation
from service.web.openapi.parameters import IDEMPOTENCY_KEY
from service.web.problems import problem_of, warnings_of

CHUNK_BYTES = 4_000_000  # bytes of lines that a batch collects in memory before it stores them
BUFFER_BYTES = 16 * 1024  # bytes of a batch that one read asks for, at most, before the next line is parsed


class BatchLine(NamedTuple):
    """A line of a batch: the article with its warnings, or why it is refused. `id` is None if it cannot be read."""

    number: int
    id: str | None
    submission: Submission | None = None
    warnings: list[FieldError] = []  # noqa: RUF012 - nobody changes it
    refuses_stale: bool = False
    refusal: WartaError | None = None


class _Chunk:
    """Lines that one transaction stores. `part` is their place in the batch."""

    def __init__(self, part: int) -> None:
        self.part = part
        self.lines: list[BatchLine] = []
        self._size = 0
        self._digest = blake2b(digest_size=32)
        self._is_whole = True

    def add(self, line: BatchLine, sent: bytes | WartaError) -> None:
        self.lines.append(line)
        self._size += len(sent) if isinstance(sent, bytes) else 0
        self._digest.update(b"%d " % line.number + (sent if isinstance(sent, bytes) else b"too long"))
        self._is_whole &= not isinstance(sent, BadRequest | BodyTooSlow)

    @property
    def is_full(self) -> bool:
        return len(self.lines) == MAX_ARTICLES_PER_TRANSACTION or self._size >= CHUNK_BYTES

    def request_key(self, of_batch: RequestKey | None) -> RequestKey | None:
        """The name of this part of a batch. None if the body broke off in it: the repetition has more lines."""
        if of_batch is None or not self._is_whole:
            return None
        return replace(of_batch, fingerprint=self._digest.hexdigest(), part=self.part)


class BatchApi:
    """The handler of batches."""

    def __init__(self, services: Services) -> None:
        self._limit = services.settings.limits.article_bytes
        self._context = ValidationContext.of(services.settings)
        self._publisher = services.publisher

    @operation(
        "POST",
        "/api/articles",
        "Create or replace many articles: JSON Lines. The answer has a line of JSON for each: line, id, status",
        {
            200: Body(
                "An answer for each line, in the order of the lines.",
                {"type": "string"},
                media_types=["application/jsonl"],
                example=ANSWERS,
            )
        },
        problems=(400, 408, 415, 503),
        scope=Scope.ARTICLES_WRITE,
        header_parameters=[IDEMPOTENCY_KEY],
        body=Body("The articles.", {"type": "string"}, media_types=["application/jsonl"], example=LINES),
    )
    def batch(self) -> Response:
        """Store a batch: JSON Lines in, one line of JSON out for each line.

        Answers go out while lines still come in. Any number of lines needs the same memory.
        """
        set_sender(request.environ, Sender.BATCH)
        key = request_key(request, b"")
        sent = io.BufferedReader(_Body(request.stream), BUFFER_BYTES)
        check_json_lines(sent.peek())
        answers = self._answers(_lines(sent, self._limit), key)
        return Response(answers, content_type="application/jsonl; charset=utf-8")

    def _answers(self, lines: Iterator[tuple[int, bytes | WartaError]], key: RequestKey | None) -> Iterator[bytes]:
        """Store a batch chunk by chunk and answer every line. One transaction stores the valid articles of a chunk."""
        chunk = _Chunk(0)
        for number, sent in lines:
            chunk.add(self._read(number, sent), sent)
            if chunk.is_full:
                yield self._stored(chunk, key)
                chunk = _Chunk(chunk.part + 1)
        if chunk.lines:
            yield self._stored(chunk, key)

    def _read(self, number: int, sent: bytes | WartaError) -> BatchLine:
        if isinstance(sent, WartaError):
            return BatchLine(number, None, refusal=sent)
        fields: dict[str, Any] = {}
        try:
            fields = json_object(sent, "article")
            article, refuses_stale = without_wish(fields)
            submission, warnings = Submission.read_with_warnings(article, self._context)
        except WartaError as error:
            return BatchLine(number, _sent_id(fields), refusal=error)
        return BatchLine(number, submission.id, submission, warnings, refuses_stale)

    def _stored(self, chunk: _Chunk, of_batch: RequestKey | None) -> bytes:
        valid = [(line, line.submission) for line in chunk.lines if line.submission]

        def answers(outcomes: list[PutOutcome]) -> bytes:
            rest = iter(outcomes)
            return _jsonl(_answer(line, next(rest) if line.submission else None) for line in chunk.lines)

        key = chunk.request_key(of_batch)
        try:
            return answers(
                self._publisher.put(
                    [submission for _, submission in valid],
                    only_newer={position for position, (line, _) in enumerate(valid) if line.refuses_stale},
                    once=Once(key, answers) if key else None,
                )
            )
        except AnsweredBefore as before:
            return before.answer
        except WartaError as error:
            return _jsonl(_answer(line._replace(refusal=line.refusal or error), None) for line in chunk.lines)


def _answer(line: BatchLine, outcome: PutOutcome | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"line": line.number}
    if line.id is not None:
        answer["id"] = line.id
    refusal = stale_article() if outcome is PutOutcome.STALE else line.refusal
    if refusal:
        answer |= problem_of(refusal)
    elif outcome:
        answer |= {"status": STATUS_OF_OUTCOME[outcome], "outcome": outcome.value}
    return answer | warnings_of(line.warnings)


def _jsonl(answers: Iterable[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(answer, ensure_ascii=False)}\n" for answer in answers).encode()


def _sent_id(fields: Mapping[str, Any]) -> str | None:
    """The id of a line that is refused, as it was sent, so that the client finds the article."""
    sent = fields.get("id")
    is_id = isinstance(sent, str | int) and not isinstance(sent, bool)
    return str(sent)[:MAX_ID_CHARACTERS] if is_id else None


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
