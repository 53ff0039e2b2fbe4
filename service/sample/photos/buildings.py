"""Towers and houses."""

from math import exp

from service.sample.photos.canvas import WIDTH
from service.sample.photos.picture import Picture


def skyline(picture: Picture, base: int, low: int, high: int) -> list[tuple[int, int, int]]:
    """Left, width and top of towers side by side, in pixels. The tallest are near a centre."""
    towers, x, centre = [], -20, picture.rng.randrange(350, 850)
    while x < WIDTH:
        width = picture.rng.randrange(34, 84)
        tall = exp(-(((x - centre) / 330) ** 2))
        towers.append((x, width, base - low - int((high - low) * tall * picture.rng.uniform(0.35, 1))))
        x += width + picture.rng.choice((0, 0, 6, 14))
    return towers


def draw_windows(picture: Picture, left: int, width: int, top: int, shore: int) -> None:
    chance = 0.5 if picture.mood.night else 0.22
    for y in range(top + 10, shore - 12, 13):
        for x in range(left + 6, left + width - 9, 10):
            if picture.rng.random() < chance:
                for row in range(5):
                    picture.canvas.dash(x, y + row, 4, picture.lamp)


def draw_house(picture: Picture, x: int, y: int, half: int) -> None:
    """Draw a house on stilts with its reflection. The floor is at `y`; the roof has `half` pixels to each side."""
    wall, stilts = half * 0.42, half * 0.36
    for dx in range(-half, half + 1):
        horn = half * (0.12 + 0.5 * abs(dx / half) ** 2.6)
        eaves = half * 0.1 - half * 0.44 * abs(dx / half) ** 3
        picture.canvas.span(x + dx, y - wall - half * 0.3 - horn, y - wall + eaves, picture.dark)
    side = int(half * 0.74)
    for dx in range(-side, side + 1):
        foot = y + stilts if dx % (side // 3) < 4 else y + 4
        picture.canvas.span(x + dx, y - wall, foot, picture.dark)
    for place in (-0.45, 0.0, 0.45):
        for row in range(int(wall * 0.42)):
            left, top = int(x + place * half - half * 0.08), int(y - wall * 0.62)
            picture.canvas.dash(left, top + row, half // 6, picture.lamp)
    for row in range(int(stilts), int(stilts + half * 0.9), 4):
        reach = int(half * picture.rng.uniform(0.5, 0.85))
        picture.canvas.dash(x - reach + picture.rng.randrange(-8, 9), y + row, 2 * reach, picture.dark)
