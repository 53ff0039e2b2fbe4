"""The evidence about the WebSub hubs of others: pings, their answers, and the polls that followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.storage.database import Database
from service.storage.tables import pinged_hubs

SILENT_AFTER = timedelta(minutes=10)  # without a poll after an accepted ping; then a hub counts as silent


@dataclass(frozen=True)
class PingedHub:
    """The evidence about one hub. Times are in UTC.

    `answer` is the answer to the last ping, of `topics` topics. `failing_since` is None if the hub has accepted it.
    `unfetched_since` is the time of the first accepted ping after which the hub has not polled; None if it has.
    `fetched_at` and `agent` are of its last poll, `lag_seconds` of the last poll that followed a ping.
    """

    url: str
    pinged_at: datetime | None = None
    topics: int = 0
    answer: str = ""
    failing_since: datetime | None = None
    unfetched_since: datetime | None = None
    fetched_at: datetime | None = None
    agent: str = ""
    lag_seconds: float | None = None

    def is_silent(self, now: datetime) -> bool:
        """True if the hub accepts pings, and does not poll."""
        return self.unfetched_since is not None and now >= self.unfetched_since + SILENT_AFTER

    def state(self, now: datetime) -> str:
        """One of `failing`, `silent`, `ok`, and `new` before the first ping."""
        if self.failing_since:
            return "failing"
        return "silent" if self.is_silent(now) else "ok" if self.pinged_at else "new"


class HubStore:
    """Hubs by URL. Times are aware, in UTC. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hubs(self, urls: tuple[str, ...]) -> list[PingedHub]:
        """The evidence about each of these hubs, in their order."""
        columns = [pinged_hubs.c[name] for name in PingedHub.__dataclass_fields__]
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).where(pinged_hubs.c.url.in_(urls)))
            known = {row.url: PingedHub(*row) for row in rows}
        return [known.get(url) or PingedHub(url) for url in urls]

    def take_turn(self, url: str, now: datetime, length: timedelta) -> PingedHub | None:
        """Begin a turn, which ends with `note_ping` or after `length`. None if another process has it."""
        columns = [pinged_hubs.c[name] for name in PingedHub.__dataclass_fields__]
        is_free = or_(pinged_hubs.c.turn_until.is_(None), pinged_hubs.c.turn_until <= now)
        taken = update(pinged_hubs).where(pinged_hubs.c.url == url, is_free).values(turn_until=now + length)
        self._make_row(url)
        with self._database.adding() as connection:
            row = connection.execute(taken.returning(*columns)).first()
            return PingedHub(*row) if row else None

    def note_ping(self, url: str, now: datetime, topics: int, answer: str, *, accepted: bool) -> None:
        """Note the answer to a ping, and end the turn."""
        if accepted:
            since = {
                "failing_since": null(),
                "unfetched_since": func.coalesce(pinged_hubs.c.unfetched_since, now),
            }
        else:
            since = {"failing_since": func.coalesce(pinged_hubs.c.failing_since, now)}
        values = {"pinged_at": now, "topics": topics, "answer": answer, "turn_until": null(), **since}
        with self._database.adding() as connection:
            connection.execute(update(pinged_hubs).where(pinged_hubs.c.url == url).values(values))

    def end_turn(self, url: str) -> None:
        """End a turn without a ping."""
        with self._database.adding() as connection:
            connection.execute(update(pinged_hubs).where(pinged_hubs.c.url == url).values(turn_until=null()))

    def note_fetch(self, url: str, agent: str, now: datetime) -> float | None:
        """Note a poll by the hub. Returns the seconds since the first ping before it; None if no ping waited for it."""
        with self._database.adding() as connection:
            row = connection.execute(select(pinged_hubs).where(pinged_hubs.c.url == url)).first()
            if row is None:
                return None
            lag = max((now - row.unfetched_since).total_seconds(), 0.0) if row.unfetched_since else None
            values = {"fetched_at": now, "agent": agent, "unfetched_since": null()}
            if lag is not None:
                values["lag_seconds"] = lag
            connection.execute(update(pinged_hubs).where(pinged_hubs.c.url == url).values(values))
            return lag

    def _make_row(self, url: str) -> None:
        with self._database.reading() as connection:
            if connection.execute(select(pinged_hubs.c.url).where(pinged_hubs.c.url == url)).first():
                return
        with self._database.adding() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            made = dialect.insert(pinged_hubs).on_conflict_do_nothing(index_elements=[pinged_hubs.c.url])
            connection.execute(made, {"url": url})
