"""The settings as one typed, immutable object. loader.py reads its values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from service.core.settings.catalogue import Catalogue
from service.core.settings.counting import Popular, Readers, Views
from service.core.settings.hub import Hub
from service.core.settings.pages import PageSettings
from service.core.settings.podcast import Podcast
from service.core.settings.serving import Edge, Http, Limits, Log, Webhooks
from service.core.settings.site import Site
from service.core.settings.types import (
    DatabaseUrl,
    HttpUrl,
    Networks,
    RedisUrl,
    Section,
    Urls,
)


class Settings(Section):
    """All settings. Paths are relative to the working directory."""

    base_url: Annotated[HttpUrl, AfterValidator(lambda value: value.rstrip("/"))] = Field(
        "http://127.0.0.1:8000",
        description="Public URL of this service. All absolute URLs begin with it. Warta never uses the Host header.",
    )
    data_dir: Path = Field(
        Path("var"), description="Folder of the SQLite file, and of the private Redis with its socket."
    )
    database_url: DatabaseUrl = Field(
        SecretStr(""), description="`postgresql://...` for several machines. Default: SQLite in the data directory."
    )
    redis_url: RedisUrl = Field(
        SecretStr(""),
        description=(
            "`redis://`, `rediss://`, `unix://`, `redis+sentinel://HOST:PORT,HOST:PORT/SERVICE` or "
            "`redis+cluster://HOST:PORT`. Default: a private Redis in the data directory."
        ),
    )
    trusted_proxies: Networks = Field(
        (),
        description="Networks (CIDR, comma-separated) of your proxies and of the CDN. Warta believes their "
        "X-Forwarded-For. Visitors behind other proxies count as one. `config/warta.toml` names the proxy on the same "
        "machine.",
    )
    outgoing_allow: Networks = Field(
        (),
        description=(
            "Private networks (CIDR, comma-separated) that outgoing requests may reach, for development and tests."
        ),
    )
    article_pages: bool = Field(
        True,
        description="If true, Warta serves a page for each article, `/articles/ID`. It is for newsrooms without a "
        "site of their own.",
    )
    hubs: Urls = Field(
        (), description="URLs of other WebSub hubs, comma-separated. Feeds name them after Warta's own hub."
    )
    ping_hubs: bool = Field(False, description="If true, Warta tells the hubs in `hubs` which feeds have changed.")
    hub_agents: Mapping[str, str] = Field(
        {},
        description="Part of the User-Agent of a hub's polls, by the URL of the hub. Default: the domain of the hub. "
        "Warta recognizes the polls of the hub by it, and `warta hubs` shows them.",
    )
    site: Site = Site()
    catalogue: Catalogue = Catalogue()
    pages: PageSettings = PageSettings()
    podcast: Podcast = Podcast()
    popular: Popular = Popular()
    views: Views = Views()
    readers: Readers = Readers()
    http: Http = Http()
    hub: Hub = Hub()
    edge: Edge = Edge()
    webhooks: Webhooks = Webhooks()
    log: Log = Log()
    limits: Limits = Limits()

    @property
    def store_url(self) -> SecretStr:
        """The URL of the database for SQLAlchemy, with the driver."""
        url = self.database_url.get_secret_value() or f"sqlite:///{self.data_dir / 'warta.sqlite'}"
        return SecretStr(url.replace("postgresql://", "postgresql+psycopg://", 1))

    @property
    def store_file(self) -> Path | None:
        """The SQLite file of the store; None if another server has it."""
        if not self.database_url:
            return self.data_dir / "warta.sqlite"
        scheme, _, path = self.database_url.get_secret_value().partition(":///")
        return Path(path) if scheme == "sqlite" and path else None

    @property
    def home(self) -> str:
        """The URL of the page to which a feed's channel links."""
        return self.site.link or f"{self.base_url}/"

    def icon_url(self, name: str) -> str:
        """The URL of an icon of the site. `name` is one of `web/icons/handlers.py`, such as `192`."""
        return f"{self.base_url}/icons/{name}.png"

    @property
    def own_hub(self) -> str:
        """The URL of Warta's own WebSub hub; empty if it is not enabled."""
        return f"{self.base_url}/hub" if self.hub.enabled else ""

    @property
    def named_hubs(self) -> tuple[str, ...]:
        """The URLs of all hubs that feeds name. The own hub is first: some subscribers use only the first one."""
        return (self.own_hub, *self.hubs) if self.hub.enabled else self.hubs
