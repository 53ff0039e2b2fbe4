"""The streaming reader for sitemaps, by lxml. `sandbox_worker` runs it."""

from collections.abc import Iterator
from typing import Any

from lxml import etree


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """Yield the URLs with `url`, `modified` and `is_sitemap`. An ill-formed document gives those above the error."""
    found = False
    try:
        for _, element in etree.iterparse(
            document,
            tag=["{*}url", "{*}sitemap"],
            encoding="utf-8",
            resolve_entities=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if url := (element.findtext("{*}loc") or "").strip():
                found = True
                yield {
                    "url": url,
                    "modified": (element.findtext("{*}lastmod") or "").strip(),
                    "is_sitemap": element.tag.endswith("sitemap"),
                }
            parent = element.getparent()
            element.clear()
            while parent is not None and element.getprevious() is not None:
                parent.remove(element.getprevious())
    except etree.XMLSyntaxError as error:
        reason = f"not well-formed at line {error.lineno}: {error.msg}"
        if not found:
            raise ValueError(reason) from None
        yield f"{reason}; the rest of the document cannot be read"
