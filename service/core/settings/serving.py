"""The settings of the servers: headers for caches, the caches in front of Warta, and limits."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from service.core.settings.types import Id, Networks, SecretToken, Section, Urls, Words


class Http(Section):
    """The response headers for caches between Warta and the reader, in seconds (RFC 9111, RFC 5861), and deltas."""

    max_age: int = Field(60, ge=0, description="Time in which a copy of a feed is fresh (`max-age`).")
    archive_max_age: int = Field(3600, ge=0, description="Time in which a copy of a full archive page is fresh.")
    stale_while_revalidate: int = Field(
        300, ge=0, description="Further time in which a stale copy may be served while a cache fetches a new one."
    )
    stale_if_error: int = Field(
        86400, ge=0, description="Further time in which a stale copy may be served while Warta cannot be reached."
    )
    delta_agents: Words = Field(
        (),
        description="Programs that get deltas (226, RFC 3229) if they ask for them, comma-separated: the beginning of "
        "their User-Agent, such as `python-reader`. Name only programs that understand 226.",
    )


class Edge(Section):
    """The caches in front of Warta that keep documents until Warta purges them (docs/edge.md)."""

    kind: Literal["", "varnish", "fastly", "cloudflare"] = Field(
        "", description="`varnish`, `fastly` or `cloudflare`. Default: no purges."
    )
    addresses: Urls = Field(
        (),
        description="URLs that get the purges, comma-separated: every Varnish, such as `http://10.0.0.5:6081`. For "
        "Fastly and Cloudflare: another URL of their API.",
    )
    token: SecretToken = Field(
        SecretStr(""),
        description="API token of Fastly or Cloudflare, or the key of Varnish. Set it in the environment.",
    )
    zone: Id = Field("", description="Id of the service at Fastly, or of the zone at Cloudflare.")
    max_age: int = Field(
        86400,
        ge=1,
        description="Seconds that the edge may keep a document, if no purge removes it. Readers do not get this value.",
    )
    popular_max_age: int = Field(
        10,
        ge=1,
        description="Seconds that the edge may keep popular feeds. Views change their order, without a purge.",
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind == "varnish" and not self.addresses:
            raise ValueError("addresses must list every Varnish, because edge.kind is varnish")
        if self.kind in ("fastly", "cloudflare"):
            for name, value in {"token": self.token.get_secret_value(), "zone": self.zone}.items():
                if not value:
                    raise ValueError(f"{name} must be set, because edge.kind is {self.kind}")
        return self


class Webhooks(Section):
    """The webhooks of the newsroom's own systems (docs/webhooks.md)."""

    allow: Networks = Field(
        (),
        description="Private networks (CIDR, comma-separated) with endpoints of webhooks, such as `10.1.0.0/16`. "
        "Endpoints with public IP addresses need no entry.",
    )


class Log(Section):
    """The log of `warta serve` and `warta worker`, on standard error."""

    format: Literal["auto", "json", "text"] = Field(
        "auto",
        description="`json` (an object in each line), `text` (lines for people), or `auto` (text on a terminal, "
        "otherwise JSON).",
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="Lowest level in the log. Requests of `/healthz`, `/readyz` and `/metrics` have the level `debug`.",
    )


class Limits(Section):
    """Limits of sizes, memory, times and connections."""

    article_bytes: int = Field(1_000_000, ge=1_000, le=10_000_000, description="Bytes of JSON of the longest article.")
    memory: int = Field(24, ge=1, description="Megabytes of documents in the memory of each worker.")
    body_rate: int = Field(
        1_000,
        ge=1,
        description="Bytes a second, on average, that the body of a request must have after its first five seconds. "
        "Slower clients get 408.",
    )
    body_seconds: int = Field(
        30, ge=1, le=3600, description="Seconds that Warta waits in total for the body of a request."
    )
    batch_seconds: int = Field(
        600,
        ge=1,
        le=86400,
        description="Seconds that Warta waits in total for a batch of articles. The time to store them does not count.",
    )
    idle_seconds: int = Field(
        8,
        ge=1,
        le=300,
        description="Seconds after which Warta closes a connection without a request. The head of a request may take "
        "as long. A proxy in front of Warta must close its idle connections earlier.",
    )
    connections: int = Field(
        2_000,
        ge=16,
        le=50_000,
        description="Open connections of each worker, at most. More connections wait until one of these is closed.",
    )
