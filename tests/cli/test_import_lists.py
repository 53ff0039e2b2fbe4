"""`warta import` of URLs: WordPress's REST interface page by page, and the pages of a sitemap."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from service.cli.imports import command
from service.core.errors import StoreUnavailable
from service.storage import MAX_IMPORTED_PER_TRANSACTION, ArticleStore
from service.storage.portion_size import FIRST_ARTICLES
from tests.support.command import run
from tests.support.http_server import LocalServer, QuietHandler

PAGE = """<!DOCTYPE html><html><head><meta property="og:type" content="article"><title>Berita {n}</title>
<meta property="og:title" content="Berita {n}"><meta property="article:published_time" content="2021-09-10T04:43:00Z">
<meta property="article:section" content="Kota"><link rel="canonical" href="{site}/berita-{n}/"></head>
<body><article><h1>Berita {n}</h1>
<p>Wali kota membuka pasar baru nomor {n} di tepi sungai pagi ini.</p></article></body>"""


class Site(LocalServer):
    """A WordPress with three posts. Its robots.txt forbids the page of the third one."""

    def __init__(self) -> None:
        super().__init__(Requests)
        self.requests: list[str] = []

    def post(self, n: int) -> dict[str, object]:
        return {
            "id": n,
            "date_gmt": "2021-09-10T04:43:00",
            "guid": {"rendered": f"{self.url}/?p={n}"},
            "link": f"{self.url}/berita-{n}/",
            "title": {"rendered": f"Berita {n}"},
            "content": {"rendered": f"<p>Isi {n}.</p>"},
            "excerpt": {"rendered": f"<p>Isi {n}.</p>"},
        }


class Requests(QuietHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        site, headers, status = self.server.url, dict[str, str](), 200
        page = 2 if "page=2" in self.path else 1
        if self.path.startswith("/wp-json/wp/v2/posts"):
            body = json.dumps([self.server.post(3)] if page == 2 else [self.server.post(1), self.server.post(2)])
            headers["Link"] = "" if page == 2 else f'<{site}/wp-json/wp/v2/posts?page=2>; rel="next"'
        elif self.path == "/robots.txt":
            body = "User-agent: *\nDisallow: /berita-3\nDisallow: /panjang-4/2\n"
        elif self.path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{site}/berita-{n}/</loc></url>" for n in (1, 2, 3, 9))
            body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        elif self.path in ("/berita-1/", "/berita-2/"):
            body = PAGE.format(n=self.path[8], site=site)
        elif self.path == "/panjang-4/":
            body = PAGE.format(n=4, site=site).replace("berita-4", "panjang-4") + "<a href=/panjang-4/2>2</a>"
        else:
            status, body = 404, ""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        yield server


def test_rest_and_sitemap_give_the_same_articles(site: Site, tmp_path: Path) -> None:
    allow = {"WARTA_OUTGOING_ALLOW": "127.0.0.0/8"}
    done = run(tmp_path, "import", f"{site.url}/sitemap.xml", **allow)
    assert done.output.splitlines()[0] == "2 added, 0 changed, 0 unchanged, 2 refused"
    assert f"{site.url}/berita-3/: the robots.txt of the site forbids it" in done.errors
    assert f"{site.url}/berita-9/: the server answered 404" in done.errors
    assert "/berita-3/" not in site.requests
    done = run(tmp_path, "import", f"{site.url}/wp-json/", **allow)
    assert (done.code, done.output) == (0, "1 added, 2 changed, 0 unchanged, 0 refused\n")
    articles = [json.loads(line) for line in run(tmp_path, "export").output.splitlines()]
    assert [(article["content_html"], article.get("categories")) for article in articles] == [
        ("<p>Isi 1.</p>", ["Kota"]),
        ("<p>Isi 2.</p>", ["Kota"]),
        ("<p>Isi 3.</p>", None),
    ]
    site.requests.clear()
    done = run(tmp_path, "import", f"{site.url}/sitemap.xml", **allow)
    assert done.output.splitlines()[0] == "0 added, 0 changed, 0 unchanged, 1 refused, 3 skipped"
    assert site.requests == ["/sitemap.xml", "/robots.txt", "/berita-9/"]


def test_robots_txt_counts_for_other_pages_of_a_named_article_and_not_for_the_named_one(
    site: Site, tmp_path: Path
) -> None:
    done = run(tmp_path, "import", f"{site.url}/panjang-4/", WARTA_OUTGOING_ALLOW="127.0.0.0/8")
    assert done.output.splitlines()[0] == "1 added, 0 changed, 0 unchanged, 0 refused, 1 warnings"
    assert (
        f"{site.url}/panjang-4/2, a page of the article, is missing: the robots.txt of the site forbids" in done.errors
    )
    assert site.requests == ["/panjang-4/", "/robots.txt"]


@pytest.mark.parametrize("url", ["http://[", "https://kabar.example:99999/"])
def test_a_broken_url_is_refused_with_a_reason(url: str, tmp_path: Path) -> None:
    done = run(tmp_path, "import", url)
    assert done.code == 1
    assert "refused: " in done.errors
    assert "Traceback" not in done.errors


def test_a_dry_run_shows_a_table_and_stores_nothing(tmp_path: Path) -> None:
    stdin = '{"id": "1", "title": "Satu", "published_at": "2021-09-10T04:43:00Z", "language": "??"}\n{"id": "2"}\n'
    done = run(tmp_path, "import", "-", "--dry-run", stdin=stdin)
    head, refused, added, summary, *_ = done.output.splitlines()
    assert head.split() == ["OUTCOME", "PUBLISHED", "(UTC)", "TITLE", "REASON"]
    assert refused.split(maxsplit=1)[0] == "refuse"
    assert "title: is required" in refused
    assert added.split()[:4] == ["add", "2021-09-10", "04:43", "Satu"]
    assert "language" in added
    assert summary.startswith("dry run: nothing is stored; an import would have: 1 added")
    assert run(tmp_path, "export").output == ""


def test_a_report_has_a_line_for_each_item(tmp_path: Path) -> None:
    report = tmp_path / "laporan.jsonl"
    run(tmp_path, "import", "-", "--report", str(report), stdin='{"id": "1", "title": "Satu"}\n{"id": "2"}\n')
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(line["where"], line["outcome"]) for line in lines] == [("line 2", "refused"), ("line 1", "added")]
    assert lines[0]["reason"] == "title: is required"


def test_an_interrupted_import_says_so_and_goes_on_later(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": str(n), "title": "x"}) + "\n" for n in range(600))
    real, calls = command._store, 0

    def store(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        real(*arguments)  # type: ignore[arg-type]

    with patch.object(command, "_store", store):
        done = run(tmp_path, "import", "-", stdin=lines)
    first = MAX_IMPORTED_PER_TRANSACTION
    assert (done.code, done.output) == (130, f"{first} added, 0 changed, 0 unchanged, 0 refused\n")
    assert "interrupted; the counted items are stored. Run the same command again to continue." in done.errors
    again = run(tmp_path, "import", "-", stdin=lines)
    assert again.output == f"{600 - first} added, 0 changed, {first} unchanged, 0 refused\n"


def test_an_outage_within_a_chunk_counts_no_article_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call that failed is repeated. The transactions before it are not: their articles would be unchanged."""
    real, calls = ArticleStore.put_imported, 0

    def put_imported(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreUnavailable("the store does not answer")
        return real(*arguments, **named)

    monkeypatch.setattr(ArticleStore, "put_imported", put_imported)
    monkeypatch.setattr(command, "STORE_PAUSE_SECONDS", 0.0)
    lines = "".join(json.dumps({"id": str(n), "title": "x"}) + "\n" for n in range(2 * FIRST_ARTICLES))
    done = run(tmp_path, "import", "-", stdin=lines)
    assert done.output == f"{2 * FIRST_ARTICLES} added, 0 changed, 0 unchanged, 0 refused\n"
    assert calls == 3


def test_an_interrupted_dry_run_does_not_say_that_anything_is_stored(tmp_path: Path) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with patch.object(command, "_store", interrupt):
        done = run(tmp_path, "import", "-", "--dry-run", stdin='{"id": "1", "title": "x"}\n')
    assert (done.code, "interrupted.\n" in done.errors) == (130, True)
    assert done.output.splitlines()[-1].startswith("dry run: nothing is stored; an import would have: 0 added")


def test_an_unknown_field_of_a_column_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "import", "-", "--column", "judul=Title")
    assert done.code == 2
    assert "there is no field 'judul'; the fields are id, url, title" in done.errors
