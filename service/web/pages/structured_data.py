"""Structured data of the pages (schema.org as JSON-LD), by Google's rules for articles, breadcrumbs and logos.

https://developers.google.com/search/docs/appearance/structured-data/article
https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
"""

from collections.abc import Sequence
from typing import Any

from service.articles.article import Image
from service.core.settings.model import Settings
from service.documents.formats.context import EntryValues

CONTEXT = "https://schema.org"
LOGO_SIZE = 512  # pixels; Google wants 112 at least
MIN_PIXELS = 50_000  # width times height of a photo; Google wants no smaller one

Trail = Sequence[tuple[str, str]]  # name and URL of each page from the front page to this one


def news_article(entry: EntryValues, authors: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The article. `authors` are names with the URLs of their pages; without any, the publisher is the author."""
    article = entry.article
    publisher = publisher_of(entry.settings)
    license_ = entry.rights
    return {
        "@context": CONTEXT,
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": entry.link},
        "url": entry.link,
        "headline": article.title,
        "description": entry.summary,
        "inLanguage": entry.language,
        "datePublished": entry.published_at.isoformat(),
        "dateModified": entry.updated_at.isoformat(),
        "author": [{"@type": "Person", "name": name, "url": url} for name, url in authors] or [publisher],
        "publisher": publisher,
        **_filled(
            {
                "image": [_photo(article.image)] if article.image and _is_large(article.image) else [],
                "articleSection": [*dict.fromkeys(filter(None, [article.section, *article.categories]))],
                "keywords": [*article.tags],
                "correction": article.correction,
                "license" if license_.startswith(("http://", "https://")) else "copyrightNotice": license_,
            }
        ),
    }


def breadcrumbs(trail: Trail) -> dict[str, Any]:
    """The pages from the front page to this one."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(trail, 1)
        ],
    }


def web_site(settings: Settings) -> dict[str, Any]:
    """The site, for the front page."""
    site = settings.site
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": site.title,
        "url": f"{settings.base_url}/",
        "description": site.description,
        "inLanguage": site.language,
        "publisher": publisher_of(settings),
    }


def publisher_of(settings: Settings) -> dict[str, Any]:
    """The publisher with its logo, the square icon."""
    logo = {"@type": "ImageObject", "url": settings.icon_url(str(LOGO_SIZE)), "width": LOGO_SIZE, "height": LOGO_SIZE}
    return {"@type": "NewsMediaOrganization", "name": settings.site.author, "url": settings.home, "logo": logo}


def _photo(image: Image) -> dict[str, Any]:
    fields = {
        "width": image.width,
        "height": image.height,
        "caption": image.caption,
        "creditText": image.credit,
    }
    return {"@type": "ImageObject", "url": image.url, "contentUrl": image.url, **_filled(fields)}


def _is_large(image: Image) -> bool:
    """True if Google may take the photo. One of unknown size may."""
    return bool(image.url) and (not image.width or not image.height or image.width * image.height >= MIN_PIXELS)


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
