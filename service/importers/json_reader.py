"""The reader for a JSON document that spreads over many lines. `sandbox_worker` runs it."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """Yield the objects of an array; or one object with `items` emptied, then the objects of its `items`.

    Yields a str for an item that is no object. Raises ValueError if the document is not valid JSON.
    """
    try:
        # Not pydantic's parser: when memory runs out, it hangs while it reports the error.
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
