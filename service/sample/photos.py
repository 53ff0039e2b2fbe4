"""Pictures for the sample newsroom: invented landscapes, drawn by code.

A picture is an 8-bit palette PNG. It is drawn column by column, because a landscape is a stack of layers, and each
column consists of a few runs of equal bytes. The rows of the PNG are then strided slices of the pixels.
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, pi, sin, sqrt
from random import Random

SIZE = (1200, 675)
WIDTH, HEIGHT = SIZE

RGB = tuple[int, int, int]
Ridge = list[float]  # the height of an outline for each column, in pixels from the top

SKY, GLOW = 96, 30  # number of shades from the zenith to the horizon, and from the horizon to the light of the sun


@dataclass(frozen=True)
class Mood:
    """The colours of a time of day: sky from the zenith to the horizon, far and near land, sun or moon, fields."""

    sky: tuple[RGB, ...]
    far: RGB
    near: RGB
    light: RGB
    field: RGB
    night: bool = False


MOODS = (
    Mood(((64, 78, 134), (176, 132, 168), (250, 196, 164)), (178, 140, 166), (38, 36, 70), (255, 240, 214),
         (104, 122, 92)),  # first light
    Mood(((70, 148, 206), (150, 205, 230), (238, 244, 232)), (146, 186, 196), (20, 72, 74), (255, 255, 244),
         (96, 164, 84)),  # morning
    Mood(((28, 112, 190), (96, 178, 226), (206, 236, 242)), (116, 172, 190), (12, 74, 58), (255, 253, 232),
         (74, 158, 76)),  # noon
    Mood(((88, 124, 150), (232, 186, 122), (254, 218, 140)), (206, 158, 118), (70, 44, 38), (255, 249, 216),
         (152, 146, 64)),  # late afternoon
    Mood(((48, 36, 92), (176, 66, 106), (250, 140, 84)), (164, 72, 100), (34, 18, 48), (255, 226, 150),
         (112, 76, 74)),  # sunset
    Mood(((24, 44, 82), (66, 104, 134), (242, 176, 126)), (86, 104, 128), (12, 24, 44), (255, 232, 190),
         (60, 92, 88)),  # dusk
    Mood(((8, 14, 38), (20, 44, 84), (70, 110, 140)), (38, 68, 104), (5, 12, 26), (246, 244, 226),
         (28, 66, 76), night=True),  # night
    Mood(((116, 142, 150), (170, 190, 186), (222, 228, 214)), (152, 174, 170), (30, 58, 56), (250, 250, 240),
         (92, 132, 90)),  # after the rain
)  # fmt: skip


def draw(name: str) -> bytes:
    """Draw the picture for `name`: a PNG of SIZE pixels. The same name always gives the same bytes."""
    picture = Picture(Random(name))  # noqa: S311 - a drawing, not a secret
    picture.heavens()
    picture.rng.choice((picture.sea, picture.fields, picture.city, picture.village, picture.highland))()
    return picture.canvas.png()


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


class Picture:
    """One landscape: a sky, then one of five scenes. All random choices come from `rng`."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.canvas = Canvas()
        self.mood = rng.choice(MOODS)
        self.horizon = rng.randrange(370, 450)
        self.sun = (rng.choice((rng.randrange(180, 480), rng.randrange(720, 1020))), self.horizon)
        self.haze = self.mood.sky[-1]
        self.dark = self.canvas.ink(blend(self.mood.near, (0, 0, 0), 0.35))
        self.lamp = self.canvas.ink(blend((255, 206, 120), self.mood.light, 0.2))
        self.shine = self.canvas.ink(self.mood.light)

    # the sky

    def heavens(self) -> None:
        """Draw the sky, the sun or moon with its glow, stars, clouds and birds."""
        shades = self.canvas.ramp(self.mood.sky, SKY)
        glow = self.canvas.ramp((self.haze, blend(self.haze, self.mood.light, 0.8)), GLOW)
        self.lighter = bytes(min(index + 1, glow[-1]) if index >= shades[0] else index for index in range(256))
        column = stretch(shades, self.horizon) + shades[-1:] * (HEIGHT - self.horizon)
        self.canvas.pixels[:] = column * WIDTH
        self.orb(column)
        self.clouds()
        if not self.mood.night and self.rng.random() < 0.6:
            self.birds()

    def orb(self, sky: bytes) -> None:
        """Draw the sun or the moon, and stars at night. The sky around it becomes lighter, ring by ring."""
        x, radius = self.sun[0], self.rng.randrange(34, 58)
        y = self.horizon - self.rng.randrange(60, 250)
        self.sun = (x, y)
        rings = [radius + ring * (6 + ring * 0.5) for ring in range(18, 0, -1)]
        for dx in range(0, int(rings[0]), 5):  # five columns have the same shade: the glow is soft enough
            column = bytearray(sky)
            for ring in rings:
                if ring <= dx:
                    break
                reach = int(sqrt(ring * ring - dx * dx))
                rows = slice(max(0, y - reach), min(HEIGHT, y + reach))
                column[rows] = column[rows].translate(self.lighter)
            self.canvas.stripe(x - dx - 5, 5, column)
            self.canvas.stripe(x + dx, 5, column)
        if self.mood.night:
            self.stars()
        for dx in range(-radius, radius + 1):
            half = sqrt(radius * radius - dx * dx)
            self.canvas.span(x + dx, y - half, y + half, self.shine)

    def stars(self) -> None:
        for _ in range(170):
            x, y = self.rng.randrange(WIDTH), int(self.rng.random() ** 1.6 * self.horizon * 0.9)
            size = self.rng.choice((1, 1, 1, 2))
            for step in range(size):
                self.canvas.span(x + step, y, y + size, self.shine)

    def clouds(self) -> None:
        """Draw flat clouds of a few rounded bars. Each bar lightens the sky behind it."""
        table = self.lighter
        for _ in range(2 if self.mood.night else 6):
            table = table.translate(self.lighter)
        for _ in range(self.rng.randrange(2, 6)):
            left, y = self.rng.randrange(-150, WIDTH - 60), self.rng.randrange(40, self.horizon - 130)
            width = self.rng.randrange(170, 380)
            for bar in range(self.rng.randrange(2, 5)):
                height = self.rng.randrange(9, 17)
                for row in range(height):
                    inset = height / 2 - sqrt((height / 2) ** 2 - (row - height / 2 + 0.5) ** 2)
                    self.canvas.tint(left + int(inset), y + row, width - 2 * int(inset), table)
                y += height
                left += self.rng.randrange(-60, 60) + (30 if bar else 0)
                width = max(90, int(width * self.rng.uniform(0.6, 1.2)))

    def birds(self) -> None:
        x, y = self.rng.randrange(150, 950), self.rng.randrange(70, 190)
        for _ in range(self.rng.randrange(3, 8)):
            left, top, wing = x + self.rng.randrange(160), y + self.rng.randrange(90), self.rng.randrange(7, 14)
            for step in range(-wing, wing + 1):
                lift = wing * 0.5 * sin(pi * abs(step) / wing)
                self.canvas.span(left + step, top - lift, top - lift + 2, self.dark)

    # the land

    def land(self, ridge: Ridge, depth: float, floor: float) -> None:
        """Draw one layer of land. `depth` is 0 (far) to 1 (near). The layer fades into the haze down to `floor`."""
        colour = blend(self.mood.far, self.mood.near, depth)
        behind = blend(self.haze, self.mood.far, depth)
        shades = self.canvas.ramp((colour, blend(colour, self.haze, 0.42 * (1 - depth * 0.7))), 12)
        edge = self.canvas.ramp((blend(behind, colour, 0.4), colour), 3)
        top = int(min(ridge))
        column = shades[:1] * top + stretch(shades, max(12, int(floor) - top)) + shades[-1:] * HEIGHT
        self.canvas.below(ridge, column[:HEIGHT], edge)

    def hills(self, base: float, height: float, waves: float) -> Ridge:
        """An outline of hills, between `base` and about `height` pixels above it."""
        one, two, three = (self.rng.uniform(0, 2 * pi) for _ in range(3))
        turn, middle = waves * 2 * pi / WIDTH, base - height * 0.5
        big, less, small = height * 0.3, height * 0.14, height * 0.035

        def outline(x: int) -> float:
            waves = big * sin(one + x * turn) + less * sin(two + x * turn * 2.3)
            return middle + waves + small * sin(three + x * turn * 9)

        return trace(outline, WIDTH)

    def volcano(self, base: float) -> Ridge:
        """An outline of a volcano with a crater on low hills."""
        peak, height = self.rng.randrange(250, 950), self.rng.uniform(170, 250)
        crater, slope = self.rng.uniform(18, 34), self.rng.uniform(150, 210)

        def outline(x: int) -> float:
            return base - height * exp(-max(0.0, abs(x - peak) - crater) / slope) + 3 * sin(x / 9)

        return list(map(min, self.hills(base, 60, 2.2), trace(outline, WIDTH)))

    def back(self) -> None:
        """Draw the background of the scenes: a volcano or far hills, and nearer hills."""
        if self.rng.random() < 0.6:
            self.land(self.volcano(self.horizon), 0.08, self.horizon)
        else:
            self.land(self.hills(self.horizon, 170, 1.6), 0.08, self.horizon)
        self.land(self.hills(self.horizon + 6, 80, 2.4), 0.3, self.horizon + 10)

    def water(self, shore: int) -> bytes:
        """Draw water from `shore` down, with ripples and reflected light below the sun. Returns its shades."""
        near = blend(self.mood.sky[0], self.mood.near, 0.45)
        shades = self.canvas.ramp((blend(self.haze, near, 0.15), blend(self.mood.sky[1], near, 0.5), near), 28)
        fall = HEIGHT - shore
        column = stretch(shades, fall)
        self.canvas.drape([float(shore)] * WIDTH, column)
        glint = self.canvas.ink(blend(self.mood.light, self.haze, 0.35))
        for _ in range(220):
            share = self.rng.random() ** 1.4
            y, width = shore + 2 + int(share * (fall - 2)), int(14 + share * 90 * self.rng.random())
            lighter = max(shades[0], column[y - shore - 1] - 3)
            self.canvas.dash(self.rng.randrange(-40, WIDTH), y, width, bytes((lighter,)))
        for _ in range(180):
            share = self.rng.random()
            y, width = shore + 1 + int(share * (fall - 2)), int(5 + share * 34 * self.rng.random())
            x = int(self.rng.gauss(self.sun[0], 10 + share * 42))
            self.canvas.dash(x - width // 2, y, width, glint)
        return shades

    def sea(self) -> None:
        """Draw islands on the horizon, boats, and palms on the near shore."""
        self.back()
        if self.rng.random() < 0.6:
            self.karst()
        self.water(self.horizon + 4)
        for _ in range(self.rng.randrange(1, 5)):
            self.boat(self.rng.randrange(80, 1120), self.rng.randrange(self.horizon + 24, 590))
        if self.rng.random() < 0.7:
            x = self.rng.choice((self.rng.randrange(60, 200), self.rng.randrange(1000, 1140)))
            self.land(self.beach(x), 1.0, HEIGHT)
            for _ in range(2):
                self.palm(x + self.rng.randrange(-70, 70), 640, self.rng.randrange(250, 400))

    def karst(self) -> None:
        """Draw steep limestone islands."""
        ridge = [float(self.horizon + 3)] * WIDTH
        for _ in range(self.rng.randrange(3, 7)):
            middle, half = self.rng.randrange(WIDTH), self.rng.randrange(36, 110)
            height = half * self.rng.uniform(0.7, 1.25)
            for dx in range(max(-half, -middle), min(half, WIDTH - middle)):
                dome = height * (1 - (dx / half) ** 4) * (0.9 + 0.1 * sin(dx / 7))
                ridge[middle + dx] = min(ridge[middle + dx], self.horizon + 3 - dome)
        self.land(ridge, 0.62, self.horizon + 20)

    def beach(self, x: int) -> Ridge:
        """An outline of a strip of land around column `x`, as ground for the palms in front."""
        return [HEIGHT - 1 - 52 * exp(-(((column - x) / 210) ** 2)) for column in range(WIDTH)]

    def boat(self, x: int, y: int) -> None:
        """Draw a sailing boat. A nearer boat is larger."""
        size = 7 + (y - self.horizon) * 0.16
        for dx in range(int(-size), int(size) + 1):
            share = abs(dx / size)
            self.canvas.span(x + dx, y - size * 0.12 * share**2, y + size * 0.3 * (1 - share**4), self.dark)
        self.canvas.span(x, y - size * 2.1, y, self.dark)
        for dx in range(2, int(size * 0.95)):
            self.canvas.span(x + dx, y - size * 2 * (1 - dx / size), y - size * 0.22, self.lamp)
        for dx in range(2, int(size * 0.6)):
            self.canvas.span(x - dx, y - size * 1.5 * (1 - dx / size / 0.6), y - size * 0.22, self.shine)

    def palm(self, x: int, y: int, height: int) -> None:
        """Draw a coconut palm with a leaning trunk and feathered leaves."""
        lean = self.rng.uniform(-0.3, 0.3) * height
        for step in range(height):
            share = step / height
            left, width = x + lean * share * share, 9 - int(4 * share)
            self.canvas.dash(int(left) - width // 2, y - step, width, self.dark)
        crown_x, crown_y = x + lean, y - height
        for leaf in range(9):
            reach = height * self.rng.uniform(0.28, 0.42) * (-1 if leaf % 2 else 1)
            rise, droop = self.rng.uniform(-0.1, 0.75), self.rng.uniform(0.7, 1.25)
            for step in range(int(abs(reach))):
                share = step / abs(reach)
                spine = crown_y - abs(reach) * (rise * share - droop * share * share)
                feather = abs(reach) * 0.3 * sin(pi * (share * 0.93 + 0.07)) * (1 if step % 5 < 2 else 0.45)
                self.canvas.span(int(crown_x + reach * share), spine - 1, spine + 2 + feather, self.dark)

    def fields(self) -> None:
        """Draw rice terraces that descend from the hills, each with a rim of water."""
        self.back()
        self.land(self.hills(self.horizon + 40, 70, 1.3), 0.55, self.horizon + 70)
        field, near = self.mood.field, self.mood.near
        mirror = self.canvas.ramp((blend(self.haze, field, 0.1), blend(self.haze, field, 0.45)), 4)
        greens = [
            self.canvas.ramp((colour, blend(colour, near, 0.62)), 6)
            for colour in (field, blend(field, self.haze, 0.18), blend(field, near, 0.2))
        ]
        length, drift = self.rng.randrange(110, 190), self.rng.randrange(40, 110)

        def swell(x: int) -> float:
            return sin(x / length) + 0.35 * sin(x / length * 2.7 + drift)

        contour = trace(swell, WIDTH + 10 * drift)
        y, gap, start = self.horizon + 16.0, 16.0, 0
        while y < HEIGHT + 60:
            column = stretch(mirror, int(gap * 0.24)) + stretch(self.rng.choice(greens), int(gap * 3))
            self.canvas.drape([y + gap * height for height in contour[start : start + WIDTH]], column)
            y, gap, start = y + gap, gap * 1.28, start + drift
        if self.rng.random() < 0.7:
            x = self.rng.choice((self.rng.randrange(60, 220), self.rng.randrange(980, 1140)))
            self.palm(x, 690, self.rng.randrange(280, 420))

    def skyline(self, base: int, low: int, high: int) -> list[tuple[int, int, int]]:
        """Left, width and top of towers side by side, in pixels. The tallest are near a centre."""
        towers, x, centre = [], -20, self.rng.randrange(350, 850)
        while x < WIDTH:
            width = self.rng.randrange(34, 84)
            tall = exp(-(((x - centre) / 330) ** 2))
            towers.append((x, width, base - low - int((high - low) * tall * self.rng.uniform(0.35, 1))))
            x += width + self.rng.choice((0, 0, 6, 14))
        return towers

    def city(self) -> None:
        """Draw two rows of towers with lit windows on a waterfront."""
        self.land(self.hills(self.horizon, 120, 1.5), 0.08, self.horizon)
        shore = self.horizon + 60
        for depth, low, high in ((0.3, 60, 270), (0.72, 30, 190)):
            towers = self.skyline(shore, low, high)
            ridge = [float(shore)] * WIDTH
            for left, width, top in towers:
                for x in range(max(0, left), min(WIDTH, left + width)):
                    ridge[x] = top
                if depth < 0.5 and top < shore - 200 and 0 < left + width // 2 < WIDTH:
                    ridge[left + width // 2] = top - 34
            self.land(ridge, depth, shore + 60)
        for left, width, top in towers:
            self.windows(left, width, top, shore)
        self.water(shore)
        for _ in range(90):
            x, y = self.rng.randrange(WIDTH), self.rng.randrange(shore + 2, shore + 70)
            self.canvas.dash(x, y, self.rng.randrange(8, 26), self.lamp)

    def windows(self, left: int, width: int, top: int, shore: int) -> None:
        chance = 0.5 if self.mood.night else 0.22
        for y in range(top + 10, shore - 12, 13):
            for x in range(left + 6, left + width - 9, 10):
                if self.rng.random() < chance:
                    for row in range(5):
                        self.canvas.dash(x, y + row, 4, self.lamp)

    def village(self) -> None:
        """Draw stilt houses with saddle roofs over still water."""
        self.back()
        self.land(self.hills(self.horizon + 26, 50, 3), 0.6, self.horizon + 40)
        shore = self.horizon + 18
        self.water(shore)
        x = self.rng.randrange(20, 240)
        while x < WIDTH - 60:
            half = self.rng.randrange(60, 104)
            if self.rng.random() < 0.35:
                self.islet(x - 40, shore + 24)
                self.palm(x - 40, shore + 24, self.rng.randrange(130, 200))
            self.house(x + half, shore + 20 + half // 2 + self.rng.randrange(20), half)
            x += half * 2 + self.rng.randrange(50, 230)

    def islet(self, x: int, y: int) -> None:
        """Draw a small flat island for a palm."""
        for row in range(-7, 6):
            reach = int(58 * sqrt(1 - abs(row / 7.5)))
            self.canvas.dash(x - reach, y + row, 2 * reach, self.dark)

    def house(self, x: int, y: int, half: int) -> None:
        """Draw a house on stilts with its reflection. The floor is at `y`; the roof has `half` pixels to each side."""
        wall, stilts = half * 0.42, half * 0.36
        for dx in range(-half, half + 1):
            horn = half * (0.12 + 0.5 * abs(dx / half) ** 2.6)
            eaves = half * 0.1 - half * 0.44 * abs(dx / half) ** 3
            self.canvas.span(x + dx, y - wall - half * 0.3 - horn, y - wall + eaves, self.dark)
        side = int(half * 0.74)
        for dx in range(-side, side + 1):
            foot = y + stilts if dx % (side // 3) < 4 else y + 4
            self.canvas.span(x + dx, y - wall, foot, self.dark)
        for place in (-0.45, 0.0, 0.45):
            for row in range(int(wall * 0.42)):
                left, top = int(x + place * half - half * 0.08), int(y - wall * 0.62)
                self.canvas.dash(left, top + row, half // 6, self.lamp)
        for row in range(int(stilts), int(stilts + half * 0.9), 4):
            reach = int(half * self.rng.uniform(0.5, 0.85))
            self.canvas.dash(x - reach + self.rng.randrange(-8, 9), y + row, 2 * reach, self.dark)

    def highland(self) -> None:
        """Draw several ranges of hills with mist between them, and trees on the nearest."""
        self.back()
        for depth, base in ((0.5, 480), (0.75, 560)):
            self.land(self.hills(base, self.rng.randrange(90, 150), self.rng.uniform(1.2, 2.4)), depth, base + 40)
        near = self.hills(650, 110, self.rng.uniform(0.8, 1.4))
        self.land(near, 1.0, HEIGHT + 300)
        for _ in range(46):
            x = self.rng.randrange(WIDTH)
            self.pine(x, near[x] + 6, self.rng.randrange(34, 96))

    def pine(self, x: int, y: float, height: int) -> None:
        for dx in range(-height // 5, height // 5 + 1):
            slope = 1 - abs(dx) / (height / 5 + 1)
            self.canvas.span(x + dx, y - height * slope * (0.8 + 0.2 * (dx % 4 < 2)), y, self.dark)
