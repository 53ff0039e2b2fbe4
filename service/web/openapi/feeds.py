"""The operations of the feeds. They share two routes, and the description has a path for each kind of feed."""

from collections.abc import Iterator, Sequence

from service.core.settings.counting import WINDOWS
from service.documents.formats import ALL_FORMATS, FORMATS, HEADLINES, PARTNERS
from service.documents.formats.headlines import Headlines
from service.feeds.names import FeedName
from service.web.http.caching import ARCHIVE_PAGE_CACHING, FEED_CACHING, POPULAR_FEED_CACHING, Caching
from service.web.openapi.examples import FEED_AS_TEXT, FEEDS, HEADLINES_OF_FEED, PARTNER_FEEDS
from service.web.openapi.operation import Body, Header, Operation, Parameter
from service.web.openapi.parameters import ETAG, FEED, LIMIT, LOCATION, NOT_MODIFIED

_SLUG = Parameter(
    "slug",
    "The name in lower case, with hyphens between words. A symbol is spelled after a tilde: `c~plus~plus`.",
    example="dinamika",
)
_WINDOW = Parameter("window", "Window of page views.", {"enum": list(WINDOWS)})
_PAGE = Parameter(
    "page", "A page of the archive, from the links prev-archive and next-archive (RFC 5005 §4).", example="0"
)
_KEY = Parameter("key", "The name of a curated feed.", example="kota")
_KINDS: tuple[tuple[str, str, Sequence[Parameter]], ...] = (
    ("/latest", "The newest articles", ()),
    ("/popular", "The most read articles in the default window", ()),
    ("/popular/{window}", "The most read articles in a window", (_WINDOW,)),
    ("/popular/entered", "The articles that have entered the popular list, the latest first", ()),
    ("/trending", "The trending articles: newer views count more", ()),
    ("/category/{slug}", "The newest articles of a category", (_SLUG,)),
    ("/category/{slug}/popular", "The most read articles of a category", (_SLUG,)),
    ("/category/{slug}/popular/{window}", "The most read articles of a category in a window", (_SLUG, _WINDOW)),
    ("/category/{slug}/trending", "The trending articles of a category", (_SLUG,)),
    ("/tag/{slug}", "The newest articles with a tag", (_SLUG,)),
    ("/author/{slug}", "The newest articles of an author", (_SLUG,)),
    ("/feed/{key}", "The newest articles of a curated feed", (_KEY,)),
)
_MEDIA_TYPES = [format_.media_type for format_ in FORMATS.values()]
_VALIDATORS = (ETAG, Header("Cache-Control", "Seconds for which the copy may be used."))
_LAST_MODIFIED = Header("Last-Modified", "The time of the last change.", required=False)
_FEED_HEADERS = (*_VALIDATORS, _LAST_MODIFIED)
_UNCHANGED = Body(NOT_MODIFIED, media_types=(), headers=_VALIDATORS)
_DELTA = Body(
    "The changes since the client's copy, for A-IM: feed (RFC 3229), if the settings name the program.",
    media_types=_MEDIA_TYPES,
    examples=FEEDS,
    headers=[*_VALIDATORS, Header("IM", "feed"), Header("Delta-Base", "The ETag of the client's copy.")],
)
_NOT_FULL = Body(
    "The page of the archive is not full yet. Its feed still has the entries.", media_types=(), headers=[LOCATION]
)
_MOVED = Body(
    "The URL has another spelling, a parameter of a tracker, or the old name of a renamed category.",
    media_types=(),
    headers=[LOCATION],
)
_EXTENSION = Parameter("extension", "The format.", {"enum": list(FORMATS)})
_PARTNER = Parameter("partner", "The partner's profile and format.", {"enum": list(PARTNERS)})
_PROBLEMS = (400, 404, 406, 412, 503)


def feed_caching(name: FeedName) -> Caching:
    """Return the caching policy of a feed."""
    if name.page:
        return ARCHIVE_PAGE_CACHING if name.page.isdigit() else FEED_CACHING
    return POPULAR_FEED_CACHING if name.window else FEED_CACHING


