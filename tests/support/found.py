"""What importers find, for comparisons."""

from collections.abc import Iterable

from service.importers import FoundArticle, ImportItem


def shown(items: Iterable[ImportItem]) -> list[ImportItem]:
    """The items. Of an article only its place and its fields."""
    return [
        FoundArticle(item.where, item.fields, item.headline_only) if isinstance(item, FoundArticle) else item
        for item in items
    ]
