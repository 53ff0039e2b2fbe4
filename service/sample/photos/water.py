"""Water and the boats on it."""

from service.sample.photos.canvas import HEIGHT, WIDTH, blend, stretch
from service.sample.photos.picture import Picture


def draw_water(picture: Picture, shore: int) -> bytes:
    """Draw water from `shore` down, with ripples and reflected light below the sun. Returns its shades."""
    near = blend(picture.mood.sky[0], picture.mood.near, 0.45)
    shades = picture.canvas.ramp((blend(picture.haze, near, 0.15), blend(picture.mood.sky[1], near, 0.5), near), 28)
    fall = HEIGHT - shore
    column = stretch(shades, fall)
    picture.canvas.drape([float(shore)] * WIDTH, column)
    glint = picture.canvas.ink(blend(picture.mood.light, picture.haze, 0.35))
    for _ in range(220):
        share = picture.rng.random() ** 1.4
        y, width = shore + 2 + int(share * (fall - 2)), int(14 + share * 90 * picture.rng.random())
        lighter = max(shades[0], column[y - shore - 1] - 3)
        picture.canvas.dash(picture.rng.randrange(-40, WIDTH), y, width, bytes((lighter,)))
    for _ in range(180):
        share = picture.rng.random()
        y, width = shore + 1 + int(share * (fall - 2)), int(5 + share * 34 * picture.rng.random())
        x = int(picture.rng.gauss(picture.sun[0], 10 + share * 42))
        picture.canvas.dash(x - width // 2, y, width, glint)
    return shades


def draw_boat(picture: Picture, x: int, y: int) -> None:
    """Draw a sailing boat. A nearer boat is larger."""
    size = 7 + (y - picture.horizon) * 0.16
    for dx in range(int(-size), int(size) + 1):
        share = abs(dx / size)
        picture.canvas.span(x + dx, y - size * 0.12 * share**2, y + size * 0.3 * (1 - share**4), picture.dark)
    picture.canvas.span(x, y - size * 2.1, y, picture.dark)
    for dx in range(2, int(size * 0.95)):
        picture.canvas.span(x + dx, y - size * 2 * (1 - dx / size), y - size * 0.22, picture.lamp)
    for dx in range(2, int(size * 0.6)):
        picture.canvas.span(x - dx, y - size * 1.5 * (1 - dx / size / 0.6), y - size * 0.22, picture.shine)
