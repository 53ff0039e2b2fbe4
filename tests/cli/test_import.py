"""`warta import` and `warta export`: what goes in, what is said about it, and that it comes out again."""

import gzip
import json
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from service.articles.dates import utc_now
from tests.support.command import run
from tests.support.server import COMMAND, Done, environment

PAGE = """Berita

Suasana rapat di Balai Kota/Ist

Dinamika

Rapat Kerja Sama Digelar di Balai Kota

KAMIS, 12 FEBRUARI 2026 | 11:43 WIB | LAPORAN: SITI AMINAH

Rapat itu dihadiri banyak orang.

Hasilnya akan diumumkan pekan depan.

Populer

Panen Raya Tiba

Rabu, 11 Februari 2026 | 09:15

UPDATE

Panen Raya Tiba

Rabu, 11 Februari 2026 | 09:15

Jalan Baru Dibuka

Kamis, 12 Februari 2026 | 05:21

Selengkapnya
"""
OTHER_PAGE = """Ekonomi

Panen Raya Tiba

RABU, 11 FEBRUARI 2026 | 09:15 WIB

Inilah isi beritanya.

Populer

Rapat Kerja Sama Digelar di Balai Kota

Kamis, 12 Februari 2026 | 11:43
"""
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://a.example/</link>
<description>D</description><item><title>Dari RSS</title><link>https://a.example/rss</link><guid>rss-1</guid>
<pubDate>Thu, 12 Feb 2026 02:00:00 GMT</pubDate><description>Isi</description></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>x</id>
<updated>2026-02-12T02:00:00Z</updated><entry><title>Dari Atom</title><id>tag:a.example,2026:1</id>
<link href="https://a.example/atom"/><updated>2026-02-12T02:00:00Z</updated></entry></feed>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": "jf-1", "title": "Dari JSON Feed", "content_text": "Isi", "date_published": "2026-02-12"}],
    }
)


