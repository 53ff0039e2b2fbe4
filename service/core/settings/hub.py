"""The settings of Warta's own WebSub hub."""

from typing import Self

from pydantic import Field, model_validator

from service.core.settings.types import Section

_HOUR = 3600
_DAY = 24 * _HOUR


class Hub(Section):
    """Warta's own WebSub hub, `/hub`: who may subscribe, and how Warta delivers (docs/push.md)."""

    enabled: bool = Field(
        True, description="If true, Warta has a hub. Feeds name it, and its subscribers get new documents immediately."
    )
    lease_seconds: int = Field(10 * _DAY, ge=1, description="Seconds of a subscription without `hub.lease_seconds`.")
    min_lease_seconds: int = Field(_HOUR, ge=1, description="Seconds of a subscription, at least.")
    max_lease_seconds: int = Field(30 * _DAY, ge=1, description="Seconds of a subscription, at most.")
    subscriptions: int = Field(200_000, ge=0, description="Subscriptions in total, at most. Warta denies further ones.")
    subscriptions_per_host: int = Field(
        20_000, ge=0, description="Subscriptions with callbacks on one host, at most. Warta denies further ones."
    )
    failed_verifications: int = Field(
        60,
        ge=1,
        description="Verifications that may fail in a minute at one host. The next ones wait for the next minute. So "
        "nobody can make Warta flood a host that never subscribed.",
    )
    requests_per_host: int = Field(
        100, ge=1, description="Requests of a worker in flight to one callback host, at most."
    )
    delivery_seconds: float = Field(
        10, gt=0, le=60, description="Seconds that a subscriber has to answer a delivery or a verification."
    )
    retry_seconds: int = Field(
        6 * _HOUR,
        ge=0,
        description="Seconds in which Warta repeats a failing delivery, with growing pauses. Then it gives up, and "
        "the subscriber gets the next version.",
    )

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not self.min_lease_seconds <= self.lease_seconds <= self.max_lease_seconds:
            raise ValueError("lease_seconds must be between min_lease_seconds and max_lease_seconds")
        return self
