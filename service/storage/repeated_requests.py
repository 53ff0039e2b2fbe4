"""Requests with an Idempotency-Key: the answer to the first one is stored, for its repetitions.

The answer is stored in the transaction of the change. So a repetition finds the answer, or nothing was changed.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection, delete, select

from service.core.errors import KeyReused
from service.storage.tables import answers

ANSWERS_KEPT = timedelta(hours=24)
Result = TypeVar("Result")


class AnsweredBefore(Exception):
    """The request was answered before; nothing is changed. `answer` is the first answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True)
class RequestKey:
    """The name of a request: the client's key, which counts for one token. `fingerprint` is a digest of the request.

    A batch is several requests, one for each transaction: its parts.
    """

    token: str
    key: str
    fingerprint: str
    part: int = 0


class Once(Generic[Result]):
    """Lets a write happen once. `answer` makes the answer to the client from the result of the write."""

    def __init__(self, request: RequestKey, answer: Callable[[Result], bytes]) -> None:
        self._request = request
        self._answer = answer

    def check(self, connection: Connection, now: datetime) -> None:
        """Raises AnsweredBefore, or KeyReused if another request had the same key. Deletes answers that are too old."""
        connection.execute(delete(answers).where(answers.c.at < now - ANSWERS_KEPT))
        row = connection.execute(
            select(answers).where(
                answers.c.token == self._request.token,
                answers.c.key == self._request.key,
                answers.c.part == self._request.part,
            )
        ).first()
        if row is None:
            return
        if row.fingerprint != self._request.fingerprint:
            raise KeyReused(
                "Idempotency-Key: another request had this key in the last 24 hours; give each request its own"
            )
        raise AnsweredBefore(zlib.decompress(row.answer))

    def record(self, connection: Connection, result: Result, now: datetime) -> None:
        """Store the answer."""
        answer = zlib.compress(self._answer(result))
        connection.execute(answers.insert(), {**vars(self._request), "answer": answer, "at": now})
