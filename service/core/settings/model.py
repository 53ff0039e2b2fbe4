"""The settings as one typed, immutable object. loader.py reads its values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr

from service.core.settings.hub import Hub
from service.core.settings.pages import PageSettings
from service.core.settings.podcast import Podcast
from service.core.settings.serving import Edge, Http, Limits, Log, Webhooks
from service.core.settings.types import (
    Color,
    DatabaseUrl,
    HttpUrl,
    LanguageTag,
    LineOfText,
    Networks,
    OptionalUrl,
    OptOutSignals,
    Pinned,
    RedisUrl,
    Section,
    Slug,
    TagAuthority,
    Urls,
    Words,
    ZoneName,
)

WINDOWS = ("1h", "24h", "7d", "30d")
WindowName = Literal["1h", "24h", "7d", "30d"]


class Site(Section):
    """The newsroom: the values in the head of every feed and page."""

    title: LineOfText = Field("Warta", min_length=1, description="Name of the newsroom. Titles of feeds begin with it.")
    description: LineOfText = Field("Berita terbaru", min_length=1, description="One sentence about the newsroom.")
    link: OptionalUrl = Field("", description="URL of the newsroom's home page. Default: Warta's front page.")
    language: LanguageTag = Field("id", description="Language tag (BCP 47).")
    timezone: ZoneName = Field(
        "Asia/Jakarta", description="Time zone (IANA) of dates without an offset, and of all dates in feeds."
    )
    rights: LineOfText = Field("", description="Copyright line.")
    logo: OptionalUrl = Field("", description="URL of the logo (PNG, JPEG or GIF).")
    icon: LineOfText = Field(
        "",
        description="File with a square picture (PNG, JPEG, GIF or WebP, 512 pixels or more). Warta reads it at the "
        "start, and makes all icons from it. Default: the logo, or the first letters of the title.",
    )
    cover: OptionalUrl = Field(
        "",
        description="URL of a wide picture of the newsroom (1200 × 630 pixels), for shared pages without a photo and "
        "for Feedly. Default: Warta draws a picture with the title.",
    )
    accent_color: Color = Field(
        "",
        description="Colour of the newsroom, six hexadecimal digits, for the pages and for Feedly. If the contrast is "
        "too low, the pages show it darker or lighter.",
    )
    publisher: LineOfText = Field(
        "", description="Name of the publisher, and author of articles without an author. Default: the title."
    )
    tag_authority: TagAuthority = Field(
        "warta.invalid,2026",
        description=(
            "Authority and date of the tag URIs that identify articles (RFC 4151): a domain that was yours on "
            "that date. Set it once, before the first article. After a change, every reader gets every story "
            "again."
        ),
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def author(self) -> str:
        return self.publisher or self.title


class ArticleSelection(Section):
    """Selects articles with one of the categories, tags, authors or sections. One match is enough."""

    categories: Words = ()
    tags: Words = ()
    authors: Words = ()
    sections: Words = ()


class CuratedFeed(Section):
    """A curated feed, `/feed/NAME`: the included articles (all, if `include` is empty) without the excluded ones.

    Pinned articles, named by id, are always in the feed, and first.
    """

    name: Annotated[Slug, Field(max_length=100)]
    title: LineOfText
    description: str = ""
    limit: int | None = Field(None, ge=1, le=100)
    include: ArticleSelection = ArticleSelection()
    exclude: ArticleSelection = ArticleSelection()
    pinned: Pinned = ()


def _distinct_names(feeds: tuple[CuratedFeed, ...]) -> tuple[CuratedFeed, ...]:
    names = [feed.name for feed in feeds]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"more than one feed is called {', '.join(sorted(twice))}")
    return feeds


class Catalogue(Section):
    """The feeds: their titles, limits and rules."""

    limit: int = Field(
        50, ge=1, le=100, description="Entries of a feed. `limits`, or the feed itself, may have another number."
    )
    ttl: int = Field(5, ge=1, le=1440, description="Minutes between two polls that RSS feeds ask for (`ttl`).")
    tombstones: bool = Field(
        False,
        description="If true, Atom feeds list withdrawn articles (`at:deleted-entry`, RFC 6721). Some readers then "
        "remove them. Validators warn about the namespace.",
    )
    hidden_categories: Words = Field((), description="Slugs of categories that no directory lists.")
    renamed_categories: Mapping[str, LineOfText] = Field(
        {},
        description='Renamed categories, the new name by the old slug: `"hukum-ham" = "Hukum dan HAM"`. The old URLs '
        "redirect, and articles with the old name are in the new feeds.",
    )
    feeds: Annotated[tuple[CuratedFeed, ...], AfterValidator(_distinct_names)] = Field(
        (),
        description="Curated and combined feeds, each a table `[[catalogue.feeds]]`. The file of `warta init` has an "
        "example.",
    )
    titles: Mapping[str, LineOfText] = Field({}, description="Title by feed name: `latest`, `category/politik`.")
    descriptions: Mapping[str, LineOfText] = Field(
        {}, description="One sentence about a feed, by feed name: `category/politik`. Default: `site.description`."
    )
    limits: Mapping[str, Annotated[int, Field(ge=1, le=100)]] = Field({}, description="Limit by feed name.")


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
