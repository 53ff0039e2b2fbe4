"""Media types: told from a URL without the host's table, and by their registered names."""

import mimetypes

import pytest

from service.articles.media_types import FILE_TYPE, PHOTO_TYPE, file_type, photo_type, registered

FILES = {
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/opus",
    "flac": "audio/flac",
    "m4v": "video/mp4",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "ts": "video/mp2t",
    "MP3": "audio/mpeg",
    "epub": "application/epub+zip",
    "pdf": "application/pdf",
    "vtt": "text/vtt",
}
PHOTOS = {"avif": "image/avif", "jxl": "image/jxl", "webp": "image/webp", "HEIC": "image/heic", "JPG": "image/jpeg"}


@pytest.mark.parametrize(("extension", "expected"), [*FILES.items(), *PHOTOS.items()])
def test_the_extension_of_a_file_tells_its_type(extension: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mimetypes, "knownfiles", [])  # no list of the host's
    assert file_type(f"https://news.example/a.b/berkas.{extension}?v=1.txt#x") == expected


@pytest.mark.parametrize(
    "url", ["https://news.mp3", "https://news.example/a.mp3/berkas", "https://news.example/?f=a.mp3", "x.mp3", ""]
)
def test_only_the_name_of_the_file_has_an_extension(url: str) -> None:
    assert file_type(url) == FILE_TYPE


def test_a_photo_has_an_image_type() -> None:
    assert [photo_type(f"https://news.example/foto.{extension}") for extension in PHOTOS] == list(PHOTOS.values())
    assert photo_type("https://news.example/a.mp3") == photo_type("https://news.example/foto") == PHOTO_TYPE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("image/jpg", "image/jpeg"),
        (" Image/JPG ; charset=binary", "image/jpeg"),
        ('video/mp4; codecs="avc1.42E01E, mp4a.40.2"', "video/mp4"),
        ("audio/MP3", "audio/mpeg"),
        ("suara", "suara"),
    ],
)
def test_a_type_has_its_registered_name(written: str, expected: str) -> None:
    assert registered(written) == expected
