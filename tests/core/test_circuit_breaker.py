"""The circuit breaker: what uses of a part get while it is suspected, while it is refused, and afterwards."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from service.core.circuit_breaker import CircuitBreaker, Part
from service.core.metrics import Metrics
from tests.support.server import eventually

PART = Part("store", "the store does not answer", "the store answers again")


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.core.circuit_breaker.PROBE_PAUSE_SECONDS", 0.01)


class Probe:
    """A probe that waits until the test gives it an answer."""

    def __init__(self) -> None:
        self.probed = threading.Event()
        self._answered = threading.Event()
        self._answers: list[bool] = []

    def __call__(self) -> bool:
        self.probed.set()
        self._answered.wait()
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def answer(self, *answers: bool) -> None:
        self._answers = [*answers]
        self._answered.set()


@contextmanager
def breaker_of(probe: Probe, metrics: Metrics) -> Iterator[CircuitBreaker]:
    breaker = CircuitBreaker(PART, probe, metrics.circuit("store"))
    try:
        yield breaker
    finally:
        breaker.end()


def told(metrics: Metrics) -> tuple[bool, bool]:
    """True if the metrics say that the circuit is open now, and that it was opened once."""
    text = metrics.text().decode()
    opened = 'warta_circuits_opened_total{part="store"} 1.0' in text
    return 'warta_open_circuits{part="store"} 1.0' in text, opened


def test_a_suspected_part_is_used_again_as_soon_as_it_answers(metrics: Metrics) -> None:
    probe = Probe()
    with breaker_of(probe, metrics) as breaker:
        assert breaker.allows(0.1)
        breaker.suspect()
        breaker.suspect()  # another thread; one probe is enough
        probe.probed.wait()
        assert not breaker.allows(0.1)
        assert not breaker.is_open()
        probe.answer(True)
        assert eventually(lambda: breaker.allows(0.1))
        assert not breaker.is_open()
    assert told(metrics) == (False, False)


def test_a_part_that_does_not_answer_the_probe_is_refused_until_it_does(
    metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    probe = Probe()
    with breaker_of(probe, metrics) as breaker:
        breaker.suspect()
        probe.answer(False)
        assert eventually(breaker.is_open)
        assert not breaker.allows(10)
        assert told(metrics) == (True, True)
        probe.answer(True)
        assert eventually(lambda: breaker.allows(0.1))
        assert told(metrics) == (False, True)
    assert [record.getMessage() for record in caplog.records] == [PART.opened, PART.closed]


def test_a_part_that_has_failed_is_refused_at_once(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    probe = Probe()
    with breaker_of(probe, metrics) as breaker:
        breaker.open("connection refused")
        breaker.open("connection refused")
        assert breaker.is_open()
        assert not breaker.allows(10)
        probe.answer(True)
        assert eventually(lambda: breaker.allows(0.1))
    assert [record.getMessage() for record in caplog.records] == [f"{PART.opened}: connection refused", PART.closed]


def test_a_failure_during_a_suspicion_is_certain_at_once(metrics: Metrics) -> None:
    probe = Probe()
    with breaker_of(probe, metrics) as breaker:
        breaker.suspect()
        probe.probed.wait()
        breaker.open("no answer")
        assert breaker.is_open()
        probe.answer(True)
        assert eventually(lambda: breaker.allows(0.1))
        assert not breaker.is_open()


def test_a_probe_that_fails_for_a_reason_of_its_own_does_not_close_the_part(caplog: pytest.LogCaptureFixture) -> None:
    def probe() -> bool:
        raise RuntimeError("can't start new thread")

    breaker = CircuitBreaker(PART, probe)
    breaker.suspect()
    breaker.end()
    assert breaker.allows(0.1)
    assert [record.getMessage() for record in caplog.records] == ["store cannot be probed"]
