"""The settings of the newsroom: its names, its language, its pictures."""

from zoneinfo import ZoneInfo

from pydantic import Field

from service.core.settings.types import Color, LanguageTag, LineOfText, OptionalUrl, Section, TagAuthority, ZoneName


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
