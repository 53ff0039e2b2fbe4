"""Reads pictures of the newsroom. Their bytes, pixels and formats are limited: a small file may hold a huge picture."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from service.core.errors import SettingsError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_BYTES = 4 * 2**20  # bytes of a file
MAX_PIXELS = 4096 * 4096  # pixels of a picture; as RGBA they take 64 MB
KEPT_PIXELS = 1024  # width and height to which a picture is reduced, since no icon is larger


class PictureUnusable(Exception):
    """The bytes are no picture of FORMATS, or the picture is too large. The message says why."""


def read_picture(data: bytes) -> Image.Image:
    """The picture in RGBA, turned upright, with at most KEPT_PIXELS on each side. Raises PictureUnusable.

    Of an animation it is the first frame.
    """
    if len(data) > MAX_BYTES:
        raise PictureUnusable(f"the file has more than {MAX_BYTES:,} bytes")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:  # reads the header alone
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise PictureUnusable(f"{width} x {height} pixels are too many; {MAX_PIXELS:,} are the limit")
            picture = (ImageOps.exif_transpose(opened) or opened).convert("RGBA")
    except PictureUnusable:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, which is higher
        raise PictureUnusable("it has too many pixels") from error
    except Exception as error:  # decoders fail in many ways
        raise PictureUnusable(f"it is no readable {', '.join(FORMATS)} picture") from error
    picture.thumbnail((KEPT_PIXELS, KEPT_PIXELS), Image.Resampling.LANCZOS)
    return picture


def read_picture_file(path: str, setting: str) -> Image.Image:
    """The picture in the file that the setting names. Raises SettingsError."""
    try:
        with Path(path).open("rb") as file:
            return read_picture(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise SettingsError(f"{setting}: {path} cannot be read: {error.strerror}") from None
    except PictureUnusable as error:
        raise SettingsError(f"{setting}: {path}: {error}") from None
