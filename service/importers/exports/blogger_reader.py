"""The streaming reader for Blogger's exports, by lxml. `sandbox_worker` runs it."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_KIND = "http://schemas.google.com/g/2005#kind"

Raw = dict[str, Any]


def items(document: Any, _url: str) -> Iterator[Raw | str]:
    """Yield the entries, with `kind` (`post`, `page`, `comment`, `settings`, `template`) and `status` in upper case.

    An ill-formed document gives the entries above the error, and then the reason as str.
    """
    site = ""
    found = False
    try:
        # Without huge_tree, libxml2 limits the depth, the length of texts, and the expansion of entities.
        for _, element in etree.iterparse(
            document,
            tag=[f"{_ATOM}entry", f"{_ATOM}link"],
            encoding="utf-8",
            resolve_entities=False,
            remove_comments=True,
            remove_pis=True,
        ):
            parent = element.getparent()
            if element.tag == f"{_ATOM}link":
                if parent is not None and parent.tag == f"{_ATOM}feed" and element.get("rel") == "alternate":
                    site = site or element.get("href") or ""
                continue
            found = True
            yield {**_entry(element), "site": site}
            element.clear()
            while element.getprevious() is not None and element.getprevious().tag == element.tag:
                parent.remove(element.getprevious())
    except etree.XMLSyntaxError as error:
        reason = f"not well-formed at line {error.lineno}: {error.msg}"
        if not found:
            raise ValueError(reason) from None
        yield f"{reason}; the rest of the document cannot be read"


def _entry(element: Any) -> Raw:
    categories = [
        (part.get("scheme") or "", part.get("term") or "") for part in element.iterchildren(f"{_ATOM}category")
    ]
    kinds = [term.rpartition("#")[2] for scheme, term in categories if scheme == _KIND]
    kind = _text(element, "{*}type").lower() or next(iter(kinds), "post")
    is_draft = _text(element, "{*}control/{*}draft").lower() == "yes"
    links = {link.get("rel") or "alternate": link.get("href") or "" for link in element.iterchildren(f"{_ATOM}link")}
    return {
        "kind": kind,
        "id": _text(element, f"{_ATOM}id"),
        "url": links.get("alternate", ""),
        "filename": _text(element, "{*}filename"),
        "title": _text(element, f"{_ATOM}title"),
        "summary": _text(element, "{*}metaDescription"),
        "content": _text(element, f"{_ATOM}content"),
        "authors": [name for part in element.iterchildren(f"{_ATOM}author") if (name := _text(part, f"{_ATOM}name"))],
        "labels": [term for scheme, term in categories if scheme != _KIND and term],
        "published": _text(element, f"{_ATOM}published") or _text(element, "{*}created"),
        "updated": _text(element, f"{_ATOM}updated"),
        "status": _text(element, "{*}status").upper() or ("DRAFT" if is_draft else ""),
    }


def _text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").strip()
