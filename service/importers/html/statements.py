"""What a page states of its article, by source: JSON-LD, meta elements, microdata, and what people see."""

import html
import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from service.articles import dates
from service.importers import page
from service.importers.feed_entry import EntryFile, FeedEntry
from service.importers.html import authors, categories, dating, pictures, schema_org, titles
from service.importers.urls import joined

_TITLE = ("og:title", "twitter:title", "headline", "dc.title")
_SUMMARY = ("og:description", "description", "twitter:description")
_PUBLISHED = (
    *(
        "article:published_time",
        "og:article:published_time",
        "og:published_time",
        "datepublished",
        "pubdate",
        "publishdate",
        "publish_date",
        "publish-date",
    ),
    *(
        "published_time",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date.issued",
        "dcterms.created",
        "dc.date",
        "date",
        "dcterms.date",
    ),
)
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified")
_AUTHOR = ("author", "dc.creator", "parsely-author", "sailthru.author", "article:author", "twitter:creator", "byl")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
_SITE = ("og:site_name", "application-name", "article:publisher", "publisher", "dc.publisher", "twitter:site")
_TAGS = ("news_keywords", "keywords")
_FEED_OF_SITE = re.compile(r"(.{2,60}?) » Feed")  # as WordPress names the feed of a site
_MAX_SITE_WORDS = 6
_SECOND_LEVEL = {"ac", "co", "com", "go", "gov", "net", "or", "org", "sch", "web"}  # `.co.id`
MIN_SHOWN_SHARE = 0.3  # of the body that JSON-LD states


