"""Trees."""

from math import pi, sin

from service.sample.photos.picture import Picture


def draw_palm(picture: Picture, x: int, y: int, height: int) -> None:
    """Draw a coconut palm with a leaning trunk and feathered leaves."""
    lean = picture.rng.uniform(-0.3, 0.3) * height
    for step in range(height):
        share = step / height
        left, width = x + lean * share * share, 9 - int(4 * share)
        picture.canvas.dash(int(left) - width // 2, y - step, width, picture.dark)
    crown_x, crown_y = x + lean, y - height
    for leaf in range(9):
        reach = height * picture.rng.uniform(0.28, 0.42) * (-1 if leaf % 2 else 1)
        rise, droop = picture.rng.uniform(-0.1, 0.75), picture.rng.uniform(0.7, 1.25)
        for step in range(int(abs(reach))):
            share = step / abs(reach)
            spine = crown_y - abs(reach) * (rise * share - droop * share * share)
            feather = abs(reach) * 0.3 * sin(pi * (share * 0.93 + 0.07)) * (1 if step % 5 < 2 else 0.45)
            picture.canvas.span(int(crown_x + reach * share), spine - 1, spine + 2 + feather, picture.dark)


def draw_pine(picture: Picture, x: int, y: float, height: int) -> None:
    for dx in range(-height // 5, height // 5 + 1):
        slope = 1 - abs(dx) / (height / 5 + 1)
        picture.canvas.span(x + dx, y - height * slope * (0.8 + 0.2 * (dx % 4 < 2)), y, picture.dark)
