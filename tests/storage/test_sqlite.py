"""A bounded cursor reads rows ahead, and returns the same rows as any other cursor."""

import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.storage.deadline import AnswerDeadline, answers_until
from service.storage.sqlite import ROWS_AHEAD, arguments

NUMBERS = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"


def _rows(cursor: sqlite3.Cursor, count: int, steps: list[int | None]) -> list[object]:
    """The results of the steps: None is fetchone, 0 is fetchall, another number is fetchmany."""
    cursor.execute(NUMBERS, (count,))
    return [
        cursor.fetchone() if step is None else cursor.fetchmany(step) if step else cursor.fetchall() for step in steps
    ]


@given(
    count=st.sampled_from([1, 2, ROWS_AHEAD - 1, ROWS_AHEAD, ROWS_AHEAD + 1, 2 * ROWS_AHEAD, 2 * ROWS_AHEAD + 50]),
    steps=st.lists(st.sampled_from([None, 0, 1, 7, ROWS_AHEAD, 150]), max_size=5),
)
def test_the_rows_are_those_of_a_plain_cursor(count: int, steps: list[int | None]) -> None:
    plain = sqlite3.connect(":memory:")
    bounded = sqlite3.connect(":memory:", **arguments())
    try:
        with answers_until(AnswerDeadline(time.monotonic() + 60)):
            assert _rows(bounded.cursor(), count, steps) == _rows(plain.cursor(), count, steps)
    finally:
        bounded.close()
        plain.close()


def test_a_cursor_yields_all_rows() -> None:
    connection = sqlite3.connect(":memory:", **arguments())
    try:
        assert [number for (number,) in connection.execute(NUMBERS, (ROWS_AHEAD + 5,))] == [*range(1, ROWS_AHEAD + 6)]
    finally:
        connection.close()


def test_a_statement_forgets_the_rows_of_the_one_before() -> None:
    connection = sqlite3.connect(":memory:", **arguments())
    try:
        cursor = connection.cursor()
        cursor.execute(NUMBERS, (5,))
        cursor.execute("CREATE TABLE t (i)")
        assert cursor.fetchone() is None
        cursor.execute(NUMBERS, (5,))
        cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        assert cursor.fetchall() == []
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            cursor.execute("SELECT * FROM absent")
        assert cursor.fetchall() == []
    finally:
        connection.close()
