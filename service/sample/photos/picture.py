"""The values that all parts of a picture share: the canvas, the colours, the horizon and the random choices."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

from service.sample.photos.canvas import RGB, Canvas, blend


@dataclass(frozen=True)
class Mood:
    """The colours of a time of day: sky from the zenith to the horizon, far and near land, sun or moon, fields."""

    name: str
    sky: tuple[RGB, ...]
    far: RGB
    near: RGB
    light: RGB
    field: RGB
    night: bool = False


@cache
def moods() -> Sequence[Mood]:
    """Return the moods, in the order of the file. The first call reads it."""
    text = files("service.sample").joinpath("data", "moods.toml").read_text(encoding="utf-8")
    return [
        Mood(
            name=mood["name"],
            sky=tuple(map(_rgb, mood["sky"])),
            far=_rgb(mood["far"]),
            near=_rgb(mood["near"]),
            light=_rgb(mood["light"]),
            field=_rgb(mood["field"]),
            night=mood.get("night", False),
        )
        for mood in tomllib.loads(text)["moods"]
    ]


def _rgb(colour: str) -> RGB:
    """Read a colour like `#4080c0`."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


LAMP: RGB = (255, 206, 120)
BLACK: RGB = (0, 0, 0)


class Picture:
    """A landscape of one mood. All random choices come from `rng`.

    `dark`, `lamp` and `shine` are indexes of colours: outlines, lit windows, the sun or moon. `lighter` is a table that
    makes the sky one shade lighter.
    """

    def __init__(self, rng: Random, mood: Mood) -> None:
        self.rng = rng
        self.canvas = Canvas()
        self.mood = mood
        self.horizon = rng.randrange(370, 450)
        self.sun = (rng.choice((rng.randrange(180, 480), rng.randrange(720, 1020))), self.horizon)
        self.haze = self.mood.sky[-1]
        self.dark = self.canvas.ink(blend(self.mood.near, BLACK, 0.35))
        self.lamp = self.canvas.ink(blend(LAMP, self.mood.light, 0.2))
        self.shine = self.canvas.ink(self.mood.light)
        self.lighter = b""
