"""`warta readers`: a table for people, JSON for programs, and polls from access logs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.readers.test_collector import FEEDLY
from tests.readers.test_from_logs import line
from tests.support.command import run

TODAY = str(datetime.now(UTC).date())


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A newsroom whose access log was imported."""
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(
            [
                *(line(agent=FEEDLY, size=12_000), line("/latest.atom", agent=FEEDLY.replace("12", "1300"))),
                *(line(seconds=n, agent="Boros/1.0", size=250_000) for n in range(20)),
                *(line("/popular.rss", address=f"10.0.0.{n}", status=304) for n in range(3)),
            ]
        )
    )
    done = run(tmp_path / "data", "readers", "import", str(log))
    assert (done.code, done.errors) == (0, "")
    assert done.output == f"{log}: 25 lines; 25 polls\n"
    again = run(tmp_path / "data", "readers", "import", str(log))
    assert again.output == f"{log}: 0 lines; no polls of feeds\n"
    return tmp_path / "data"


def test_a_table_for_people(data_dir: Path) -> None:
    done = run(data_dir, "readers", "--days", "1")
    assert (done.code, done.errors) == (0, "")
    assert done.output.splitlines() == [
        f"Readers, {TODAY} (days of UTC)",
        "",
        "feed     readers  hosted  single  polls  cond.   304     sent    saved",
        "latest     1,313   1,312       1     22     0%    0%   5.0 MB  0 bytes",
        "popular        3       0       3      3   100%  100%  0 bytes  0 bytes",
        "",
        "Clients of latest",
        "client  hosted  single  polls",
        "Feedly   1,312       0      2",
        "Boros        0       1     20",
        "",
        "Whom to talk to",
        "wasted  polls  every  cond.  addresses  feed    agent",
        "4.8 MB     20    1 s     0%          1  latest  Boros/1.0",
        "    asks every 1 s; the feed says 60 s (Cache-Control: max-age); "
        "sends no If-None-Match: 4.8 MB a day could be 304",
    ]


def test_one_feed_by_days(data_dir: Path) -> None:
    done = run(data_dir, "readers", "--feed", "popular")
    assert f"\n{TODAY}       0       3      3   100%  100%  0 bytes       0 bytes         0 bytes\n" in done.output
    assert "Clients of popular" in done.output
    assert "Whom to talk to: nobody; all poll politely" in done.output
    assert "latest" not in done.output
    unknown = run(data_dir, "readers", "--feed", "tiada")
    assert (unknown.code, unknown.output) == (1, "")
    assert "nobody has polled a feed 'tiada' since " in unknown.errors


def test_json_is_what_the_api_gives(data_dir: Path) -> None:
    told = json.loads(run(data_dir, "readers", "--json", "--feed", "latest").output)
    [latest] = told["feeds"]
    assert (latest["hosted"], latest["single"], latest["days"][0]["polls"]) == (1312, 1, 22)
    assert {poller["agent"] for poller in told["pollers"]} > {"Boros/1.0"}


def test_nobody_yet(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "readers")
    assert done.code == 0
    assert done.output.endswith("(days of UTC)\nnobody has polled a feed yet\n")


@pytest.mark.parametrize("days", ["0", "91", "x"])
def test_days_are_1_to_90(tmp_path: Path, days: str) -> None:
    assert run(tmp_path / "data", "readers", "--days", days).code == 2


def test_a_log_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    good = tmp_path / "access.log"
    good.write_bytes(line() + b"rusak\n")
    done = run(tmp_path / "data", "readers", "import", str(tmp_path / "tiada.log"), str(good))
    assert done.code == 1
    assert "tiada.log: No such file or directory" in done.errors
    assert f"{good}: line 2 is not a line of the combined format" in done.errors
    assert done.output == f"{good}: 2 lines; 1 polls, 1 unreadable\n"
