"""The id of an article in the path of a URL."""

from werkzeug.routing import PathConverter

from service.articles.validation import nfc


class ArticleIdConverter(PathConverter):
    """Reads an id in any normalization form, slashes included."""

    def to_python(self, value: str) -> str:
        return nfc(value)
