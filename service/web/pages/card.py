"""The card that a social network shows for a shared page: headline, photo, summary (ogp.me; X and others read it, too).

The networks' rules: Facebook takes pictures from 200 x 200 pixels and shows them large from 600 x 315; WhatsApp takes
pictures from 300 pixels of width; no network takes SVG.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from service.articles.article import Article, Image
from service.core.settings.model import Settings
from service.documents.formats.context import EntryValues
from service.web.icons.drawing import CARD_SIZE

MIN_PHOTO_WIDTH = 300  # pixels; WhatsApp shows no smaller photo
MAX_PHOTO_RATIO = 4.0  # width by height; WhatsApp shows no longer photo
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True)
class CardPicture:
    """The picture of a card. Width and height are in pixels, None if unknown."""

    url: str
    type: str
    width: int | None
    height: int | None
    alt: str


@dataclass(frozen=True)
class Card:
    """A card. `kind` is `article` or `website`; `url` is the canonical URL of the page."""

    kind: str
    title: str
    description: str
    url: str
    picture: CardPicture
    locale: str
    properties: Sequence[tuple[str, str]] = ()  # further ones, such as `article:tag`


def site_card(title: str, description: str, url: str, articles: Iterable[Article], settings: Settings) -> Card:
    """The card of the front page or of a feed: the first photo of its articles, else the picture of the site."""
    photos = (photo_of(article) for article in articles)
    picture = next((photo for photo in photos if photo), None) or site_picture(settings)
    return Card("website", title, description, url, picture, og_locale(settings.site.language))


def article_card(entry: EntryValues, authors: Sequence[str]) -> Card:
    """The card of an article. `authors` are the URLs of their pages."""
    article = entry.article
    section = article.section or next(iter(article.categories), "")
    properties = [
        ("article:published_time", entry.published_at.isoformat()),
        ("article:modified_time", entry.updated_at.isoformat()),
        *([("article:section", section)] if section else []),
        *(("article:author", url) for url in authors),
        *(("article:tag", tag) for tag in article.tags),
    ]
    picture = photo_of(article) or site_picture(entry.settings)
    return Card("article", article.title, entry.summary, entry.link, picture, og_locale(entry.language), properties)


def photo_of(article: Article) -> CardPicture | None:
    """The article's photo, None if the networks would not show it."""
    image = article.image
    if image is None or not image.url or not _is_shown(image):
        return None
    return CardPicture(image.url, image.type, image.width, image.height, image.caption or article.title)


def site_picture(settings: Settings) -> CardPicture:
    """The picture of the site: `site.cover`, or the one that Warta draws."""
    site = settings.site
    if site.cover:
        return CardPicture(site.cover, "", None, None, site.title)
    return CardPicture(settings.icon_url("card"), "image/png", *CARD_SIZE, site.title)


def og_locale(language: str) -> str:
    """The language with its most likely country, such as `id_ID`; "" for an unknown language."""
    try:
        locale = Locale.parse(language, sep="-")
        likely = Locale.parse(get_global("likely_subtags").get(locale.language, ""))
    except (UnknownLocaleError, ValueError, TypeError):
        return ""
    territory = locale.territory or likely.territory
    return f"{locale.language}_{territory}" if territory else ""


def _is_shown(image: Image) -> bool:
    if image.type not in PHOTO_TYPES:
        return False
    if not image.width or not image.height:
        return True
    return image.width >= MIN_PHOTO_WIDTH and 1 / MAX_PHOTO_RATIO <= image.width / image.height <= MAX_PHOTO_RATIO
