"""The settings of page views, of the rankings made of them, and of the polls of feeds."""

from typing import Literal

from pydantic import Field

from service.core.settings.types import OptOutSignals, Section

WINDOWS = ("1h", "24h", "7d", "30d")
WindowName = Literal["1h", "24h", "7d", "30d"]


class Popular(Section):
    """Popular and trending feeds: how they rank articles, and which articles they show."""

    default_window: WindowName = Field("24h", description="Window of `/popular.rss`: 1h, 24h, 7d or 30d.")
    half_life: float = Field(
        6, ge=0.1, le=720, description="Hours after which a view is worth half as much for `/trending.rss`."
    )
    max_age: int = Field(
        0, ge=0, description="Days after publication in which an article can be popular. 0 means no limit."
    )
    least_addresses: int = Field(
        1,
        ge=1,
        description="Different IP addresses that must have read an article, today and yesterday, before it can be "
        "popular. All IP addresses of an IPv6 /48 count as one.",
    )


class Views(Section):
    """The page views that count: views by people, without repeated views."""

    once: int = Field(
        30, ge=1, le=1440, description="Minutes in which repeated views of an article by one visitor count once."
    )
    per_address: int = Field(
        20,
        ge=1,
        le=4000,
        description="Views of an article that count from one IP address in a day, with any number of user agents.",
    )
    address_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="Share of an article's views in 24 hours that may come from one IP address, if that is more than "
        "`per_address`, and if the IP address reads as much of other articles. It is for offices and "
        "mobile networks, which have many people behind one IP address.",
    )
    addresses_per_56: int = Field(
        2,
        ge=1,
        le=1000,
        description="The limits of an IPv6 /56 network, mostly a household, as multiples of `per_address` and "
        "`address_share`.",
    )
    addresses_per_48: int = Field(
        4,
        ge=1,
        le=1000,
        description="The limits of an IPv6 /48 network, as multiples of `per_address` and `address_share`. It is a "
        "company, 256 households, or a part of a mobile network, in which each phone has a /64. Raise it if most "
        "readers are in a few such networks.",
    )
    respect: OptOutSignals = Field(
        (),
        description="Opt-out signals of browsers: `gpc` (Global Privacy Control), `dnt` (Do Not Track). Views with "
        "such a signal do not count.",
    )
    memory: int = Field(
        32, ge=1, le=256, description="Megabytes of Redis, at most, for the recognition of repeated views."
    )
    waiting: int = Field(
        100_000, ge=0, description="Views that a worker holds in memory for half a second, or while Redis is away."
    )


class Readers(Section):
    """The counts of the readers of feeds."""

    days: int = Field(
        400,
        ge=100,
        description="Days for which the store keeps polls by day and by program. It keeps older polls by feed and "
        "month.",
    )
