"""A JSON document that is read as a whole: the reader that `apart_worker` runs."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """The objects of an array; or one object, then those of its `items`, which are left out of it."""
    try:
        # Not pydantic's parser: out of memory, it hangs in its own report of that.
        value = json.loads(document.read(), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("not valid JSON: nested too deep") from None
    except ValueError as error:
        raise ValueError(f"not valid JSON: {error}") from None
    if isinstance(value, dict):
        inside = value.get("items")
        yield {**value, "items": []} if isinstance(inside, list) else value
        value = inside
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else "not a JSON object"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
