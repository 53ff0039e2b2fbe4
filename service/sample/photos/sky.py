"""The sky: sun or moon with its glow, stars, clouds and birds."""

from math import pi, sin, sqrt

from service.sample.photos.canvas import HEIGHT, WIDTH, blend, stretch
from service.sample.photos.picture import Picture

SKY_SHADES = 96  # from the zenith to the horizon
GLOW_SHADES = 30  # from the horizon to the light of the sun


def draw_sky(picture: Picture) -> None:
    """Draw the sky, the sun or moon with its glow, stars, clouds and birds."""
    shades = picture.canvas.ramp(picture.mood.sky, SKY_SHADES)
    glow = picture.canvas.ramp((picture.haze, blend(picture.haze, picture.mood.light, 0.8)), GLOW_SHADES)
    picture.lighter = bytes(min(index + 1, glow[-1]) if index >= shades[0] else index for index in range(256))
    column = stretch(shades, picture.horizon) + shades[-1:] * (HEIGHT - picture.horizon)
    picture.canvas.pixels[:] = column * WIDTH
    draw_sun_or_moon(picture, column)
    draw_clouds(picture)
    if not picture.mood.night and picture.rng.random() < 0.6:
        draw_birds(picture)


def draw_sun_or_moon(picture: Picture, sky: bytes) -> None:
    """Draw the sun or the moon, and stars at night. The sky around it becomes lighter, ring by ring."""
    x, radius = picture.sun[0], picture.rng.randrange(34, 58)
    y = picture.horizon - picture.rng.randrange(60, 250)
    picture.sun = (x, y)
    rings = [radius + ring * (6 + ring * 0.5) for ring in range(18, 0, -1)]
    for dx in range(0, int(rings[0]), 5):  # five columns have the same shade: the glow is soft enough
        column = bytearray(sky)
        for ring in rings:
            if ring <= dx:
                break
            reach = int(sqrt(ring * ring - dx * dx))
            rows = slice(max(0, y - reach), min(HEIGHT, y + reach))
            column[rows] = column[rows].translate(picture.lighter)
        picture.canvas.stripe(x - dx - 5, 5, column)
        picture.canvas.stripe(x + dx, 5, column)
    if picture.mood.night:
        draw_stars(picture)
    for dx in range(-radius, radius + 1):
        half = sqrt(radius * radius - dx * dx)
        picture.canvas.span(x + dx, y - half, y + half, picture.shine)


def draw_stars(picture: Picture) -> None:
    for _ in range(170):
        x, y = picture.rng.randrange(WIDTH), int(picture.rng.random() ** 1.6 * picture.horizon * 0.9)
        size = picture.rng.choice((1, 1, 1, 2))
        for step in range(size):
            picture.canvas.span(x + step, y, y + size, picture.shine)


def draw_clouds(picture: Picture) -> None:
    """Draw flat clouds of a few rounded bars. Each bar lightens the sky behind it."""
    table = picture.lighter
    for _ in range(2 if picture.mood.night else 6):
        table = table.translate(picture.lighter)
    for _ in range(picture.rng.randrange(2, 6)):
        left, y = picture.rng.randrange(-150, WIDTH - 60), picture.rng.randrange(40, picture.horizon - 130)
        width = picture.rng.randrange(170, 380)
        for bar in range(picture.rng.randrange(2, 5)):
            height = picture.rng.randrange(9, 17)
            for row in range(height):
                inset = height / 2 - sqrt((height / 2) ** 2 - (row - height / 2 + 0.5) ** 2)
                picture.canvas.tint(left + int(inset), y + row, width - 2 * int(inset), table)
            y += height
            left += picture.rng.randrange(-60, 60) + (30 if bar else 0)
            width = max(90, int(width * picture.rng.uniform(0.6, 1.2)))


def draw_birds(picture: Picture) -> None:
    x, y = picture.rng.randrange(150, 950), picture.rng.randrange(70, 190)
    for _ in range(picture.rng.randrange(3, 8)):
        left, top, wing = x + picture.rng.randrange(160), y + picture.rng.randrange(90), picture.rng.randrange(7, 14)
        for step in range(-wing, wing + 1):
            lift = wing * 0.5 * sin(pi * abs(step) / wing)
            picture.canvas.span(left + step, top - lift, top - lift + 2, picture.dark)