class Statements:
    """The statements of a page. `raw` are the values of `html_reader`; `node` the article in JSON-LD, or None.

    `fetched_from` is the URL of a page that was fetched just now, otherwise "".
    """

    def __init__(self, raw: Any, node: FeedEntry | None, fetched_from: str, zone: tzinfo) -> None:
        self._raw = raw
        self._node = node or FeedEntry()
        self._zone = zone
        self._seen_at = dates.utc_now() if fetched_from else None
        self._sites = self._site_names(fetched_from)
        self._layout = self._saved_text()
        self.is_article = node is not None or "article" in map(str.lower, self._of("og:type"))

    def entry(self) -> FeedEntry:
        """The article with the best statement for each field."""
        node, layout, raw = self._node, self._layout, self._raw
        title = self._title()
        published = self._published(title)
        files = self._files()
        caption, credit = self._caption(files)
        return FeedEntry(
            url=node.url,
            title=title,
            summary=node.summary or self._first(*_SUMMARY) or next(iter(raw["microdata"].get("description", ())), ""),
            content_html=self._body(),
            section=layout.section if layout.credit else "",
            authors=self._authors(title),
            categories=self._categories(title),
            tags=self._tags(),
            published=published,
            updated=self._updated(published),
            language=node.language or raw["language"] or self._first("og:locale").replace("_", "-"),
            files=files,
            caption=caption,
            credit=credit,
        )

    def _title(self) -> str:
        in_meta = [*self._of(*_TITLE), *self._raw["microdata"].get("headline", ())]
        in_json_ld, in_window, *in_meta = map(html.unescape, [self._node.title, self._raw["title"], *in_meta])
        found = titles.headline(in_json_ld, in_meta, self._raw["h1"], in_window, self._sites)
        return titles.seen_part(found, self._raw["lines"].splitlines())

    def _body(self) -> str:
        """The visible body, or the one in JSON-LD if a page shows only the beginning of it."""
        shown, stated = self._raw["body"], self._node.content_html
        letters = sum(map(str.isalnum, stated))  # with a few of tags
        return shown if self._raw["size"] > MIN_SHOWN_SHARE * letters else stated or shown

    def _published(self, title: str) -> str:
        micro = self._raw["microdata"].get("datepublished", ())
        pages = schema_org.page_dates(self._raw["ld"])
        stated = [self._node.published, *self._of(*_PUBLISHED), *micro, *pages, *self._raw["times"]]
        found = dating.best([text for text in stated if text], self._zone)
        if dating.WITH_TIME.search(found):
            return found
        lines = dating.near(self._raw["lines"].splitlines(), title)
        written = [text for line in lines for text in dating.in_line(line, self._zone)]
        told = [found, self._layout.published, *written, self._raw["date"]]
        return dating.best([text for text in told if text], self._zone) or dating.relative(
            lines, self._seen_at, self._zone
        )

    def _updated(self, published: str) -> str:
        stated = [self._node.updated, *self._of(*_UPDATED), *self._raw["microdata"].get("datemodified", ())]
        return dating.best([text for text in stated if text], self._zone) if published else ""

    def _authors(self, title: str) -> list[tuple[str, str]]:
        urls = {name: url for name, url in self._node.authors if url}
        lines = dating.near(self._raw["lines"].splitlines(), title)
        in_meta = [[text for text in self._of(name) if not text.startswith("@")] for name in _AUTHOR]
        sources: Iterator[Sequence[str]] = (
            names
            for names in (
                authors.without_editors(
                    authors.names([name for name, _ in self._node.authors], self._sites), self._raw["bylines"]
                ),
                authors.names([name for name, _ in self._layout.authors], self._sites),
                authors.names(self._raw["author_links"], self._sites),
                authors.names(self._raw["microdata"].get("author", ()), self._sites),
                authors.in_bylines(self._raw["bylines"], self._sites),
                *(authors.names(texts, self._sites) for texts in in_meta),
                *(authors.names([line], self._sites) for line in authors.in_lines(lines)),
                authors.in_signature(self._raw["signature"], self._sites),
            )
            if names
        )
        shown = authors.names([text for texts in [*self._raw["bylines"], authors.in_lines(lines)] for text in texts])
        lists = (authors.names([text], self._sites) for texts in in_meta for text in texts)
        found = next(sources, ())
        found = found if self._node.authors else authors.completed(found, lists)
        return [(name, urls.get(name, "")) for name in authors.written_out(found, shown)]

    def _categories(self, title: str) -> Sequence[str]:
        layout = self._layout
        of_page = [title, self._node.title, *self._of(*_TITLE), *(text for text, *_ in self._raw["h1"])]
        of_page.append(titles.without_site(self._raw["title"], self._sites))
        trail = schema_org.trail(self._raw["ld"]) or self._raw["breadcrumb"]
        sources = (
            self._node.categories,
            self._of("article:section"),
            self._raw["microdata"].get("articlesection", ()),
            self._raw["categories"],
            layout.categories if layout.credit else (),
            categories.last_of(trail, of_page, self._sites),
        )
        return next((found for names in sources if (found := categories.named(names, of_page))), ())

    def _tags(self) -> Sequence[str]:
        keywords = [tag for tag in map(str.strip, self._first(*_TAGS).split(",")) if tag]
        return self._node.tags or self._of("article:tag") or keywords or self._raw["tags"]

    def _files(self) -> Sequence[EntryFile]:
        stated = [file for file in self._node.files if file.url]
        sizes = {"width": self._first("og:image:width"), "height": self._first("og:image:height")}
        urls = [*self._of(*_IMAGE), *self._raw["microdata"].get("image", ())]
        stated += [EntryFile(url=url, is_image=True, **(sizes if at == 0 else {})) for at, url in enumerate(urls)]
        usable = [file for file in stated if _may_be_fetched(file.url)]
        return pictures.best(usable or stated, self._raw["pictures"])

    def _caption(self, files: Sequence[EntryFile]) -> tuple[str, str]:
        if self._node.caption or self._node.credit:
            return self._node.caption, self._node.credit
        if self._layout.caption:
            return self._layout.caption, self._layout.credit
        for file in files:
            for picture in [*self._raw["pictures"], *self._raw["figures"]]:
                if picture["caption"] and pictures.is_same(pictures.seen_url(picture), file.url):
                    return page.caption_and_credit(picture["caption"])
        return "", ""

    def _saved_text(self) -> FeedEntry:
        """The visible text, if it has the layout of `page` under a headline of this page."""
        try:
            told = page.article(self._raw["lines"].splitlines(), self._zone)
        except dates.UnreadableDate:
            told = None
        stated = [self._node.title, *self._of(*_TITLE), *(text for text, *_ in self._raw["h1"])]
        if told is None or titles.key(told.title) not in {
            titles.key(titles.without_site(t, self._sites)) for t in stated
        }:
            return FeedEntry()
        return told

    def _site_names(self, fetched_from: str) -> list[str]:
        hosts = [_host(url) for url in (fetched_from, self._raw["canonical"])]
        bare = [host.removeprefix("www.") for host in hosts if host]
        names = [
            *self._of(*_SITE),
            *schema_org.publishers(self._raw["ld"]),
            *(site[1] for title in self._raw["feeds"] if (site := _FEED_OF_SITE.fullmatch(title))),
            *bare,
            *(host.partition(".")[0] for host in bare),
            *map(_registered_label, bare),
        ]
        return [name for name in names if len(name.split()) <= _MAX_SITE_WORDS]  # some state the headline there

    def _of(self, *names: str) -> list[str]:
        """The contents of the meta elements with these names, in the order of the names."""
        return [value for name in names for value in self._raw["meta"].get(name, ())]

    def _first(self, *names: str) -> str:
        return next(iter(self._of(*names)), "")


def _registered_label(host: str) -> str:
    """The label of a host that its owner registered: `kabar` of `kota.kabar.co.id`."""
    labels = host.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return labels[-1] if labels else ""


def _may_be_fetched(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("", "http", "https") and bool(parts.netloc or parts.path) and parts.port != 0
    except ValueError:
        return False


def _host(url: str) -> str:
    """The host of a URL; "" if it is relative, broken or too long."""
    url = joined("", url.strip())
    return (urlsplit(url).hostname or "") if url else ""
