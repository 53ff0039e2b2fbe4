"""The reader for OPML, by lxml. `sandbox_worker` runs it."""

from collections.abc import Iterator
from typing import Any

from lxml import etree


def items(document: Any, _url: str) -> Iterator[dict[str, Any]]:
    """Yield the `url` of each feed once, in the order of the document. Raises ValueError if it cannot be read."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(document.read(), parser)
    if root is None:
        raise ValueError("not well-formed")
    seen: set[str] = set()
    for outline in root.iter("{*}outline"):
        url = next((value.strip() for name, value in outline.attrib.items() if name.lower() == "xmlurl"), "")
        if url and url not in seen:
            seen.add(url)
            yield {"url": url}
