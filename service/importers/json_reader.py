"""A JSON document that is read as a whole: the reader that `apart_worker` runs."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """The objects of an array; or one object, then those of its `items`, which are left out of it."""
    try:
        value = from_json(document.read(), allow_inf_nan=False)
    except ValueError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    if isinstance(value, dict):
        inside = value.get("items")
        yield {**value, "items": []} if isinstance(inside, list) else value
        value = inside
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else "not a JSON object"
