"""The sample pictures are whole PNG files, decoded here by hand."""

import struct
import zlib
from random import Random

import pytest

from service.sample import photos
from service.sample.photos.canvas import HEIGHT, WIDTH
from service.sample.photos.picture import Mood, Picture, moods
from service.sample.photos.scenes import SCENES
from service.sample.photos.sky import draw_sky

NAMES = [f"demo-budaya-{number:04}" for number in range(1, 25)]


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG file by type, in order, each with a checksum that fits."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, position = {}, 8
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        data = png[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, position + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        found[kind] = data
        position += 12 + length
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_a_valid_palette_png(name: str) -> None:
    png = photos.draw(name)
    parts = chunks(png)
    assert list(parts) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height = photos.SIZE
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)

    rows = zlib.decompress(parts[b"IDAT"])
    assert len(rows) == height * (1 + width)
    assert set(rows[:: 1 + width]) == {0}, "every scanline is unfiltered"
    colours, rest = divmod(len(parts[b"PLTE"]), 3)
    assert rest == 0
    assert max(rows) < colours <= 256
    assert len(set(rows)) > 60, "a picture, not a blank"
    assert len(png) < 33_000


def test_the_name_decides_the_picture() -> None:
    assert photos.draw(NAMES[0]) == photos.draw(NAMES[0])
    assert len({photos.draw(name) for name in NAMES[:8]}) == 8


@pytest.mark.parametrize("mood", moods(), ids=lambda mood: mood.name)
def test_every_scene_is_drawn_under_every_sky(mood: Mood) -> None:
    """Also those that the names above happen not to reach."""
    for scene in SCENES:
        picture = Picture(Random("sample"), mood)  # noqa: S311 - a drawing
        draw_sky(picture)
        scene(picture)
        assert len(picture.canvas.colours) <= 256
        assert len(picture.canvas.pixels) == WIDTH * HEIGHT
