"""The land: hills, volcanoes, islands and beaches."""

from math import exp, pi, sin

from service.sample.photos.canvas import HEIGHT, WIDTH, Ridge, blend, stretch, trace
from service.sample.photos.picture import Picture


def draw_land(picture: Picture, ridge: Ridge, depth: float, floor: float) -> None:
    """Draw one layer of land. `depth` is 0 (far) to 1 (near). The layer fades into the haze down to `floor`."""
    colour = blend(picture.mood.far, picture.mood.near, depth)
    behind = blend(picture.haze, picture.mood.far, depth)
    shades = picture.canvas.ramp((colour, blend(colour, picture.haze, 0.42 * (1 - depth * 0.7))), 12)
    edge = picture.canvas.ramp((blend(behind, colour, 0.4), colour), 3)
    top = int(min(ridge))
    column = shades[:1] * top + stretch(shades, max(12, int(floor) - top)) + shades[-1:] * HEIGHT
    picture.canvas.below(ridge, column[:HEIGHT], edge)


def hills(picture: Picture, base: float, height: float, waves: float) -> Ridge:
    """An outline of hills, between `base` and about `height` pixels above it."""
    one, two, three = (picture.rng.uniform(0, 2 * pi) for _ in range(3))
    turn, middle = waves * 2 * pi / WIDTH, base - height * 0.5
    big, less, small = height * 0.3, height * 0.14, height * 0.035

    def outline(x: int) -> float:
        waves = big * sin(one + x * turn) + less * sin(two + x * turn * 2.3)
        return middle + waves + small * sin(three + x * turn * 9)

    return trace(outline, WIDTH)


def volcano(picture: Picture, base: float) -> Ridge:
    """An outline of a volcano with a crater on low hills."""
    peak, height = picture.rng.randrange(250, 950), picture.rng.uniform(170, 250)
    crater, slope = picture.rng.uniform(18, 34), picture.rng.uniform(150, 210)

    def outline(x: int) -> float:
        return base - height * exp(-max(0.0, abs(x - peak) - crater) / slope) + 3 * sin(x / 9)

    return list(map(min, hills(picture, base, 60, 2.2), trace(outline, WIDTH)))


def draw_background(picture: Picture) -> None:
    """Draw the background of the scenes: a volcano or far hills, and nearer hills."""
    if picture.rng.random() < 0.6:
        draw_land(picture, volcano(picture, picture.horizon), 0.08, picture.horizon)
    else:
        draw_land(picture, hills(picture, picture.horizon, 170, 1.6), 0.08, picture.horizon)
    draw_land(picture, hills(picture, picture.horizon + 6, 80, 2.4), 0.3, picture.horizon + 10)


def draw_limestone_islands(picture: Picture) -> None:
    """Draw steep limestone islands."""
    ridge = [float(picture.horizon + 3)] * WIDTH
    for _ in range(picture.rng.randrange(3, 7)):
        middle, half = picture.rng.randrange(WIDTH), picture.rng.randrange(36, 110)
        height = half * picture.rng.uniform(0.7, 1.25)
        for dx in range(max(-half, -middle), min(half, WIDTH - middle)):
            dome = height * (1 - (dx / half) ** 4) * (0.9 + 0.1 * sin(dx / 7))
            ridge[middle + dx] = min(ridge[middle + dx], picture.horizon + 3 - dome)
    draw_land(picture, ridge, 0.62, picture.horizon + 20)


def beach(x: int) -> Ridge:
    """An outline of a strip of land around column `x`, as ground for the palms in front."""
    return [HEIGHT - 1 - 52 * exp(-(((column - x) / 210) ** 2)) for column in range(WIDTH)]