def feed_documents() -> Iterator[Operation]:
    """Yield the operations on feeds in a format: those for all readers, the headlines, those for partners."""
    rule = f"/<path:path>.<any({','.join(ALL_FORMATS)}):extension>"
    body = Body("The feed.", media_types=_MEDIA_TYPES, headers=_FEED_HEADERS, examples=FEEDS)
    for path, summary, parameters in _with_archives():
        yield Operation(
            "GET",
            f"{path}.{{extension}}",
            summary,
            _answers(body, parameters),
            problems=_PROBLEMS,
            path_parameters=(*parameters, _EXTENSION),
            parameters=() if _PAGE in parameters else (LIMIT,),
            shared=True,
            rule=rule,
            caching=_caching(path),
        )
    headlines = Body(
        "The headlines.",
        Headlines,
        "Headlines",
        [HEADLINES.media_type],
        headers=_FEED_HEADERS,
        examples=HEADLINES_OF_FEED,
    )
    yield Operation(
        "GET",
        f"/{{feed}}.{HEADLINES.extension}",
        "Only headlines, links and times of any feed, for a box on a news page",
        {
            200: headlines,
            304: _UNCHANGED,
        },
        problems=_PROBLEMS,
        path_parameters=[FEED],
        parameters=[LIMIT],
        shared=True,
        rule=rule,
        caching=FEED_CACHING,
    )
    media_types = sorted({partner.media_type for partner in PARTNERS.values()})
    yield Operation(
        "GET",
        "/{feed}.{partner}",
        "Any feed in the form of a partner, without the articles that it would refuse",
        {
            200: Body("The feed.", media_types=media_types, headers=_FEED_HEADERS, examples=PARTNER_FEEDS),
            304: _UNCHANGED,
        },
        problems=_PROBLEMS,
        path_parameters=[FEED, _PARTNER],
        parameters=[LIMIT],
        shared=True,
        rule=rule,
        caching=FEED_CACHING,
    )


def feed_as_text() -> Operation:
    """Return the operation on feeds as plain text."""
    return Operation(
        "GET",
        "/{feed}.{extension}.txt",
        "Any feed as plain text, for people who want to see the document in a browser",
        {
            200: Body("The feed.", media_types=["text/plain"], headers=_FEED_HEADERS, examples=FEED_AS_TEXT),
            304: _UNCHANGED,
        },
        problems=_PROBLEMS,
        path_parameters=[FEED, _EXTENSION],
        parameters=[LIMIT],
        shared=True,
        rule=f"/<path:path>.<any({','.join(FORMATS)}):extension>.txt",
        caching=FEED_CACHING,
    )


def negotiated_feeds() -> Iterator[Operation]:
    """Yield the operations on feeds without an extension: a page for browsers, otherwise a format by Accept."""
    body = Body("The feed.", media_types=[*_MEDIA_TYPES, "text/html"], headers=_FEED_HEADERS, examples=FEEDS)
    for path, summary, parameters in _with_archives():
        yield Operation(
            "GET",
            path,
            f"{summary}: a page for browsers, otherwise the format that Accept asks for",
            _answers(body, parameters),
            problems=_PROBLEMS,
            path_parameters=parameters,
            parameters=() if _PAGE in parameters else (LIMIT,),
            shared=True,
            rule="/<path:path>",
            caching=_caching(path),
        )


def _caching(path: str) -> Caching:
    if "/archive/" in path:
        return ARCHIVE_PAGE_CACHING
    is_ranked = {"popular", "trending"} & set(path.split("/")) and not path.endswith("/entered")
    return POPULAR_FEED_CACHING if is_ranked else FEED_CACHING


def _answers(body: Body, parameters: Sequence[Parameter]) -> dict[int, Body | str]:
    answers: dict[int, Body | str] = {200: body, 226: _DELTA, 301: _MOVED, 304: _UNCHANGED}
    if _PAGE in parameters:
        answers[307] = _NOT_FULL
    return answers


def _with_archives() -> Iterator[tuple[str, str, Sequence[Parameter]]]:
    """Yield path, summary and parameters of each kind of feed, and of the archive of each that has one."""
    for path, summary, parameters in _KINDS:
        yield path, summary, parameters
        if not path.endswith(("popular", "{window}", "trending")):
            articles = summary[0].lower() + summary[1:]
            yield f"{path}/archive/{{page}}", f"A page of the archive: {articles}", (*parameters, _PAGE)
