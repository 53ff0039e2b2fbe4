"""The reader for NewsML-G2, by lxml. `sandbox_worker` runs it."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

_NAR = "{*}"
_INNER = {
    "hl1": "h2",
    "hl2": "h3",
    "media": "figure",
    "media-caption": "figcaption",
    "bq": "blockquote",
    "block": "div",
}
_NAMESPACE = re.compile(r" xmlns(?::[\w.-]+)?=\"[^\"]*\"")
_BYLINE = re.compile(r"^\s*(?:by|oleh)\s+", re.IGNORECASE)


def items(document: Any, _url: str) -> Iterator[dict[str, Any] | str]:
    """Yield the news items, with all values as texts, except `authors`, `subjects` and `keywords`.

    Raises ValueError if the document is ill-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(document.read(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed at line {error.lineno}: {error.msg}") from None
    for item in root.iter("{*}newsItem"):
        yield _values(item)


def _values(item: Any) -> dict[str, Any]:
    meta = _first(item, "{*}itemMeta")
    content = _first(item, "{*}contentMeta")
    body, byline = _body(item)
    bylines = [text for line in _all(content, "{*}by") if (text := _text(line))]
    people = [_text(name) for creator in _all(content, "{*}creator") for name in creator.iterchildren("{*}name")]
    picture = _picture(item)
    return {
        "guid": item.get("guid") or "",
        "kind": _code(_first(meta, "{*}itemClass")),
        "status": _code(_first(meta, "{*}pubStatus")) or "usable",
        "version": _text(_first(meta, "{*}versionCreated")),
        "created": _text(_first(meta, "{*}firstCreated")) or _text(_first(content, "{*}contentCreated")),
        "embargoed": _text(_first(meta, "{*}embargoed")),
        "url": next(
            (link.get("href") or "" for link in _all(meta, "{*}link") if "canonical" in (link.get("rel") or "")), ""
        ),
        "headline": _text(_first(content, "{*}headline")) or _text(_first(meta, "{*}title")),
        "description": _text(_first(content, "{*}description")),
        "language": next((tag.get("tag") or "" for tag in _all(content, "{*}language")), item.get(_XML_LANG) or ""),
        "authors": bylines or [byline] * bool(byline) or [name for name in people if name],
        "subjects": [name for subject in _all(content, "{*}subject") if (name := _text(_first(subject, "{*}name")))],
        "keywords": [word for keyword in _all(content, "{*}keyword") if (word := _text(keyword))],
        "credit": _text(_first(content, "{*}creditline")) if picture else "",
        "picture": picture,
        "body": body,
    }


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _body(item: Any) -> tuple[str, str]:
    """The HTML of the body, and the byline that it has."""
    for inline in item.iterfind("{*}contentSet/{*}inlineXML"):
        for name in ("body.content", "body"):
            if (body := next(inline.iter(f"{_NAR}{name}"), None)) is not None:
                byline = _text(next(inline.iter("{*}byline"), None))
                return _inner(body), _BYLINE.sub("", byline)
        return _inner(inline), ""
    for plain in item.iterfind("{*}contentSet/{*}inlineData"):
        lines = (plain.text or "").splitlines()
        return "".join(f"<p>{_escaped(line)}</p>" for line in lines if line.strip()), ""
    return "", ""


def _inner(element: Any) -> str:
    """The content of an element as HTML: without namespaces, and with HTML's names for those of NITF."""
    for part in element.iter("*"):
        name = str(part.tag).rpartition("}")[2]
        part.tag = _INNER.get(name, name)
    children = "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return _escaped(element.text or "") + _NAMESPACE.sub("", children)


def _picture(item: Any) -> str:
    for remote in item.iterfind("{*}contentSet/{*}remoteContent"):
        if (remote.get("contenttype") or "").startswith("image/"):
            return remote.get("href") or ""
    return ""


def _code(element: Any) -> str:
    """The last part of a code such as `ninat:text` or `stat:usable`."""
    return (
        (element.get("qcode") or element.get("uri") or "").rpartition(":")[2].rpartition("/")[2]
        if element is not None
        else ""
    )


def _first(element: Any, path: str) -> Any:
    return element.find(path) if element is not None else None


def _all(element: Any, path: str) -> list[Any]:
    return element.findall(path) if element is not None else []


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
