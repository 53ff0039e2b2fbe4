"""Pictures for the sample newsroom: invented landscapes, drawn by code. A sky, then one of five scenes."""

from random import Random

from service.sample.photos.canvas import SIZE
from service.sample.photos.picture import Picture, moods
from service.sample.photos.scenes import SCENES
from service.sample.photos.sky import draw_sky

__all__ = ["SIZE", "draw"]


def draw(name: str) -> bytes:
    """Draw the picture for `name`: a PNG of SIZE pixels. The same name always gives the same bytes."""
    rng = Random(name)  # noqa: S311 - a drawing, not a secret
    picture = Picture(rng, rng.choice(moods()))
    draw_sky(picture)
    rng.choice(SCENES)(picture)
    return picture.canvas.png()
