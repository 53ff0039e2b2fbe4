"""The readers of the sample newsroom: thirty days in which every chart of the statistics has something to show."""

from datetime import UTC, datetime, timedelta

from service.readers.user_agents import ProgramKind, find_known
from service.sample.readers import DAYS, FEEDS, PROGRAMS, polls

NOW = datetime(2026, 3, 12, 20, 0, tzinfo=UTC)


def test_the_polls_are_of_thirty_days_and_never_later_than_now() -> None:
    known = list(polls(NOW))
    assert known == list(polls(NOW))
    assert [each.at for each in known] == sorted(each.at for each in known)
    assert known[-1].at <= NOW
    assert len({each.at.date() for each in known}) == DAYS
    assert {each.feed for each in known} == {feed for feed, _ in FEEDS}
    assert max(each.at for each in polls(NOW - timedelta(hours=12))) <= NOW - timedelta(hours=12)


def test_the_programs_are_those_that_the_reports_know() -> None:
    kinds = set()
    for program in PROGRAMS:
        agent = find_known(program.agent.format(42))
        assert agent, program.agent
        assert agent.subscribers == (42 if program.subscribers else None)
        kinds.add(agent.kind)
    assert kinds == set(ProgramKind)
