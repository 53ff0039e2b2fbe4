"""The settings of the newsroom: its names, its language, its pictures."""

from zoneinfo import ZoneInfo

from pydantic import Field

from service.core.settings.types import Color, LanguageTag, LineOfText, OptionalUrl, Section, TagAuthority, ZoneName


class Site(Section):
    """The newsroom: the values in the head of every feed and page."""

    title: LineOfText = Field("Warta", min_length=1, description="Name of the newsroom. Titles of feeds begin with it.")
    description: LineOfText = Field("Berita terbaru", min_length=1, description="One sentence about the newsroom.")
    link: OptionalUrl = Field("", description="URL of the newsroom's home page; empty: Warta's own directory page.")
    language: LanguageTag = Field("id", description="Language tag (BCP 47).")
    timezone: ZoneName = Field(
        "Asia/Jakarta", description="Time zone (IANA) of dates without an offset, and of all dates in feeds."
    )
    rights: LineOfText = Field("", description="Copyright line; empty: none.")
    logo: OptionalUrl = Field("", description="URL of the logo (PNG, JPEG or GIF); empty: no logo.")
    icon: LineOfText = Field(
        "",
        description="File with a square picture (PNG, JPEG, GIF or WebP, 512 pixels or more), of which Warta makes all "
        "icons; empty: they are made of the logo, or of the first letters of the title. Read at the start.",
    )
    cover: OptionalUrl = Field(
        "",
        description="URL of a wide picture of the newsroom (1200 x 630 pixels), for shared pages without a photo and "
        "for Feedly; empty: a picture with the title, drawn by Warta.",
    )
    accent_color: Color = Field(
        "",
        description="Colour of the newsroom, six hexadecimal digits, for the pages and for Feedly. The pages show it "
        "darker or lighter where the contrast would be too low.",
    )
    publisher: LineOfText = Field(
        "", description="Name of the publisher, the author of articles without one; empty: the title."
    )
    tag_authority: TagAuthority = Field(
        "warta.invalid,2026",
        description=(
            "Authority and date of the tag URIs that identify articles (RFC 4151): a domain that was yours on "
            "that date. Set it once, before the first article: a change shows every story again to every reader."
        ),
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def author(self) -> str:
        return self.publisher or self.title
