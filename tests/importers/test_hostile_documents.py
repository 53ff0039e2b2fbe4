"""Hostile documents of every format: a clear line or the articles; soon, in little memory, without a request."""

import gzip
import json
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS, MEGABYTES = 20, 300
MANY = 100_000
IMPORTING = """
import json, re, resource, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
from service import importers

for name in sys.argv[1:]:
    started, items, refused = time.monotonic(), 0, ""
    [source] = importers.find(name)
    try:
        with source.open() as opened:
            for item in importers.read(opened, None, importers.ReadOptions(ZoneInfo("Asia/Jakarta"))):
                items += isinstance(item, importers.FoundArticle)
                refused = getattr(item, "reason", refused)
                assert "sandi" not in str(item)
    except (importers.SourceUnreadable, importers.UnknownFormat) as error:
        refused = str(error)
    own = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]  # ru_maxrss is inherited
    peak = [int(own) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024]
    print(json.dumps([items, refused, time.monotonic() - started, peak]))
"""
ENTITIES = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(9))
DOCTYPE = f"<?xml version='1.0'?><!DOCTYPE rss SYSTEM 'URL/x.dtd' [<!ENTITY e0 'haha'>{ENTITIES}"
DOCTYPE += "<!ENTITY file SYSTEM 'file://SECRET'><!ENTITY web SYSTEM 'URL/x'>]>"
WXR = "<rss xmlns:wp='http://wordpress.org/export/1.2/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
POST = "<item><title>A {}</title><guid>g</guid><wp:post_type>post</wp:post_type>{}</item>"
PAGE = "<html><article><h1>Judul</h1><time datetime='2026-03-06'></time>"
COMMENT = "<wp:comment><wp:comment_content>Mantap</wp:comment_content></wp:comment>"
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(MANY))
FEED = {"version": "https://jsonfeed.org/version/1.1", "title": "x"}
MARKS = "\u0301\u0323" * MANY  # to normalize, they are sorted by swapping neighbours
HOST = f"https://e{MARKS}.example/"
NOISE = random.Random(3).randbytes(300_000)  # noqa: S311 - a test that repeats itself


def documents() -> dict[str, tuple[str | bytes, int, str]]:
    """By name: the document, how many articles it gives, and what the refusal says."""
    return {
        "entities.rss": (DOCTYPE + "<rss><channel><item><title>A &file; &web;</title></item></channel></rss>", 1, ""),
        "entities.wxr": (
            DOCTYPE + WXR + POST.format("&file; &web;", "") + POST.format("&e9;", ""),
            2,
            "the file ends",
        ),
        "attributes.wxr": (f"{WXR}{POST.format('', '')}<item {ATTRIBUTES}/></channel></rss>", 1, ""),
        "attributes.html": (f"{PAGE}<p {ATTRIBUTES}>Isi", 1, ""),
        "deep.wxr": (WXR + POST.format("", "") + POST.format("", "<a>" * MANY), 2, "the file ends"),
        "deep.html": (PAGE + "<div>" * MANY + "<p>Isi", 1, ""),
        "deep.json": ('{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * MANY, 0, "nested too deep"),
        "ld.html": (f"{PAGE}<script type='application/ld+json'>{'[' * MANY}</script>", 1, ""),
        "text.wxr": (
            WXR + POST.format("", "") + POST.format("", f"<content:encoded>{'x' * 11_000_000}"),
            1,
            "the file ends",
        ),
        "text.html": (f"{PAGE}<p>{'x' * 9_000_000}", 0, "longer than 2 MB"),
        "large.html": (PAGE + "<p>Isi</p>" * 1_100_000, 0, "larger than 10 MB"),
        "objects.json": ("[" + "{}," * 6_000_000 + "{}]", 0, "more than 256 MB of memory"),
        "hosts.json": (
            json.dumps(
                FEED | {"items": [{"title": "A", "url": HOST, "image": HOST, "authors": [{"name": "x", "url": HOST}]}]}
            ),
            1,
            "",
        ),
        "hosts.html": (
            f"{PAGE}<link rel=canonical href='{HOST}'><meta property=og:url content='{HOST}'><base href='{HOST}'>",
            1,
            "",
        ),
        "base.html": (f"{PAGE}<base href='http://[x'><link rel=canonical href='http://[y'><p>Isi", 1, ""),
        "base.wxr": (
            WXR + POST.format("", "<link>http://[x</link><wp:post_id>1</wp:post_id>").replace("<guid>g</guid>", ""),
            1,
            "the file ends",
        ),
        "dates.html": (PAGE + f"<meta name=date content='{'1/' * 48}'>" * 20_000, 1, ""),
        "authors.rss": (
            f"<rss><channel><item><title>A</title><author>a{' ' * 1_000_000}x&lt;</author></item></channel></rss>",
            1,
            "",
        ),
        "headline.txt": (f"e{MARKS}\n6 Maret 2026 | 10:00\nIsi", 1, ""),
        "nested.json": (f'[{{"id": {"[" * 300}{"]" * 300}}}, {{"id": "2"}}]', 1, "nested too deep"),
        "number.json": (f"[{'9' * 1_000_000}]", 0, "Exceeds the limit"),
        "comments.wxr": (WXR + POST.format("", COMMENT * 200_000) + "</channel></rss>", 1, ""),
        "bomb.rss.gz": (
            gzip.compress(b"<rss>" + b" " * 200 * 2**20),
            0,
            "larger than 20 MB|it grows more than 200 times",
        ),
        "bomb.jsonl.gz": (
            gzip.compress(b"[" + b" " * 200 * 2**20),
            0,
            "larger than 20 MB|it grows more than 200 times",
        ),
        "noise.rss": (NOISE, 0, "not an RSS or Atom feed"),
        "noise.wxr": (NOISE, 0, "not a WordPress export"),
        "noise.bin": (NOISE, 0, "the format is unknown"),
        "archive.xml": (b"PK\x03\x04" + NOISE, 0, "a zip archive"),
        "slashes.txt": ("Judul\n" + "/" * 1_000_000, 0, "not an article page"),
        "years.txt": (
            "Judul\n6 Maret 2026 | 10:00\nPopuler\nx\n6 Maret 2026 | 10:00\n" + "2021\n" * 200_000,
            2,
            "no time below",
        ),
    }


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_hostile_documents_do_no_harm(tmp_path: Path, listener: socket.socket) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("sandi")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    expected = {}
    for name, (document, articles, reason) in documents().items():
        expected[name] = articles, reason
        text = (
            document
            if isinstance(document, bytes)
            else document.replace("URL", url).replace("SECRET", str(secret)).encode()
        )
        (tmp_path / name).write_bytes(text)
    command = [sys.executable, "-c", IMPORTING, *(str(tmp_path / name) for name in expected)]
    answers = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    for (name, (articles, reason)), answer in zip(expected.items(), answers, strict=True):
        items, refused, seconds, peak = json.loads(answer)
        assert items == articles, (name, refused)
        assert bool(refused) == bool(reason), (name, refused)
        assert seconds < SECONDS, name
        assert max(peak) < MEGABYTES, (name, peak)
        assert any(part in refused for part in reason.split("|")), (name, refused)
    listener.settimeout(0)
    with listener, pytest.raises(BlockingIOError):
        listener.accept()
