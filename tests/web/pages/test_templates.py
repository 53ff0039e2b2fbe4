"""The newsroom's own templates, colour, style sheet and links."""

import logging
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import SettingsError
from service.core.settings.model import Settings
from service.core.settings.pages import PageSettings
from service.web.pages.colours import AA_CONTRAST, contrast, readable
from service.web.pages.templates import PAPERS
from tests.support.articles import submission
from tests.support.build import Build, SiteClient

FRAGILE = '{% extends "warta/feed.html" %}{% block content %}{{ 1 / (entries|length - entries|length) }}{% endblock %}'


@pytest.fixture
def site(build: Build) -> SiteClient:
    """Makes a client of a newsroom with other settings of pages."""

    def made(settings: Settings, **pages: object) -> FlaskClient:
        ours = settings.model_copy(update={"pages": PageSettings.model_validate(pages)})
        return create_app(ours, build(ours)).test_client()

    return made


def page(client: FlaskClient, path: str) -> str:
    return client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)


def test_a_template_of_the_newsroom_extends_or_replaces_ours(
    settings: Settings, site: SiteClient, services: Services, tmp_path: Path
) -> None:
    services.publisher.put([submission("satu", title="Judul & lain")])
    before = page(site(settings), "/articles/satu")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "article.html").write_text(
        '{% extends "warta/article.html" %}{% block article_head %}{{ super() }}<p>Milik kami: {{ article.title }}</p>'
        "{% endblock %}"
    )
    (folder / "box.html").write_text("<p>Kotak kami</p>")
    after = page(site(settings, templates=str(folder)), "/articles/satu")
    assert "<p>Milik kami: Judul &amp; lain</p>" in after
    assert "<p>Kotak kami</p>" in after
    assert "<p>Kotak kami</p>" not in before
    (folder / "box.html").write_text("<p>Kotak lain</p>")  # a restart shows it, though Redis has the page from before
    assert "<p>Kotak lain</p>" in page(site(settings, templates=str(folder)), "/articles/satu")


def test_a_template_that_cannot_be_read_stops_the_start(settings: Settings, site: SiteClient, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pages\.templates: there is no folder"):
        site(settings, templates=str(tmp_path / "tiada"))
    (tmp_path / "feed.html").write_text("\n{% if %}")
    with pytest.raises(SettingsError, match=r"pages\.templates: .*feed\.html, line 2: "):
        site(settings, templates=str(tmp_path))
    (tmp_path / "feed.html").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"feed\.html cannot be read"):
        site(settings, templates=str(tmp_path))


def test_a_template_that_fails_is_replaced_by_ours(
    settings: Settings,
    site: SiteClient,
    services: Services,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    services.publisher.put([submission("satu")])
    (tmp_path / "feed.html").write_text(FRAGILE)
    with caplog.at_level(logging.ERROR):
        assert "Minggu, 22 Februari 2026 | 09:00 WIB" in page(site(settings, templates=str(tmp_path)), "/latest")
    assert "pages.templates: feed.html failed" in caplog.text


def test_style_sheet_links_and_logo_are_shown_and_allowed(
    settings: Settings, site: SiteClient, services: Services
) -> None:
    sheet = "https://www.example.com/feeds.css"
    ours = settings.model_copy(
        update={"site": settings.site.model_copy(update={"logo": "https://x.example/l.png", "accent_color": "ffee00"})}
    )
    client = site(ours, stylesheet=sheet, links={"Tentang <kami>": "https://www.example.com/tentang"})
    answer = client.get("/")
    html = answer.get_data(as_text=True)
    assert f'<link rel="stylesheet" href="{sheet}">' in html
    assert f" {sheet};" in answer.headers["Content-Security-Policy"]
    assert '<a href="https://www.example.com/tentang">Tentang &lt;kami&gt;</a>' in html
    assert '<img src="https://x.example/l.png" alt="" height="40">' in html
    assert f"--brand:{readable('ffee00', PAPERS['light'])}" in html


@pytest.mark.parametrize("mode", PAPERS)
@pytest.mark.parametrize("colour", ["000000", "ffffff", "ffee00", "0b5394", "a8321e", "7f7f7f", "00ff00"])
def test_a_colour_can_be_read_on_both_backgrounds(colour: str, mode: str) -> None:
    assert contrast(readable(colour, PAPERS[mode]), PAPERS[mode]) >= AA_CONTRAST
    if contrast(colour, PAPERS[mode]) >= AA_CONTRAST:
        assert readable(colour, PAPERS[mode]) == f"#{colour}"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)
