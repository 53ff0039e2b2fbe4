"""The elements of podcasts in RSS, in the namespaces `itunes` and `podcast`.

Sources: Apple's "A podcaster's guide to RSS"; github.com/Podcastindex-org/podcast-namespace. A feed with a recording is
a podcast. Its other entries have none of these elements.
"""

from itertools import groupby
from typing import Any

from feedgen.util import xml_elem

from service.articles.podcast import Episode
from service.articles.teaser import teaser
from service.core.settings.podcast import Show
from service.documents.formats.context import EntryValues, RenderContext

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
MAX_SUMMARY_CHARACTERS = 4000
SUBCATEGORY = ">"  # stands between a category and its subcategory in the settings
_PICTURES = ("image/jpeg", "image/png")


def show_of(context: RenderContext) -> Show:
    """The settings of the feed as a podcast."""
    return context.settings.podcast.show(str(context.feed.name.feed))


def write_show(channel: Any, context: RenderContext) -> None:
    """Write the values of the podcast into the channel, if an entry has a recording."""
    if not context.has_episodes:
        return
    show, site = show_of(context), context.settings.site
    author = show.author or site.author
    _itunes(channel, "author", author)
    _itunes(channel, "summary", context.description)
    _itunes(channel, "type", show.type)
    _itunes(channel, "explicit", str(show.explicit).lower())
    if image := show.image or site.logo:
        xml_elem(f"{{{ITUNES}}}image", channel, href=image)
    if show.owner_email:
        owner = xml_elem(f"{{{ITUNES}}}owner", channel)
        _itunes(owner, "name", show.owner_name or author)
        _itunes(owner, "email", show.owner_email)
    for category, names in groupby(map(category_path, show.categories), lambda path: path[0]):
        element = xml_elem(f"{{{ITUNES}}}category", channel, text=category)
        for _, subcategory in names:
            if subcategory:
                xml_elem(f"{{{ITUNES}}}category", element, text=subcategory)
    if show.guid:
        xml_elem(f"{{{PODCAST}}}guid", channel).text = show.guid.lower()


def category_path(name: str) -> tuple[str, str]:
    """A category of the settings as category and subcategory; the latter may be empty."""
    category, _, subcategory = name.partition(SUBCATEGORY)
    return category.strip(), subcategory.strip()


def artwork(entry: EntryValues) -> str | None:
    """The URL of the episode's picture: its own, else the article's photo."""
    image = entry.article.image
    photo = image.url if image and image.type in _PICTURES else None
    return (entry.article.podcast and entry.article.podcast.image) or photo


def write_episode(item: Any, entry: EntryValues) -> None:
    """Write the values of the episode into the item, if the article has a recording."""
    if not entry.recording:
        return
    episode = entry.article.podcast or Episode()
    # Readers add this author to those in `dc:creator`. Without it, players show the author of the podcast.
    _itunes(item, "author", episode.author or None)
    _itunes(item, "summary", teaser(entry.summary, MAX_SUMMARY_CHARACTERS))
    _itunes(item, "duration", episode.duration)
    _itunes(item, "explicit", None if episode.explicit is None else str(episode.explicit).lower())
    _itunes(item, "season", episode.season)
    _itunes(item, "episode", episode.episode)
    _itunes(item, "episodeType", episode.type)
    if image := artwork(entry):
        xml_elem(f"{{{ITUNES}}}image", item, href=image)
    for transcript in episode.transcripts:
        optional = {"language": transcript.language, "rel": transcript.rel}
        attributes = {name: value for name, value in optional.items() if value}
        xml_elem(f"{{{PODCAST}}}transcript", item, url=transcript.url, type=transcript.type, **attributes)
    if episode.chapters:
        xml_elem(f"{{{PODCAST}}}chapters", item, url=episode.chapters.url, type=episode.chapters.type)


def _itunes(parent: Any, name: str, value: str | int | None) -> None:
    if value is not None:
        xml_elem(f"{{{ITUNES}}}{name}", parent).text = str(value)
