"""Names of the lists of categories, tags and authors: by their slugs, older slugs, and the renamed categories."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from service.articles.article import Article
from service.articles.slugs import slug
from service.core.errors import SettingsError

_NONE: Mapping[str, str] = MappingProxyType({})


class ListNames:
    """Names the lists of an article's categories, tags and authors.

    A stored list keeps its name, also if its title would have another slug today: then `kept` has the stored name by
    today's. None as `kept` means that the stored lists are not known yet. `renamed` has the new name of a category by
    its old name or slug.
    """

    def __init__(self, renamed: Mapping[str, str] = _NONE, kept: Mapping[str, str] | None = None) -> None:
        self._renamed = renamed
        self._kept = kept or _NONE
        self.knows_stored = kept is not None
        self.moved = dict(_chains({_category(old): _category(new) for old, new in renamed.items()}))
        self._titles = {_category(new): new for new in renamed.values()}

    def with_stored(self, lists: Iterable[tuple[str, str]]) -> "ListNames":
        """These names, with those of the stored lists, each with its title."""
        kept = {}
        for name, title in lists:
            kind = name.partition("/")[0]
            if title and kind in ("category", "tag", "author") and (today := f"{kind}/{slug(title)}") != name:
                kept[today] = name
        return ListNames(self._renamed, kept)

    def of(self, kind: str, name: str) -> str:
        """The name of the list of a category, tag or author."""
        return self._current(f"{kind}/{slug(name)}")

    def leading_to(self, list_name: str) -> set[str]:
        """The names of this list: its own, and the others that a category, tag or author with it may have."""
        others = {name for name in [*self._kept, *self.moved] if self._current(name) == list_name}
        return {list_name, *others}

    def _current(self, name: str) -> str:
        stored = self._kept.get(name, name)
        return self.moved.get(stored, stored)

    def of_article(self, article: Article) -> dict[str, str]:
        """The lists of an article's categories, tags and authors: titles by name."""
        titles: dict[str, str] = {}
        labels = [("category", name) for name in article.categories]
        labels += [("tag", name) for name in article.tags]
        labels += [("author", author.name) for author in article.authors]
        for kind, name in labels:
            list_name = self.of(kind, name)
            titles.setdefault(list_name, self._titles.get(list_name, name))
        return titles


def _category(name: str) -> str:
    return f"category/{slug(name)}"


def _chains(moved: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Each old name with its last new one. Raises SettingsError for names that lead back to themselves."""
    for old, new in moved.items():
        seen = {old}
        while new not in seen:
            seen.add(new)
            if new not in moved:
                break
            new = moved[new]
        else:
            raise SettingsError(f"catalogue.renamed_categories: {old.partition('/')[2]} leads back to itself")
        yield old, new
