"""The tables of the readers of feeds: polls, clients, subscribers."""

from sqlalchemy import BigInteger, Column, Date, PrimaryKeyConstraint, String, Table, Text

from service.storage.tables.schema import metadata

# The polls of each feed, by days of UTC. Bytes are bytes of response bodies. `feed` is the feed's name, as in its URL.
feed_days = Table(
    "feed_days",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("conditional", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("saved_by_conditions", BigInteger, nullable=False),
    Column("saved_by_compression", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed"),
    sqlite_with_rowid=False,
)

# The polls of each feed by client. `single` is the number of IP addresses that read the feed with this client.
feed_clients = Table(
    "feed_clients",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("client", String(100), nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("single", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "client"),
    sqlite_with_rowid=False,
)

# The numbers of subscribers that hosted readers reported last, the time of that in seconds since the epoch, and the
# number of polls. One hosted reader may poll a feed under several URLs and ids.
subscribers = Table(
    "subscribers",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("client", String(100), nullable=False),
    Column("id", String(100), nullable=False),
    Column("subscribers", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("polls", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "client", "id"),
    sqlite_with_rowid=False,
)

# Pollers: user agents at IP addresses. `source` is the IP address, hashed with a salt that exists only for that day.
pollers = Table(
    "pollers",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("agent", String(256), nullable=False),
    Column("source", String(16), nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("conditional", BigInteger, nullable=False),
    Column("wasted", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "agent", "source"),
    sqlite_with_rowid=False,
)
