"""The body of an article as feeds show it."""

from service.articles.languages import direction
from service.documents.formats.edition import Entry


def body(entry: Entry) -> str:
    """The body as HTML, with the direction of a script that runs from right to left: readers set no direction."""
    if entry.content_html and direction(entry.language) == "rtl":
        return f'<div dir="rtl">{entry.content_html}</div>'
    return entry.content_html
