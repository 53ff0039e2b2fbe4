"""The clock of the store. All workers use it for leases, so that the clocks of their hosts need not agree."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from service.articles.dates import utc_now


def store_now(connection: Connection) -> datetime:
    """The current time in UTC: of the PostgreSQL server, or of this machine for an SQLite file."""
    if connection.dialect.name == "sqlite":
        return utc_now()
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now
