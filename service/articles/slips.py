"""Small slips of a CMS in the JSON of an article: empty values, wrapped texts, one value in place of a list.

`repaired` gives them the form that validation expects. It judges no value, and drops only values that say nothing.
"""

import re
from collections.abc import Callable, Mapping

MAX_REPAIRED_ITEMS = 500  # of a list; no field takes as many

_BOM = "\ufeff"
_START, _END = "<![CDATA[", "]]>"
_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def repaired(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of an article without empty values, with texts unwrapped, and with lists for the fields of lists."""
    found = ((name, _REPAIRS.get(name, _value)(value)) for name, value in fields.items())
    return {name: value for name, value in found if value is not None}


def _value(value: object) -> object:
    """The value; a text without a byte order mark and without its wrapping. None for an empty text."""
    if not isinstance(value, str) or value[:1].isalnum():
        return value
    text = value.removeprefix(_BOM)
    if text.lstrip().startswith(_START) and text.rstrip().endswith(_END):
        text = _SECTION.sub(r"\1", text)
    return text if text and not text.isspace() else None


def _object(value: object) -> object:
    """The object without empty values. None for an object that has no other."""
    if not isinstance(value, Mapping):
        return _value(value)
    return {name: found for name, part in value.items() if (found := _value(part)) is not None} or None


def _items(value: object, repair: Callable[[object], object]) -> object:
    """The items that are not empty. A value in place of a list is the only item."""
    items = [*value] if isinstance(value, list | tuple) else [value]
    repaired_items = [found for item in items[:MAX_REPAIRED_ITEMS] if (found := repair(item)) is not None]
    return repaired_items + items[MAX_REPAIRED_ITEMS:]


def _names(value: object) -> object:
    """Names of categories or tags. A text in place of a list has all names, with commas between them."""
    whole = _value(value)
    return _items(whole.split(",") if isinstance(whole, str) else whole, _name)


def _name(value: object) -> object:
    """The name. A number is a name as it is written; an object may have the name."""
    found = _object(value)
    found = found.get("name", found) if isinstance(found, dict) else found
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


def _authors(value: object) -> object:
    return _items(value, lambda item: _described(_object(item), "name"))


def _files(value: object) -> object:
    return _items(value, _file)


def _file(value: object) -> object:
    return _described(_object(value), "url")


def _described(value: object, main: str) -> object:
    """The object. A text in place of an object is the value of its main field."""
    return {main: value} if isinstance(value, str) else value


_REPAIRS: dict[str, Callable[[object], object]] = {
    "categories": _names,
    "tags": _names,
    "authors": _authors,
    "enclosures": _files,
    "image": _file,
    "podcast": _object,
}
