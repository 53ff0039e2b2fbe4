"""The scenes: what a picture shows below the sky."""

from math import sin, sqrt

from service.sample.photos.buildings import draw_house, draw_windows, skyline
from service.sample.photos.canvas import HEIGHT, WIDTH, blend, stretch, trace
from service.sample.photos.land import beach, draw_background, draw_land, draw_limestone_islands, hills
from service.sample.photos.picture import Picture
from service.sample.photos.plants import draw_palm, draw_pine
from service.sample.photos.water import draw_boat, draw_water


def sea(picture: Picture) -> None:
    """Draw islands on the horizon, boats, and palms on the near shore."""
    draw_background(picture)
    if picture.rng.random() < 0.6:
        draw_limestone_islands(picture)
    draw_water(picture, picture.horizon + 4)
    for _ in range(picture.rng.randrange(1, 5)):
        draw_boat(picture, picture.rng.randrange(80, 1120), picture.rng.randrange(picture.horizon + 24, 590))
    if picture.rng.random() < 0.7:
        x = picture.rng.choice((picture.rng.randrange(60, 200), picture.rng.randrange(1000, 1140)))
        draw_land(picture, beach(x), 1.0, HEIGHT)
        for _ in range(2):
            draw_palm(picture, x + picture.rng.randrange(-70, 70), 640, picture.rng.randrange(250, 400))


def fields(picture: Picture) -> None:
    """Draw rice terraces that descend from the hills, each with a rim of water."""
    draw_background(picture)
    draw_land(picture, hills(picture, picture.horizon + 40, 70, 1.3), 0.55, picture.horizon + 70)
    field, near = picture.mood.field, picture.mood.near
    mirror = picture.canvas.ramp((blend(picture.haze, field, 0.1), blend(picture.haze, field, 0.45)), 4)
    greens = [
        picture.canvas.ramp((colour, blend(colour, near, 0.62)), 6)
        for colour in (field, blend(field, picture.haze, 0.18), blend(field, near, 0.2))
    ]
    length, drift = picture.rng.randrange(110, 190), picture.rng.randrange(40, 110)

    def swell(x: int) -> float:
        return sin(x / length) + 0.35 * sin(x / length * 2.7 + drift)

    contour = trace(swell, WIDTH + 10 * drift)
    y, gap, start = picture.horizon + 16.0, 16.0, 0
    while y < HEIGHT + 60:
        column = stretch(mirror, int(gap * 0.24)) + stretch(picture.rng.choice(greens), int(gap * 3))
        picture.canvas.drape([y + gap * height for height in contour[start : start + WIDTH]], column)
        y, gap, start = y + gap, gap * 1.28, start + drift
    if picture.rng.random() < 0.7:
        x = picture.rng.choice((picture.rng.randrange(60, 220), picture.rng.randrange(980, 1140)))
        draw_palm(picture, x, 690, picture.rng.randrange(280, 420))


def city(picture: Picture) -> None:
    """Draw two rows of towers with lit windows on a waterfront."""
    draw_land(picture, hills(picture, picture.horizon, 120, 1.5), 0.08, picture.horizon)
    shore = picture.horizon + 60
    for depth, low, high in ((0.3, 60, 270), (0.72, 30, 190)):
        towers = skyline(picture, shore, low, high)
        ridge = [float(shore)] * WIDTH
        for left, width, top in towers:
            for x in range(max(0, left), min(WIDTH, left + width)):
                ridge[x] = top
            if depth < 0.5 and top < shore - 200 and 0 < left + width // 2 < WIDTH:
                ridge[left + width // 2] = top - 34
        draw_land(picture, ridge, depth, shore + 60)
    for left, width, top in towers:
        draw_windows(picture, left, width, top, shore)
    draw_water(picture, shore)
    for _ in range(90):
        x, y = picture.rng.randrange(WIDTH), picture.rng.randrange(shore + 2, shore + 70)
        picture.canvas.dash(x, y, picture.rng.randrange(8, 26), picture.lamp)


def village(picture: Picture) -> None:
    """Draw stilt houses with saddle roofs over still water."""
    draw_background(picture)
    draw_land(picture, hills(picture, picture.horizon + 26, 50, 3), 0.6, picture.horizon + 40)
    shore = picture.horizon + 18
    draw_water(picture, shore)
    x = picture.rng.randrange(20, 240)
    while x < WIDTH - 60:
        half = picture.rng.randrange(60, 104)
        if picture.rng.random() < 0.35:
            draw_islet(picture, x - 40, shore + 24)
            draw_palm(picture, x - 40, shore + 24, picture.rng.randrange(130, 200))
        draw_house(picture, x + half, shore + 20 + half // 2 + picture.rng.randrange(20), half)
        x += half * 2 + picture.rng.randrange(50, 230)


def draw_islet(picture: Picture, x: int, y: int) -> None:
    """Draw a small flat island for a palm."""
    for row in range(-7, 6):
        reach = int(58 * sqrt(1 - abs(row / 7.5)))
        picture.canvas.dash(x - reach, y + row, 2 * reach, picture.dark)


def highland(picture: Picture) -> None:
    """Draw several ranges of hills with mist between them, and trees on the nearest."""
    draw_background(picture)
    for depth, base in ((0.5, 480), (0.75, 560)):
        range_ = hills(picture, base, picture.rng.randrange(90, 150), picture.rng.uniform(1.2, 2.4))
        draw_land(picture, range_, depth, base + 40)
    near = hills(picture, 650, 110, picture.rng.uniform(0.8, 1.4))
    draw_land(picture, near, 1.0, HEIGHT + 300)
    for _ in range(46):
        x = picture.rng.randrange(WIDTH)
        draw_pine(picture, x, near[x] + 6, picture.rng.randrange(34, 96))


SCENES = (sea, fields, city, village, highland)