def exported(data_dir: Path, **settings: str) -> dict[str, dict[str, Any]]:
    done = run(data_dir, "export", **settings)
    assert (done.code, done.errors) == (0, "")
    return {article["id"]: article for article in map(json.loads, done.output.splitlines())}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_folder_of_every_kind_is_imported_once_and_then_unchanged(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "berita" / "lama"
    folder.mkdir(parents=True)
    (folder.parent / "satu.jsonl").write_text('{"id": "jsonl-1", "title": "Dari JSON Lines"}\n')
    (folder / "dua.jsonl.gz").write_bytes(gzip.compress(b'{"id": "gz-1", "title": "Dari berkas yang dimampatkan"}\n'))
    (folder / "umpan.rss").write_text(RSS)
    (folder / "umpan.atom").write_text(ATOM)
    (folder / "umpan.json").write_text(JSON_FEED)
    (folder / "halaman.txt").write_text(PAGE)
    (folder / ".sembunyi.jsonl").write_text("bukan json")
    arguments = ("import", str(folder.parent), "-", "--category", "Umum")
    stdin = '{"id": "stdin-1", "title": "Dari masukan", "categories": ["Ekonomi"]}\n'
    assert run(data_dir, *arguments, stdin=stdin) == Done(0, "9 added, 0 changed, 0 unchanged, 0 refused\n", "")
    assert run(data_dir, *arguments, stdin=stdin) == Done(0, "0 added, 0 changed, 9 unchanged, 0 refused\n", "")
    articles = exported(data_dir)
    titles = {article["title"]: article.get("categories") for article in articles.values()}
    assert titles == {
        **{f"Dari {source}": ["Umum"] for source in ("JSON Lines", "berkas yang dimampatkan", "RSS", "Atom")},
        "Dari JSON Feed": ["Umum"],
        "Dari masukan": ["Ekonomi"],
        "Rapat Kerja Sama Digelar di Balai Kota": ["Dinamika"],
        "Panen Raya Tiba": ["Umum"],
        "Jalan Baru Dibuka": ["Umum"],
    }


def test_what_cannot_be_read_is_named_with_its_place_and_stops_nothing(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "arsip.jsonl"
    path.write_bytes(
        b'{"id": "1", "title": "Baik"}\n\nbukan json\n{"id": "2", "judul": "x"}\n["3"]\n'
        b'{"id": "4", "title": "\xff"}\n{"id": "5", "title": "Baik juga"}\n'
    )
    done = run(data_dir, "import", str(path), str(tmp_path / "tiada.jsonl"))
    assert (done.code, done.output.splitlines()[0]) == (1, "2 added, 0 changed, 0 unchanged, 5 refused")
    refused = done.errors.splitlines()
    assert [line.partition(":")[2].partition(":")[0].strip() for line in refused[:4]] == [
        f"{path}, line {number}" for number in (3, 4, 5, 6)
    ]
    assert "title: is required" in refused[1]
    assert f"{tmp_path}/tiada.jsonl" in done.errors
    assert exported(data_dir).keys() == {"1", "5"}


def test_a_value_that_cannot_be_used_is_a_warning_with_its_place(data_dir: Path) -> None:
    stdin = '\n{"id": "1", "title": "Baik", "image": {"url": "//x"}, "judul": "x"}\n{"id": "2", "title": "Dua"}\n'
    done = run(data_dir, "import", "-", stdin=stdin)
    assert (done.code, done.output.splitlines()[0]) == (0, "2 added, 0 changed, 0 unchanged, 0 refused, 2 warnings")
    photo, unknown = done.errors.splitlines()
    assert photo.startswith(
        "warning: standard input, line 2: left out image.url: must be an absolute http or https URL"
    )
    assert unknown == "warning: standard input, line 2: left out judul: there is no such field"
    assert exported(data_dir)["1"]["title"] == "Baik"


def test_a_thousand_mistakes_are_counted_and_each_is_told(data_dir: Path) -> None:
    done = run(data_dir, "import", "-", "--as", "jsonl", stdin="rusak\n" * 1000 + '{"id": "1", "title": "Baik"}\n')
    assert (done.code, done.output.splitlines()) == (
        1,
        [
            "1 added, 0 changed, 0 unchanged, 1,000 refused",
            "  refused: 1,000 × not valid JSON: expected value at column …",
        ],
    )
    told = done.errors.splitlines()
    assert len(told) == 1000
    assert told[-1].startswith("refused: standard input, line 1000: not valid JSON")


def test_a_saved_page_is_an_article_and_headlines_that_are_completed_later(data_dir: Path, tmp_path: Path) -> None:
    """A headline never overwrites what is known, in whichever order the pages come."""
    first, second = tmp_path / "satu.txt", tmp_path / "dua.txt"
    first.write_text(PAGE)
    second.write_text(OTHER_PAGE)
    assert run(data_dir, "import", str(first)).output == "3 added, 0 changed, 0 unchanged, 0 refused\n"
    article = exported(data_dir)["20260212-rapat-kerja-sama-digelar-di-balai-kota"]
    assert article.pop("updated_at") == article["published_at"]
    assert article == {
        "id": "20260212-rapat-kerja-sama-digelar-di-balai-kota",
        "title": "Rapat Kerja Sama Digelar di Balai Kota",
        "section": "Berita",
        "categories": ["Dinamika"],
        "authors": [{"name": "Siti Aminah"}],
        "published_at": "2026-02-12T04:43:00Z",
        "content_html": "<p>Rapat itu dihadiri banyak orang.</p><p>Hasilnya akan diumumkan pekan depan.</p>",
        "image": {**article["image"], "caption": "Suasana rapat di Balai Kota", "credit": "Ist"},
        "status": "published",
    }
    headline = exported(data_dir)["20260211-panen-raya-tiba"]
    assert "content_html" not in headline
    assert run(data_dir, "import", str(second)).output == "0 added, 1 changed, 1 unchanged, 0 refused\n"
    completed = exported(data_dir)["20260211-panen-raya-tiba"]
    assert (completed["content_html"], completed["categories"]) == ("<p>Inilah isi beritanya.</p>", ["Ekonomi"])
    assert run(data_dir, "import", str(first)).output == "0 added, 0 changed, 3 unchanged, 0 refused\n"
    assert exported(data_dir)["20260211-panen-raya-tiba"] == completed


def test_an_export_is_an_import_of_the_same_newsroom(data_dir: Path, tmp_path: Path) -> None:
    whole = {
        "id": "1",
        "url": "https://a.example/1",
        "title": "Judul & <i>isi</i>",
        "content_html": "<p>Isi “kutip” 😀</p>",
        "categories": ["Dinamika"],
        "tags": ["日本"],
        "authors": [{"name": "Siti", "url": "https://a.example/siti"}],
        "published_at": "2026-02-12T11:43:00+07:00",
        "expires_at": "2199-01-01T00:00:00Z",
        "image": {"url": "https://a.example/1.webp", "width": 8},
        "enclosures": [{"url": "https://a.example/1.mp3", "type": "audio/mpeg"}],
        "correction": "Ralat.",
    }
    others = [{"id": "2", "title": "Draf", "status": "draft"}, {"id": "3", "title": "Ditarik", "status": "withdrawn"}]
    stdin = "".join(json.dumps(article) + "\n" for article in (whole, *others))
    assert run(data_dir, "import", "-", stdin=stdin).code == 0
    first = run(data_dir, "export").output
    assert len(first.splitlines()) == 3
    other = tmp_path / "lain"
    assert run(other, "import", "-", stdin=first).output == "3 added, 0 changed, 0 unchanged, 0 refused\n"
    assert run(other, "export").output == first
    assert run(data_dir, "import", "-", stdin=first).output == "0 added, 0 changed, 3 unchanged, 0 refused\n"


def test_a_reader_of_the_export_may_stop_reading(data_dir: Path) -> None:
    """`warta export | head -1`."""
    lines = "".join(json.dumps({"id": str(n), "title": "x" * 400}) + "\n" for n in range(2000))
    assert run(data_dir, "import", "-", stdin=lines).code == 0
    with subprocess.Popen(
        [*COMMAND, "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(data_dir), cwd="/"
    ) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["id"] == "0"
        process.stdout.close()
        process.wait(20)
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiada.txt",), "tiada.txt: there is no such file or folder"),
        (("-",), "the format is unknown; name it: --as"),
        (("https://127.0.0.1:1/x",), "127.0.0.1"),
        (("-", "--as", "page"), "not an article page"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_line_and_exit_code_1(
    data_dir: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(data_dir, "import", *arguments, stdin="??? \n")
    assert (done.code, done.output) == (1, "0 added, 0 changed, 0 unchanged, 1 refused\n")
    [line] = done.errors.splitlines()
    assert line.startswith("refused: ")
    assert said in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_an_export_onto_a_full_disk_says_so(data_dir: Path) -> None:
    assert run(data_dir, "import", "-", stdin=b'{"id": "1", "title": "Satu"}\n').code == 0
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "export"],
            env=environment(data_dir),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "warta: No space left on device\n")


TEXT = "<p>Para petani mulai memanen padi sejak Kamis pagi, dan hasilnya lebih baik dari tahun lalu.</p>"
UNDATED = f"<html><meta property=og:type content=article><h1>Panen raya</h1>{TEXT * 3}"
MIXED = (
    f"<html><h1>Panen raya</h1><time datetime=2026-03-06T10:00+07:00></time><article>{TEXT}</article>"
    + "<div class=b><h4>Pengumuman</h4>Barang siapa kehilangan sepeda dapat mengambilnya</div>" * 12
)


def test_an_undated_page_gets_the_date_of_the_file_or_of_the_import(data_dir: Path, tmp_path: Path) -> None:
    page = tmp_path / "panen.html"
    page.write_text(UNDATED)
    os.utime(page, (1_772_766_000, 1_772_766_000))
    refused = run(data_dir, "import", str(page))
    assert (refused.code, "--date-from mtime takes the file's" in refused.errors) == (1, True)
    assert run(data_dir, "import", str(page), "--date-from", "mtime").code == 0
    assert json.loads(run(data_dir, "export").output)["published_at"] == "2026-03-06T03:00:00Z"
    before = utc_now()
    assert run(data_dir, "import", "-", "--date-from", "now", "--replace", stdin=UNDATED).code == 0
    dates = [
        datetime.fromisoformat(json.loads(line)["published_at"]) for line in run(data_dir, "export").output.splitlines()
    ]
    assert max(dates) >= before.replace(microsecond=0)
    wrong = run(data_dir, "import", "-", "--date-from", "mtime", stdin=UNDATED)
    assert (wrong.code, "only a file has a time of its last change" in wrong.errors) == (1, True)


def test_a_strict_import_refuses_a_page_whose_body_may_lack_a_part(data_dir: Path, tmp_path: Path) -> None:
    page = tmp_path / "panen.html"
    page.write_text(MIXED)
    strict = run(data_dir, "import", str(page), "--strict")
    assert (strict.code, "of the page's text; compare it with the page" in strict.errors) == (1, True)
    assert run(data_dir, "export").output == ""
    assert run(data_dir, "import", str(page)).code == 0
