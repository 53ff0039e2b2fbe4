"""Tables of articles: CSV and TSV, also those that Excel saves. The first row has the names of the columns.

Columns have the names of the fields of an article, or usual names in English and Indonesian (`judul`, `isi`,
`tanggal`). `--column FIELD=NAME` names another column. Several categories, tags or authors stand in one cell, with `|`,
`;` or a comma between them.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from service.importers import sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.feeds_json import paragraphs
from service.importers.options import ReadOptions
from service.importers.result import ImportItem, RefusedItem
from service.importers.source import OpenSource, SourceUnreadable

MAX_CELL_CHARACTERS = 2 * 1024 * 1024  # characters of a cell: the size of an article
_DELIMITERS = ",;\t|"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # Excel's first line
_MARKUP = re.compile(
    r"<(?:p|br|div|a|img|ul|ol|h[1-6]|strong|em|b|i|figure|blockquote|table|span)\b[^<>]*>", re.IGNORECASE
)
# The names of columns for each field, in the order in which they count.
_COLUMNS: Mapping[str, Sequence[str]] = {
    "id": ("id", "guid", "article_id", "post_id", "kode"),
    "url": ("url", "link", "permalink", "canonical_url", "tautan", "alamat"),
    "title": ("title", "headline", "judul", "post_title"),
    "summary": ("summary", "excerpt", "description", "ringkasan", "deskripsi", "post_excerpt"),
    "content_html": ("content_html", "content", "body", "html", "text", "isi", "konten", "teks", "post_content"),
    "section": ("section", "rubrik", "kanal"),
    "categories": ("categories", "category", "kategori"),
    "tags": ("tags", "tag", "keywords", "kata kunci", "label"),
    "authors": ("authors", "author", "penulis", "wartawan", "reporter", "byline"),
    "published_at": ("published_at", "published", "date", "pubdate", "tanggal", "tanggal terbit", "post_date", "waktu"),
    "updated_at": ("updated_at", "updated", "modified", "diubah", "post_modified"),
    "expires_at": ("expires_at",),
    "language": ("language", "lang", "bahasa"),
    "image": ("image", "image.url", "image_url", "photo", "foto", "gambar", "thumbnail", "featured_image"),
    "image.caption": ("image.caption", "image_caption", "caption", "keterangan foto"),
    "image.credit": ("image.credit", "image_credit", "credit", "kredit foto"),
    "correction": ("correction", "ralat"),
    "license": ("license", "lisensi"),
    "status": ("status",),
}
_NAME_SEPARATORS = ("|", ";", ",")
_STATUS = {"publish": "published", "terbit": "published", "draf": "draft", "private": "draft", "pending": "draft"}

Columns = Mapping[str, int]  # the place of the column of each field


def recognises(first: bytes) -> bool:
    """True if the first line has several columns, one of them with titles."""
    line = sniff.first_text(first).partition("\n")[0].strip()
    names = {
        _plain(name) for delimiter in _DELIMITERS for name in line.split(delimiter)[1:] + line.split(delimiter)[:1]
    }
    return len(line) < 10_000 and any(d in line for d in _DELIMITERS) and bool(names & {*_COLUMNS["title"]})


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the rows, with the places `row N`, where the row of names is 1. Memory does not grow with the table.

    A row with more cells than names becomes a RefusedItem. Raises SourceUnreadable if there is no column with titles,
    or if `columns` names one that does not exist.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    head = source.head()
    text = io.TextIOWrapper(source.stream, _encoding(head), errors="replace", newline="")
    rows = csv.reader(text, delimiter=_delimiter(source, text))
    names = _first_row(source, rows)
    columns = _columns(source, names, options.columns)
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield RefusedItem(f"row {number}", f"not a row of a table: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield _row(f"row {number}", cells, names, columns, options)


def _encoding(head: bytes) -> str:
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"  # Excel's "CSV" on Windows
    return "utf-8"


def _delimiter(source: OpenSource, text: io.TextIOWrapper) -> str:
    """The delimiter that the first line names or has most often. A line that only names it is read."""
    encoding = text.encoding
    line = source.head().decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    if named := _SEPARATOR_LINE.fullmatch(line.strip("\r")):
        text.readline()
        return named[1]
    return max(_DELIMITERS, key=line.count)


def _first_row(source: OpenSource, rows: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip().lstrip("\ufeff") for name in next(rows)]
    except StopIteration:
        raise SourceUnreadable(f"{source.name}: the table is empty") from None
    except csv.Error as error:
        raise SourceUnreadable(f"{source.name}: not a table: {error}") from None


def _columns(source: OpenSource, names: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    places = {_plain(name): place for place, name in reversed([*enumerate(names)])}
    columns: dict[str, int] = {}
    for field, usual in _COLUMNS.items():
        if field in chosen:
            if _plain(chosen[field]) not in places:
                raise SourceUnreadable(
                    f"{source.name}: there is no column {chosen[field]!r}; it has {', '.join(names)}"
                )
            columns[field] = places[_plain(chosen[field])]
        elif found := next((name for name in usual if name in places), None):
            columns[field] = places[found]
    if "title" not in columns:
        raise SourceUnreadable(
            f"{source.name}: no column has titles; it has {', '.join(names)}; name one: --column title=NAME"
        )
    return columns


def fields() -> Sequence[str]:
    """The fields of an article that a column can have."""
    return [*_COLUMNS]


def _row(where: str, cells: Sequence[str], names: Sequence[str], columns: Columns, options: ReadOptions) -> ImportItem:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return RefusedItem(where, f"has {len(cells)} cells, but the table has {len(names)} columns")
    values = {field: cells[place].strip() for field, place in columns.items() if place < len(cells)}
    return to_item(where, _entry(values, options.base_url), options.zone)


def _entry(values: Mapping[str, str], base: str) -> FeedEntry:
    body = values.get("content_html", "")
    status = values.get("status", "").lower()
    return FeedEntry(
        base=base,
        id=values.get("id", ""),
        url=values.get("url", ""),
        title=values.get("title", ""),
        summary=values.get("summary", ""),
        content_html=body if _MARKUP.search(body) else paragraphs(body),
        section=values.get("section", ""),
        authors=[(name, "") for name in _names(values.get("authors", ""))],
        categories=_names(values.get("categories", "")),
        tags=_names(values.get("tags", "")),
        published=values.get("published_at", ""),
        updated=values.get("updated_at", ""),
        language=values.get("language", ""),
        files=[EntryFile(url=values.get("image", ""), is_image=True)],
        caption=values.get("image.caption", ""),
        credit=values.get("image.credit", ""),
        status=_STATUS.get(status, status),
        others=[(name, values.get(name, "")) for name in ("expires_at", "correction", "license")],
    )


def _names(cell: str) -> list[str]:
    separator = next((mark for mark in _NAME_SEPARATORS if mark in cell), ",")
    return [name.strip() for name in cell.split(separator) if name.strip()]


def _plain(name: str) -> str:
    return " ".join(name.strip().strip("\"'").lower().split())
