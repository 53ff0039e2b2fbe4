"""The icons and the picture of shared pages: made of a file, of the logo at a URL, or drawn."""

import logging
import random
import zlib
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from struct import pack

import pytest
from flask.testing import FlaskClient
from PIL import Image

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import SettingsError
from service.core.settings.model import Settings
from service.web.icons.drawing import CARD_SIZE, Look, card, initials
from service.web.icons.pictures import MAX_BYTES, PictureUnusable, read_picture
from tests.support.scripted import Script, Scripted

RED, BLUE = (200, 20, 20, 255), (20, 20, 200, 255)


def site(settings: Settings, **values: object) -> FlaskClient:
    ours = settings.model_copy(update={"site": settings.site.model_copy(update=values)})
    return create_app(ours, Services.build(ours)).test_client()


def picture(client: FlaskClient, path: str) -> Image.Image:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Image.open(BytesIO(answer.data))


def file_of(size: tuple[int, int], colour: tuple[int, ...], form: str = "PNG") -> bytes:
    file = BytesIO()
    Image.new("RGBA", size, colour).save(file, form)
    return file.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of some kilobytes that says it has `side` x `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def test_without_a_logo_warta_draws_every_icon_that_the_pages_name(settings: Settings) -> None:
    client = site(settings)
    manifest = client.get("/manifest.webmanifest")
    assert manifest.content_type == "application/manifest+json"
    for icon in manifest.get_json()["icons"]:
        drawn = picture(client, icon["src"].removeprefix(settings.base_url))
        assert icon["sizes"] == "{}x{}".format(*drawn.size)
    assert {icon["purpose"] for icon in manifest.get_json()["icons"]} == {"any", "maskable"}
    touch = picture(client, "/apple-touch-icon.png").convert("RGBA")
    assert touch.size == (180, 180)
    assert touch.getchannel("A").getextrema() == (255, 255)  # iOS makes transparent pixels black
    favicon = picture(client, "/favicon.ico")
    assert favicon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    shared = client.get("/icons/card.png")
    assert picture(client, "/icons/card.png").size == CARD_SIZE
    assert len(shared.data) < 300_000
    assert client.get("/icons/7.png").status_code == 404
    again = client.get("/favicon.ico", headers={"If-None-Match": client.get("/favicon.ico").headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_icons_are_made_of_the_file_in_the_settings(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "logo.webp"
    path.write_bytes(file_of((400, 300), RED, "WEBP"))
    icon = picture(site(settings, icon=str(path)), "/icons/192.png").convert("RGBA")
    assert icon.getpixel((96, 96))[:3] == pytest.approx(RED[:3], abs=8)  # type: ignore[index]
    assert icon.getpixel((96, 2)) == (0, 0, 0, 0)  # a picture that is no square keeps its proportions
    path.write_bytes(file_of((900, 100), RED))  # nobody could recognize it in 32 pixels
    letters = picture(site(settings, icon=str(path), accent_color="1414c8"), "/icons/192.png").convert("RGBA")
    assert letters.getpixel((96, 10)) == BLUE


def test_a_file_that_is_no_usable_picture_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.icon: .*tiada\.png cannot be read: No such file"):
        site(settings, icon=str(tmp_path / "tiada.png"))
    path = tmp_path / "logo.png"
    for content in (b"<svg/>", b"", bomb(60_000), file_of((9, 9), RED)[:60], file_of((9, 9), RED, "TIFF")):
        path.write_bytes(content)
        with pytest.raises(SettingsError, match=r"site\.icon: .*logo\.png"):
            site(settings, icon=str(path))


def test_icons_are_made_of_the_logo_which_is_fetched_once(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    loopback = settings.model_copy(update={"outgoing_allow": (ip_network("127.0.0.0/8"),)})
    with Scripted() as origin:
        client = site(loopback, logo=f"{origin.address}/logo.png")
        origin.script = Script(status=503)
        with caplog.at_level(logging.WARNING):
            answer = client.get("/icons/192.png")
            client.get("/icons/192.png")
        assert answer.headers["Cache-Control"] == "max-age=60"  # letters, for the time being
        assert caplog.text.count("site.logo: no icons are made of") == len(origin.asked) == 1
        origin.script = Script(body=file_of((600, 600), BLUE))
        client = site(loopback, logo=f"{origin.address}/logo.png")
        assert picture(client, "/icons/192.png").convert("RGBA").getpixel((5, 5)) == BLUE
        assert picture(client, "/apple-touch-icon.png").convert("RGBA").getpixel((90, 90)) == BLUE
        assert len(origin.asked) == 2
        assert client.get("/icons/192.png").headers["Cache-Control"].startswith("max-age=86400")


def test_a_logo_in_a_private_network_is_not_fetched(settings: Settings) -> None:
    with Scripted() as origin:
        assert picture(site(settings, logo=f"{origin.address}/logo.png"), "/favicon.ico")
        assert origin.asked == []


def test_a_picture_is_bounded_in_bytes_and_pixels() -> None:
    with pytest.raises(PictureUnusable, match="6000 x 6000 pixels are too many"):
        read_picture(bomb(6_000))
    with pytest.raises(PictureUnusable, match="too many pixels"):
        read_picture(bomb(60_000))
    with pytest.raises(PictureUnusable, match="more than 4,194,304 bytes"):
        read_picture(bytes(MAX_BYTES + 1))
    assert max(read_picture(file_of((3000, 500), RED)).size) == 1024
    whole = file_of((40, 40), RED)
    rng = random.Random(5)  # noqa: S311 - a sample
    for _ in range(200):  # a broken file is refused or read, and fails in no other way
        broken = bytearray(whole)
        broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            read_picture(bytes(broken))
        except PictureUnusable as error:
            assert "picture" in str(error) or "pixels" in str(error)


def test_a_title_that_the_font_cannot_draw_gets_a_symbol() -> None:
    assert [initials(title) for title in ("Warta", "harian Kota Baru", "新聞", "العربية", "«Ya»", "12 Menit")] == [
        *("W", "HK", "", "", "", "1M"),
    ]
    card(None, Look("新聞", "新聞", "#1414c8"))
    card(None, Look("W" * 400, "a " * 400, "#1414c8"))  # neither too long nor without a space does it fail
