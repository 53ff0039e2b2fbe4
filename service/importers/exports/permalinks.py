"""Permalinks of Jekyll: patterns with the date, the categories and the title (https://jekyllrb.com/docs/permalinks/)."""

import re
from collections.abc import Sequence
from datetime import datetime

from service.articles.slugs import plain_slug

_DATE = "/:categories/:year/:month/:day/:title:output_ext"
_STYLES = {
    "date": _DATE,
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_TIMES = {
    "year": "%Y",
    "short_year": "%y",
    "month": "%m",
    "day": "%d",
    "y_day": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "week": "%V",
    "w_year": "%G",
    "i_month": "%-m",
    "i_day": "%-d",
}


def expanded(permalink: str, title: str, categories: Sequence[str], published: datetime | None) -> str:
    """The path that a permalink means: a style, a pattern, or a path as it is.

    `title` is the name of the file without its date. Returns "" if the pattern needs a date and there is none, or has a
    placeholder that is not known.
    """
    pattern = _STYLES.get(permalink, permalink)
    known = {
        "title": title,
        "slug": plain_slug(title),
        "categories": "/".join(categories),
        "slugified_categories": "/".join(map(plain_slug, categories)),
        "output_ext": ".html",
    }
    if published is not None:
        known |= {name: published.strftime(form) for name, form in _TIMES.items()}
    if {name for name in _PLACEHOLDER.findall(pattern) if "://" not in pattern} - known.keys():
        return ""
    path = pattern if "://" in pattern else _PLACEHOLDER.sub(lambda found: known[found[1]], pattern)
    return path if "://" in path else re.sub(r"/{2,}", "/", path)
