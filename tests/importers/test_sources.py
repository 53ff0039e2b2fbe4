"""Where articles come from, and how their format is told."""

import gzip
import io
import os
import sys
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.core.http_client import OutgoingRefused
from service.importers import (
    FoundArticle,
    OpenSource,
    ReadOptions,
    RefusedItem,
    Source,
    SourceUnreadable,
    UnknownFormat,
)
from tests.support.http_server import LocalServer, QuietHandler

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
LINE = b'{"id": "1"}\n'


def ids(source: Source, as_format: str | None = None) -> list[object]:
    with source.open() as opened:
        return [
            item.fields["id"] for item in importers.read(opened, as_format, OPTIONS) if isinstance(item, FoundArticle)
        ]


def test_a_folder_is_all_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", "a/.hidden.jsonl", ".git/c.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(LINE)
    found = importers.find(str(tmp_path))
    assert [(source.name, source.size) for source in found] == [
        (str(tmp_path / "a/z.jsonl"), len(LINE)),
        (str(tmp_path / "b.jsonl"), len(LINE)),
    ]
    assert [ids(source) for source in found] == [["1"], ["1"]]


def test_a_gzipped_file_is_read_as_it_streams_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "berita.jsonl.gz"
    path.write_bytes(gzip.compress(LINE * 10_000))
    [source] = importers.find(str(path))
    with source.open() as opened:
        assert len(list(importers.read(opened, None, OPTIONS))) == 10_000
        assert opened.position() == source.size


def test_of_a_gzipped_file_that_is_cut_short_whole_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "berita.jsonl.gz"
    lines = b"".join(b'{"id": "%d", "title": "%x"}\n' % (n, n**9) for n in range(3_000))
    path.write_bytes(gzip.compress(lines)[:-5_000])
    [source] = importers.find(str(path))
    with source.open() as opened:
        *found, end = importers.read(opened, None, OPTIONS)
    assert len(found) > 2_500
    assert isinstance(end, RefusedItem)
    assert "ended before the end-of-stream marker" in end.reason


def test_a_folder_that_cannot_be_looked_into_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """By an error of the disk, since permissions do not stop everybody."""
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "b").mkdir()

    def failing(folder: str, onerror: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
        yield folder, ["b"], ["a.jsonl"]
        onerror(PermissionError(13, "Permission denied", f"{folder}/b"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "walk", failing)
        first, second = importers.find(str(tmp_path))
    assert ids(first) == ["1"]
    with pytest.raises(SourceUnreadable, match="b: cannot be read: Permission denied"):
        ids(second)


def test_an_address_is_named_without_its_password() -> None:
    [source] = importers.find("https://redaksi:rahasia@news.example/latest.rss")
    assert source.name == "https://…@news.example/latest.rss"


def test_a_standard_input_that_is_closed_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    [source] = importers.find("-")
    with pytest.raises(SourceUnreadable, match="standard input: it is closed"):
        ids(source)


def test_an_empty_name_is_not_this_folder() -> None:
    with pytest.raises(SourceUnreadable, match="an empty name"):
        importers.find("")


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LINE))))
    [source] = importers.find("-")
    assert (source.name, source.size, ids(source)) == ("standard input", None, ["1"])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    class Files(QuietHandler, SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path))

    with LocalServer(Files) as server:
        yield server.url


def test_a_url_is_fetched_within_the_guard(served: str, tmp_path: Path) -> None:
    (tmp_path / "berita.jsonl").write_bytes(LINE)
    source = importers.of_url(f"{served}/berita.jsonl", allow=[ip_network("127.0.0.0/8")])
    assert ids(source) == ["1"]
    [guarded] = importers.find(f"{served}/berita.jsonl")
    with pytest.raises(OutgoingRefused, match="not a public IP address"), guarded.open():
        pass


def test_what_is_not_there_or_broken_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="there is no such file or folder"):
        importers.find(str(tmp_path / "tiada"))
    with pytest.raises(SourceUnreadable, match="there is no file in this folder"):
        importers.find(str(tmp_path))
    broken = tmp_path / "putus.jsonl.gz"
    broken.write_bytes(gzip.compress(LINE * 10_000)[:-20])
    [source] = importers.find(str(broken))
    with source.open() as opened:
        *items, last = importers.read(opened, None, OPTIONS)
    assert all(isinstance(item, FoundArticle) for item in items)
    assert isinstance(last, RefusedItem)
    assert last.where == f"after line {len(items)}"
    assert last.reason.startswith("cannot be read: Compressed file ended")
    broken.unlink()
    with pytest.raises(SourceUnreadable, match="No such file or directory"):
        ids(source)


@pytest.mark.parametrize(
    ("head", "name", "content_type", "expected"),
    [
        (b'\xef\xbb\xbf {"id": "1"}', "x.txt", "", "jsonl"),
        (b'[{"id": "1"}]', "x", "", "jsonl"),
        (b'{"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', "x", "", "feed"),
        (b"\n<?xml version='1.0'?><rss/>", "x.jsonl", "", "feed"),
        ("<rss/>".encode("utf-16"), "x", "", "feed"),
        ("Judul\nJum’at, 6 Maret 2026 | 09.15".encode(), "x.jsonl", "", "page"),
        (b"", "x.JSONL.gz", "", "jsonl"),
        (b"rusak", "x", "application/rss+xml; charset=utf-8", "feed"),
        (b"Tanpa waktu", "x.txt", "", "page"),
    ],
)
def test_the_format_is_recognized_by_the_content_first(
    head: bytes, name: str, content_type: str, expected: str
) -> None:
    assert importers.detect(OpenSource.of_bytes(name, head, content_type)) == expected


def test_an_unknown_format_is_refused_with_the_option_that_names_it() -> None:
    with pytest.raises(UnknownFormat, match="x: the format is unknown; name it: --as wxr, --as blogger"):
        importers.detect(OpenSource.of_bytes("x", b"???"))
    with pytest.raises(UnknownFormat, match=r"there is no format docx; the formats are wxr, blogger, .*, csv, page"):
        list(importers.read(OpenSource.of_bytes("x", LINE), "docx", OPTIONS))
