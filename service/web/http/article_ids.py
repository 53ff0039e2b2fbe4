"""The id of an article in the path of a URL."""

from werkzeug.routing import PathConverter

from service.articles.validation import nfc


class ArticleIdConverter(PathConverter):
    """Reads an id in any normalization form, slashes and line breaks included."""

    regex = r"(?s:[^/].*?)"  # werkzeug's has no line breaks: such an id would be a 404 without a reason

    def to_python(self, value: str) -> str:
        return nfc(value)
