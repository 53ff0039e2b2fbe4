"""Podcasts: RSS 2.0 with the episodes alone, for Apple Podcasts, Spotify and every podcast player.

Sources: Apple's "A podcaster's guide to RSS" and "Apple Podcasts categories"; Spotify's podcast specification
(support.spotify.com).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from service.articles.article import Article
from service.core.errors import FieldError
from service.core.settings.podcast import Show
from service.documents.formats.context import EntryValues, RenderContext
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.formats.podcast import category_path, show_of
from service.documents.formats.rss import Rss

MAX_TITLE_CHARACTERS = 255
MAX_DESCRIPTION_BYTES = 4000
PICTURE_PIXELS = (1400, 3000)  # of a square picture's side: least and most
PICTURE_EXTENSIONS = (".jpg", ".jpeg", ".png")
MEDIA_EXTENSIONS = {  # by the media types that Apple takes; audio/mp4 is the registered name of M4A (RFC 4337)
    "audio/mpeg": (".mp3",),
    **dict.fromkeys(("audio/mp4", "audio/x-m4a", "audio/m4a"), (".m4a",)),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/x-m4v": (".m4v",),
}
SUBCATEGORIES = {  # Apple's categories, each with its subcategories
    "Arts": ("Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"),
    "Business": ("Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"),
    "Comedy": ("Comedy Interviews", "Improv", "Stand-Up"),
    "Education": ("Courses", "How To", "Language Learning", "Self-Improvement"),
    "Fiction": ("Comedy Fiction", "Drama", "Science Fiction"),
    "Government": (),
    "Health & Fitness": ("Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"),
    "History": (),
    "Kids & Family": ("Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"),
    "Leisure": (
        *("Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"),
    ),
    "Music": ("Music Commentary", "Music History", "Music Interviews"),
    "News": (
        *("Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News"),
        "Tech News",
    ),
    "Religion & Spirituality": (
        *("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"),
    ),
    "Science": (
        *("Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature"),
        *("Physics", "Social Sciences"),
    ),
    "Society & Culture": ("Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"),
    "Sports": (
        *("Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running"),
        *("Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"),
    ),
    "TV & Film": ("After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"),
    "Technology": (),
    "True Crime": (),
}


def check(entry: EntryValues, _now: datetime) -> Iterator[FieldError]:
    """The article is an episode with a file, and texts, that Apple Podcasts and Spotify take."""
    yield from rules.length("title", entry.article.title, 1, MAX_TITLE_CHARACTERS)
    yield from _description("summary", entry.summary)
    if file := entry.recording:
        if file.type not in MEDIA_EXTENSIONS:
            yield FieldError("enclosures.type", f"is {file.type}; the partner accepts only MP3, M4A, MP4, M4V and MOV")
        else:
            yield from _extension("enclosures.url", file.url, MEDIA_EXTENSIONS[file.type])
        if not file.length:
            yield FieldError("enclosures.length", "is missing; the partner wants the number of bytes")
    else:
        yield FieldError("enclosures", "has no audio or video file")
    if entry.article.podcast and entry.article.podcast.image:
        yield from _extension("podcast.image", entry.article.podcast.image, PICTURE_EXTENSIONS)


def adapt(entry: EntryValues) -> Article:
    """The article without a photo that cannot be the picture of the episode. Players then show the podcast's cover."""
    article = entry.article
    image, episode = article.image, article.podcast
    if image is None or (episode and episode.image):
        return article
    sides = {side for side in (image.width, image.height) if side}
    is_square = len(sides) <= 1 and all(PICTURE_PIXELS[0] <= side <= PICTURE_PIXELS[1] for side in sides)
    is_picture = not any(_extension("image.url", image.url or "", PICTURE_EXTENSIONS))
    return article if is_square and is_picture else article.model_copy(update={"image": None})


def check_feed(context: RenderContext) -> Iterator[FieldError]:
    """The settings make the feed a podcast that Apple Podcasts and Spotify take, and its episodes fit together."""
    show = show_of(context)
    if not show.image:
        yield FieldError("podcast.image", "is empty; the partner wants a square cover")
    else:
        yield from _extension("podcast.image", show.image, PICTURE_EXTENSIONS)
    if not show.owner_email:
        yield FieldError("podcast.owner_email", "is empty; Spotify sends the owner of the podcast a code")
    yield from _categories(show.categories)
    yield from _description("description", context.description)
    language = context.settings.site.language
    if len(language.partition("-")[0]) != 2:
        yield FieldError("site.language", f"is {language}; the partner wants a language code of two letters")
    yield from _numbers(show, context)
    yield from _repeated_files(context)


def _categories(names: Iterable[str]) -> Iterator[FieldError]:
    if not names:
        yield FieldError("podcast.categories", "is empty; the partner wants one")
    for name in names:
        category, subcategory = category_path(name)
        if (subcategory and subcategory not in SUBCATEGORIES.get(category, ())) or category not in SUBCATEGORIES:
            yield FieldError("podcast.categories", f"Apple Podcasts has no category {name!r}")


def _numbers(show: Show, context: RenderContext) -> Iterator[FieldError]:
    if show.type != "serial":
        return
    for article in context.entries:
        episode = article.podcast
        if episode is None or not (episode.episode or episode.type in ("trailer", "bonus")):
            yield FieldError("podcast.episode", f"is missing in {article.id}; a serial podcast numbers its episodes")


def _repeated_files(context: RenderContext) -> Iterator[FieldError]:
    articles = defaultdict(list)
    for article in context.entries:
        if file := EntryValues(article, context.settings).recording:
            articles[file.url].append(article.id)
    for url, ids in articles.items():
        if len(ids) > 1:
            yield FieldError("enclosures.url", f"{url} is the file of {', '.join(ids)}; Apple Podcasts accepts it once")


def _description(field: str, text: str) -> Iterator[FieldError]:
    if (size := len(text.encode())) > MAX_DESCRIPTION_BYTES:
        yield FieldError(field, f"has {size:,} bytes; the partner accepts at most {MAX_DESCRIPTION_BYTES:,}")


def _extension(field: str, url: str, extensions: tuple[str, ...]) -> Iterator[FieldError]:
    """The path of the URL ends as a file of its type should: players go by that."""
    if not urlsplit(url).path.lower().endswith(extensions):
        yield FieldError(field, f"must end with {' or '.join(extensions)}")


PODCAST = Partner(
    title="Podcast (Apple Podcasts, Spotify)",
    extension="podcast.rss",
    media_type="application/rss+xml",
    render=Rss(),
    check=check,
    check_feed=check_feed,
    adapt=adapt,
    min_articles=1,
    by_default=False,
)
