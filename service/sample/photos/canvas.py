"""A picture as columns of palette indexes, and as a PNG file.

A picture is an 8-bit palette PNG. It is drawn column by column, because a landscape is a stack of layers, and each
column consists of a few runs of equal bytes. The rows of the PNG are then strided slices of the pixels.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise

SIZE = WIDTH, HEIGHT = 1200, 675  # pixels

RGB = tuple[int, int, int]
Ridge = list[float]  # the height of an outline for each column, in pixels from the top


def blend(one: RGB, other: RGB, share: float) -> RGB:
    """Mix two colours. `share` is the part of `other`, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def stretch(shades: bytes, height: int) -> bytes:
    """Spread the shades evenly, in their order, over `height` pixels."""
    return bytes(shades[y * len(shades) // height] for y in range(height))


def trace(outline: Callable[[int], float], width: int) -> Ridge:
    """The height of the outline for each column. For speed, only every fourth is computed; the others are linear."""
    points = map(outline, range(0, width + 4, 4))
    return [one + (other - one) * step for one, other in pairwise(points) for step in (0, 0.25, 0.5, 0.75)]


class Canvas:
    """Palette indexes by column: the pixel at (x, y) is `pixels[x * HEIGHT + y]`. Drawing is clipped to the picture."""

    def __init__(self) -> None:
        self.colours: list[RGB] = []
        self.pixels = bytearray(WIDTH * HEIGHT)

    def ramp(self, stops: Sequence[RGB], steps: int) -> bytes:
        """Add `steps` colours to the palette, in an even gradient through the stops. Returns their indexes."""
        first = len(self.colours)
        for step in range(steps):
            leg, share = divmod(step * (len(stops) - 1) / max(1, steps - 1), 1)
            start = min(int(leg), len(stops) - 2)
            self.colours.append(blend(stops[start], stops[start + 1], share if leg == start else 1.0))
        return bytes(range(first, len(self.colours)))

    def ink(self, colour: RGB) -> bytes:
        """Add one colour to the palette. Returns its index."""
        self.colours.append(colour)
        return bytes((len(self.colours) - 1,))

    def below(self, ridge: Ridge, column: bytes, edge: bytes) -> None:
        """Fill the area below the outline with `column`. The shades of `edge`, light to full, smooth the outline."""
        pixels, base = self.pixels, 0
        for height in ridge:
            top = int(height)
            pixels[base + top : base + HEIGHT] = column[top:]
            pixels[base + top] = edge[int((top + 1 - height) * 2.99)]
            base += HEIGHT

    def drape(self, ridge: Ridge, column: bytes) -> None:
        """Draw a copy of `column` downwards from each point of the outline. It is cut at the bottom of the picture."""
        pixels, base = self.pixels, 0
        for height in ridge:
            top = int(height)
            if top < HEIGHT:
                piece = column[: HEIGHT - top]
                pixels[base + top : base + top + len(piece)] = piece
            base += HEIGHT

    def span(self, x: int, top: float, bottom: float, ink: bytes) -> None:
        """Draw a vertical line, one pixel wide."""
        if 0 <= x < WIDTH:
            first, last = max(0, int(top)), min(HEIGHT, max(int(top) + 1, int(bottom)))
            self.pixels[x * HEIGHT + first : x * HEIGHT + last] = ink * (last - first)

    def stripe(self, x: int, width: int, column: bytes | bytearray) -> None:
        """Set `width` whole columns to `column`."""
        first, last = max(0, x), min(WIDTH, x + width)
        if first < last:
            self.pixels[first * HEIGHT : last * HEIGHT] = column * (last - first)

    def dash(self, x: int, y: int, width: int, ink: bytes) -> None:
        """Draw a horizontal line, one pixel high."""
        first, last = max(0, x), min(WIDTH, x + width)
        if first < last and 0 <= y < HEIGHT:
            self.pixels[first * HEIGHT + y : last * HEIGHT : HEIGHT] = ink * (last - first)

    def tint(self, x: int, y: int, width: int, table: bytes) -> None:
        """Recolour a horizontal line by a translation table of palette indexes."""
        first, last = max(0, x), min(WIDTH, x + width)
        if first < last:
            line = slice(first * HEIGHT + y, last * HEIGHT, HEIGHT)
            self.pixels[line] = self.pixels[line].translate(table)

    def png(self) -> bytes:
        """The bytes of the PNG file (ISO/IEC 15948): IHDR, PLTE, IDAT, IEND. Scanlines are not filtered."""
        rows = b"".join(b"\0" + self.pixels[y::HEIGHT] for y in range(HEIGHT))
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        palette = bytes(channel for colour in self.colours for channel in colour)
        chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
