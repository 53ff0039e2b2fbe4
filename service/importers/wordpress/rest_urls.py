"""URLs of WordPress's REST interface (https://developer.wordpress.org/rest-api/reference/)."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

POSTS_PER_PAGE = 50  # with their embedded authors and photos, some megabytes
_POSTS = "/wp/v2/posts"
_CATEGORIES = "/wp/v2/categories"


def posts_url(url: str) -> str:
    """The URL of the first page of posts, with all that an article needs, if `url` belongs to the interface.

    `https://example.com/wp-json/` and `https://example.com/?rest_route=/` mean the posts. Other URLs are returned
    unchanged.
    """
    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return url
    path, route = parts.path, query.get("rest_route")
    if route is not None:
        query["rest_route"] = route if "/wp/v2/" in route else _POSTS
    elif "/wp-json" in path:
        path = path if "/wp/v2/" in path else f"{path[: path.index('/wp-json')]}/wp-json{_POSTS}"
    else:
        return url
    shown = {"_embed": "1", "per_page": str(POSTS_PER_PAGE), "orderby": "date", "order": "asc"}
    if not (route or path).rstrip("/").rpartition("/")[2].isdigit():  # one post has no pages
        query = {**shown, **query, "_embed": query.get("_embed") or "1"}
    return urlunsplit(parts._replace(path=path, query=urlencode(query, safe="/"), fragment=""))


def categories_url(posts: str, ids: Sequence[int]) -> str:
    """The URL of the categories with these ids, beside the URL of the posts of a site; "" for another URL."""
    try:
        parts = urlsplit(posts)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return ""
    wanted = {"include": ",".join(map(str, ids)), "per_page": str(len(ids)), "_fields": "id,name,parent"}
    path = parts.path
    if "rest_route" in query:
        wanted = {"rest_route": _CATEGORIES, **wanted}
    elif "/wp-json/" in path:
        path = f"{path[: path.index('/wp-json/')]}/wp-json{_CATEGORIES}"
    else:
        return ""
    return urlunsplit(parts._replace(path=path, query=urlencode(wanted, safe="/,"), fragment=""))
