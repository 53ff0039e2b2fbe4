"""What the W3C Feed Validator holds against a document, and JSON Feed 1.1: its rules that bite, as checks.

The names of findings are the validator's own (github.com/w3c/feedvalidator, `logging.py`), where it has one. A feed
without findings here is one that validator.w3.org/feed has nothing to say about.
"""

import calendar
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from html.parser import HTMLParser
from typing import Any, NamedTuple

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
XML = "http://www.w3.org/XML/1998/namespace"
KNOWN = {
    ATOM: "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/syndication/thread/1.0": "thr",
}
RELATIONS = {
    *("alternate", "current", "describedby", "edit", "enclosure", "first", "hub", "last", "license", "next"),
    *("next-archive", "payment", "prev-archive", "previous", "related", "replies", "search", "self", "service", "up"),
    "via",
}
ELEMENTS = {
    *("a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "big", "blockquote", "br", "caption"),
    *("center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "footer", "header", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd"),
    *("li", "main", "mark", "nav", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section"),
    *("small", "source", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "time", "tr", "tt", "u", "ul", "var", "video", "wbr"),
}
ATTRIBUTES = {
    *("abbr", "align", "alt", "cite", "class", "colspan", "datetime", "dir", "height", "href", "hreflang", "id"),
    *("lang", "rel", "reversed", "rowspan", "scope", "src", "start", "title", "type", "width"),
}
URI = re.compile(r"[a-zA-Z][0-9a-zA-Z+.-]*:(//)?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
TAG = re.compile(r"tag:([a-z0-9._-]+?@)?[a-z0-9.-]+?,\d{4}(-\d\d(-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*")
FILE = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d+)?(/.*)?")
MEDIA_TYPE = re.compile(r"[^\s()<>,;:\\\"/[\]?=]+/[^\s()<>,;:\\\"/[\]?=]+")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d ([+-]\d\d[03]0|GMT)")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
UNRESERVED = re.compile(r"%(4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A]|3[0-9]|2D|2E|5F|7E)")


class Finding(NamedTuple):
    """One error or warning: the rule, and where and what it is about."""

    level: str
    rule: str
    about: str


def error(rule: str, about: object = "") -> Finding:
    return Finding("error", rule, str(about)[:200])


def warning(rule: str, about: object = "") -> Finding:
    return Finding("warning", rule, str(about)[:200])


def validate(extension: str, document: bytes, now: datetime | None = None) -> list[Finding]:
    """Everything wrong with the document, as of `now`."""
    return list(CHECKS[extension](document, now or datetime.now(UTC)))


# --- text, addresses, dates ----------------------------------------------------------------------------------


def plain(where: str, text: str) -> Iterator[Finding]:
    """Text in which HTML is discouraged."""
    if re.search(r"</\w+>|<[a-zA-Z]", text):
        yield warning("ContainsHTML", f"{where}: {text}")
    for entity in re.findall(r"&(#?\w+)", text):
        if entity in name2codepoint or entity == "apos" or not entity.isalpha():
            yield warning("ContainsHTML", f"{where}: &{entity}")


def characters(root: Any) -> Iterator[Finding]:
    for element in root.iter(etree.Element):
        for text in (element.text or "", element.tail or "", *element.attrib.values()):
            if re.search("[\x80-\x9f\ufffd]", text):
                yield warning("BadCharacters", f"{element.tag}: {text!r}")


def address(where: str, value: str) -> Iterator[Finding]:
    if value.startswith("tag:"):
        if not TAG.fullmatch(value):
            yield error("InvalidTAG", f"{where}: {value}")
    elif not URI.fullmatch(value) or (value.startswith("http") and not re.match(r"https?://[^/]", value)):
        yield error("InvalidFullLink", f"{where}: {value}")


def canonical(where: str, value: str) -> Iterator[Finding]:
    """RFC 4287 §4.2.6.1."""
    yield from address(where, value)
    scheme, _, rest = value.partition(":")
    host = rest[2:].partition("/")[0] if rest.startswith("//") else ""
    escapes = re.findall("%..", value)
    pathless = host and rest == f"//{host}"
    if scheme != scheme.lower() or host != host.lower() or escapes != [each.upper() for each in escapes] or pathless:
        yield warning("NonCanonicalURI", f"{where}: {value}")
    if UNRESERVED.search(value):
        yield warning("NonCanonicalURI", f"{where}: {value}")


def plausible(where: str, when: datetime, now: datetime) -> Iterator[Finding]:
    if when.year < 1990 or when > now + timedelta(minutes=10):
        yield warning("ImplausibleDate", f"{where}: {when}")


def rfc822(where: str, value: str, now: datetime) -> Iterator[Finding]:
    if not RFC822.fullmatch(value):
        yield warning("ProblematicalRFC822Date", f"{where}: {value}")
        return
    when = parsedate_to_datetime(value)
    if calendar.day_abbr[when.weekday()] != value[:3]:
        yield error("IncorrectDOW", f"{where}: {value}")
    yield from plausible(where, when, now)


def rfc3339(where: str, value: str, now: datetime) -> Iterator[Finding]:
    if not RFC3339.fullmatch(value):
        yield error("InvalidRFC3339Date", f"{where}: {value}")
        return
    yield from plausible(where, datetime.fromisoformat(value), now)


class Body(HTMLParser):
    """The HTML of a body: what is in it that readers should not get."""

    def __init__(self, where: str, markup: str) -> None:
        super().__init__(convert_charrefs=False)
        self.where = where
        self.findings: list[Finding] = []
        self.feed(markup)
        self.close()
        if re.search(r"<(?![a-zA-Z/!])|&(?=\w)(?!\w+;)", markup):  # what html5lib, in its strict mode, does not take
            self.findings.append(warning("NotHtml", f"{where}: {markup}"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.findings.append(warning("SecurityRisk", f"{self.where}: <{tag}>"))
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.findings.append(warning("SecurityRiskAttr", f"{self.where}: <{tag} {name}>"))
            if name in ("href", "src", "cite") and not re.match(r"\w+:", (value or "").strip()):
                self.findings.append(warning("ContainsRelRef", f"{self.where}: {value}"))

    def handle_entityref(self, name: str) -> None:
        if name not in name2codepoint and name != "apos":
            self.findings.append(error("UndefinedNamedEntity", f"{self.where}: &{name}"))

    def handle_comment(self, data: str) -> None:
        self.findings.append(warning("NotHtml", f"{self.where}: <!--{data}-->"))


def repeated(values: list[str], rule: str, level: Callable[[str, object], Finding] = error) -> Iterator[Finding]:
    yield from (level(rule, value) for value, times in Counter(values).items() if times > 1)


# --- XML -----------------------------------------------------------------------------------------------------


def parsed(document: bytes) -> Any:
    if not document.startswith(b"<?xml "):
        raise AssertionError("something stands in front of the XML declaration")
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True)
    return etree.fromstring(document, parser)


def namespaces(root: Any, own: str | None = None) -> Iterator[Finding]:
    names = [element.tag for element in root.iter(etree.Element)]
    names += [name for element in root.iter(etree.Element) for name in element.attrib]
    used = {etree.QName(name).namespace for name in names}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if uri not in KNOWN:
                yield warning("UnknownNamespace", uri)
            elif uri not in used:
                yield warning("UnusedNamespace", uri)  # ours: it costs bytes, and some validators warn
            elif prefix and prefix != KNOWN[uri]:
                yield warning("NonstdPrefix", prefix)
            elif prefix and uri == own:
                yield warning("AvoidNamespacePrefix", prefix)
        break  # feedgen declares on the root; a declaration below it would be one too many
    if len(root.xpath("//namespace::*")) != len(root.xpath("//*")) * len(root.xpath("/*/namespace::*")):
        yield warning("NestedNamespace")


def one_each(element: Any, many: set[str]) -> Iterator[Finding]:
    tags = [str(child.tag) for child in element if etree.QName(child).localname not in many]
    yield from repeated(tags, "DuplicateElement")


def link(element: Any) -> Iterator[Finding]:
    relation, href = element.get("rel", "alternate"), element.get("href", "")
    if relation not in RELATIONS:
        yield warning("UnregisteredAtomLinkRel", relation)
    yield from address("link", href)
    media_type = element.get("type")
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        yield error("InvalidMIMEType", media_type)
    if relation == "self" and media_type not in (None, "application/atom+xml", "application/rss+xml"):
        yield warning("SelfNotAtom", media_type)


def media(item: Any) -> Iterator[Finding]:
    for content in item.iterfind("{http://search.yahoo.com/mrss/}content"):
        yield from address("media:content", content.get("url", ""))
        if not MEDIA_TYPE.fullmatch(content.get("type", "")):
            yield error("InvalidMIMEAttribute", content.get("type"))
        for size in ("fileSize", "width", "height"):
            if not content.get(size, "1").isdigit():
                yield error("InvalidIntegerAttribute", f"{size}: {content.get(size)}")
        for child in content:
            yield from plain(str(child.tag), child.text or "")


def podcast(channel: Any, items: list[Any]) -> Iterator[Finding]:
    """The elements of a podcast: all that are needed if there are any."""
    itunes = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
    parts = [element for element in channel.iter() if str(element.tag).startswith(itunes)]
    for element in parts:
        name, value = element.tag.removeprefix(itunes), element.text or ""
        most = {"author": 255, "name": 255, "summary": 4000}.get(name)
        if most and len(value) > most:
            yield warning("TooLong", name)
        if name == "explicit" and value not in ("true", "false"):
            yield error("InvalidTrueFalse", value)
        if name in ("episode", "season", "duration") and not value.isdigit():
            yield error("InvalidPositiveInteger", f"{name}: {value}")
        if name == "image":
            yield from address("itunes:image", element.get("href", ""))
        if name == "category" and not element.get("text"):
            yield error("MissingAttribute", "itunes:category")
    for name in ("category", "explicit", "image"):
        if parts and channel.find(f"{itunes}{name}") is None:
            yield warning("MissingItunesElement", name)
    if parts and channel.find(f"{itunes}owner/{itunes}email") is None:
        yield warning("MissingItunesEmail")
    for item in items:
        enclosure = item.find("enclosure")
        is_episode = item.find(f"{itunes}summary") is not None
        extension = enclosure.get("url").rpartition(".")[2] if enclosure is not None else ""
        if is_episode and extension not in ("m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub"):
            yield warning("UnsupportedItunesFormat", extension)


def language(element: Any) -> Iterator[Finding]:
    for tag in [element.get(f"{{{XML}}}lang"), *element.xpath("language/text() | *[local-name() = 'language']/text()")]:
        if tag is not None and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
            yield error("InvalidLanguage", tag)


# --- RSS 2.0 -------------------------------------------------------------------------------------------------


def rss(document: bytes, now: datetime) -> Iterator[Finding]:
    root = parsed(document)
    channel = root.find("channel")
    yield from namespaces(root)
    yield from characters(root)
    yield from one_each(channel, {"item", "link", "category"})
    for needed in ("title", "link", "description", "language"):
        if not channel.findtext(needed):
            yield error(f"Missing{needed.capitalize()}", "channel")
    links = channel.findall(f"{{{ATOM}}}link")
    if [each.get("rel") for each in links].count("self") != 1:
        yield warning("MissingAtomSelfLink")
    for each in links:
        yield from link(each)
    for name in ("title", "description", "copyright"):
        yield from plain(name, channel.findtext(name, ""))
    yield from rfc822("lastBuildDate", channel.findtext("lastBuildDate", ""), now)
    yield from language(channel)
    yield from _image(channel)
    items = channel.findall("item")
    yield from podcast(channel, items)
    yield from repeated([item.findtext("guid", "") for item in items], "DuplicateValue")
    for item in items:
        yield from _item(item, now)


def _image(channel: Any) -> Iterator[Finding]:
    image = channel.find("image")
    if image is not None:
        for name in ("title", "link"):
            if image.findtext(name) != channel.findtext(name):
                yield warning(f"Image{name.capitalize()}DoesntMatch", image.findtext(name))
        if not re.search(r"\.(png|jpe?g|gif)$", image.findtext("url", "")):
            yield warning("ImageUrlFormat", image.findtext("url"))


def _item(item: Any, now: datetime) -> Iterator[Finding]:
    order = [etree.QName(child).localname for child in item]
    yield from one_each(item, {"category", "creator", "content", "transcript"})
    if item.find("author") is not None:
        yield error("InvalidContact", item.findtext("author"))
    if "encoded" in order and ("description" not in order or order.index("description") > order.index("encoded")):
        yield warning("NeedDescriptionBeforeContent", item.findtext("guid"))
    for name in ("title", "description", "link"):
        if not item.findtext(name):
            yield error("MissingElement", f"item: {name}")
    yield from plain("title", item.findtext("title", ""))
    yield from address("link", item.findtext("link", ""))
    yield from rfc822("pubDate", item.findtext("pubDate", ""), now)
    yield from rfc3339("dcterms:modified", item.findtext("{http://purl.org/dc/terms/}modified", ""), now)
    yield from _guid(item)
    for category in item.findall("category"):
        yield from plain("category", category.text or "")
        if not category.text:
            yield error("NotBlank", "category")
    for name in ("description", "{http://purl.org/rss/1.0/modules/content/}encoded"):
        yield from Body(name, item.findtext(name, "")).findings
    for enclosure in item.findall("enclosure"):
        yield from _enclosure(enclosure)
    yield from media(item)
    yield from language(item)


def _guid(item: Any) -> Iterator[Finding]:
    guid = item.find("guid")
    if guid is None or not guid.text:
        yield warning("MissingGuid")
    elif guid.get("isPermaLink") != "false":
        yield error("InvalidPermalink", guid.text)
    elif len(guid.text) < 9 and guid.text.isdigit():
        yield warning("NotSufficientlyUnique", guid.text)


def _enclosure(enclosure: Any) -> Iterator[Finding]:
    if not enclosure.get("length", "").isdigit():
        yield error("InvalidIntegerAttribute", enclosure.get("length"))
    if not MEDIA_TYPE.fullmatch(enclosure.get("type", "")):
        yield error("InvalidMIMEAttribute", enclosure.get("type"))
    if not FILE.fullmatch(enclosure.get("url", "")):
        yield error("InvalidURLAttribute", enclosure.get("url"))


# --- Atom 1.0 ------------------------------------------------------------------------------------------------


def atom(document: bytes, now: datetime) -> Iterator[Finding]:
    root = parsed(document)
    yield from namespaces(root, own=ATOM)
    yield from characters(root)
    yield from _construct(root, now, {"entry", "link", "author", "category"})
    links = root.findall(f"{{{ATOM}}}link")
    if [each.get("rel") for each in links].count("self") != 1:
        yield warning("MissingSelf")
    if root.find(f"{{{ATOM}}}author/{{{ATOM}}}name") is None:
        yield error("MissingElement", "author")
    entries = root.findall(f"{{{ATOM}}}entry")
    yield from repeated([entry.findtext(f"{{{ATOM}}}id", "") for entry in entries], "DuplicateEntries")
    yield from repeated(
        [entry.findtext(f"{{{ATOM}}}updated", "") for entry in entries], "DuplicateUpdated", level=warning
    )
    for entry in entries:
        yield from _construct(entry, now, {"link", "author", "category"})
        if not entry.findtext(f"{{{ATOM}}}summary"):
            yield warning("MissingSummary", entry.findtext(f"{{{ATOM}}}id"))
        for body in entry.findall(f"{{{ATOM}}}content"):
            if body.get("type") != "html":
                yield error("InvalidTypeAttribute", body.get("type"))
            yield from Body("content", body.text or "").findings
        yield from rfc3339("published", entry.findtext(f"{{{ATOM}}}published", ""), now)
        yield from media(entry)


def _construct(element: Any, now: datetime, many: set[str]) -> Iterator[Finding]:
    """What a feed and an entry have alike."""
    yield from one_each(element, many)
    yield from language(element)
    yield from canonical("id", element.findtext(f"{{{ATOM}}}id", ""))
    yield from rfc3339("updated", element.findtext(f"{{{ATOM}}}updated", ""), now)
    for name in ("title", "subtitle", "rights", "summary"):
        yield from plain(name, element.findtext(f"{{{ATOM}}}{name}", ""))
    if not element.findtext(f"{{{ATOM}}}title"):
        yield error("MissingElement", "title")
    links = element.findall(f"{{{ATOM}}}link")
    for each in links:
        yield from link(each)
    alternates = [f"{each.get('type')} {each.get('hreflang')}" for each in links if each.get("rel") == "alternate"]
    yield from repeated(alternates, "DuplicateAtomLink")
    for author in element.findall(f"{{{ATOM}}}author"):
        yield from plain("author", author.findtext(f"{{{ATOM}}}name", ""))
        if not author.findtext(f"{{{ATOM}}}name"):
            yield error("MissingElement", "name")
        for uri in author.findall(f"{{{ATOM}}}uri"):
            yield from address("uri", uri.text or "")


# --- JSON Feed 1.1 -------------------------------------------------------------------------------------------


def json_feed(document: bytes, now: datetime) -> Iterator[Finding]:
    feed = json.loads(document)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield error("version", feed.get("version"))
    for name in ("title", "items"):
        if name not in feed:
            yield error("missing", name)
    for name in ("home_page_url", "feed_url", "next_url", "icon"):
        if name in feed:
            yield from address(name, feed[name])
    yield from repeated([item.get("id", "") for item in feed["items"]], "DuplicateIds")
    yield from _json_authors(feed)
    for hub in feed.get("hubs", ()):
        if set(hub) != {"type", "url"}:
            yield error("hub", hub)
    for item in feed["items"]:
        yield from _json_item(item, now)
    yield from (error("empty", name) for name, value in feed.items() if value in ("", None, []) and name != "items")


def _json_item(item: dict[str, Any], now: datetime) -> Iterator[Finding]:
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield error("id", item.get("id"))
    if ("content_html" in item) == ("content_text" in item):
        yield error("content", item["id"])
    yield from Body("content_html", item.get("content_html", "")).findings
    for name in ("title", "summary"):
        yield from plain(name, item.get(name, ""))
    for name in ("url", "image"):
        if name in item:
            yield from address(name, item[name])
    for name in ("date_published", "date_modified"):
        yield from rfc3339(name, item[name], now)
    yield from _json_authors(item)
    for attachment in item.get("attachments", ()):
        if not {"url", "mime_type"} <= set(attachment):
            yield error("attachment", attachment)
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
        yield error("tags", item["tags"])


def _json_authors(holder: dict[str, Any]) -> Iterator[Finding]:
    for author in holder.get("authors", ()):
        if not {"name", "url", "avatar"} & set(author):
            yield error("author", author)


CHECKS: dict[str, Callable[[bytes, datetime], Iterator[Finding]]] = {"rss": rss, "atom": atom, "json": json_feed}
