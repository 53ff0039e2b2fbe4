"""Draws icons and the picture for shared pages: of the newsroom's own picture, or of the first letters of its title."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, SOFT = "#fdfcfa", "#1b1a18", "#635d55"  # the colours of style.css, in the light
CARD_SIZE = 1200, 630  # pixels; the size that Facebook recommends, of 1.91:1
MAX_ICON_RATIO = 2.5  # width by height, or the reverse; a longer picture cannot be recognized in 32 pixels
SAFE_SHARE = 0.62  # of a maskable icon's side; launchers may cut off what is outside a circle of 80 %
_DRAWN = 1024  # pixels of the side of a drawing, before it is reduced to its size
_MARGIN = 90  # pixels beside the content of the card
MAX_LINES = 2  # of the title, and of the sentence
ICO_SIZES = (16, 32, 48)


@dataclass(frozen=True)
class Look:
    """Title and sentence of the site, and its colour as `#rrggbb`, dark enough for white text."""

    title: str
    description: str
    colour: str


def icon(picture: Image.Image | None, look: Look, size: int, *, full: bool = False, share: float = 1.0) -> Image.Image:
    """A square icon. `full` fills the corners, as touch icons require. `share` is the part of the side that is used.

    Without a picture, and with a very long one, the icon shows the first letters of the title.
    """
    if picture is None or _ratio(picture) > MAX_ICON_RATIO:
        return _lettered(look, full=full, share=share).resize((size, size), Image.Resampling.LANCZOS)
    background = "#ffffff" if full else (0, 0, 0, 0)
    canvas = Image.new("RGBA", (size, size), background)
    most = round(size * share * (0.86 if full else 1))
    shown = _fitted(picture, most, most)
    canvas.alpha_composite(shown, ((size - shown.width) // 2, (size - shown.height) // 2))
    return canvas


def card(picture: Image.Image | None, look: Look) -> Image.Image:
    """The picture for shared pages without a photo: the logo or the letters, the title and the sentence."""
    width, height = CARD_SIZE
    canvas = Image.new("RGBA", CARD_SIZE, PAPER)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, height - 24, width, height), fill=look.colour)
    if not _is_drawable(look.title):
        mark = _fitted(picture, width - 2 * _MARGIN, 300) if picture else icon(None, look, 300)
        canvas.alpha_composite(mark, ((width - mark.width) // 2, (height - 24 - mark.height) // 2))
        return canvas
    mark = _fitted(picture, 720, 160) if picture else icon(None, look, 160)
    canvas.alpha_composite(mark, (_MARGIN, _MARGIN))
    size = next((size for size in (120, 96) if draw.textlength(look.title, _font(size)) <= width - 2 * _MARGIN), 76)
    top = _text(draw, look.title, size, _MARGIN + mark.height + 40, INK, lines=MAX_LINES, bold=3) + 16
    if _is_drawable(look.description):
        _text(draw, look.description, 40, top, SOFT, lines=MAX_LINES)
    return canvas


def png(image: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def ico(images: list[Image.Image]) -> bytes:
    """The bytes of an ICO file with one icon for each of the square images, the largest last."""
    file = BytesIO()
    *others, largest = images
    largest.save(file, "ICO", sizes=[image.size for image in images], append_images=others)
    return file.getvalue()


def initials(title: str) -> str:
    """The first letters of the first two words, in upper case; "" if the font has none of them."""
    letters = "".join(word[0] for word in title.split() if word[0].isalnum())[:2].upper()
    return letters if _is_drawable(letters) else ""


def _ratio(picture: Image.Image) -> float:
    return max(picture.width / picture.height, picture.height / picture.width)


def _fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The picture as large as fits into the rectangle."""
    scale = min(width / picture.width, height / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _lettered(look: Look, *, full: bool, share: float) -> Image.Image:
    """White letters on the colour; lines of a newspaper if the title has no letters that the font can draw."""
    canvas = Image.new("RGBA", (_DRAWN, _DRAWN), look.colour if full else (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    if not full:
        draw.rounded_rectangle((0, 0, _DRAWN - 1, _DRAWN - 1), radius=_DRAWN * 0.18, fill=look.colour)
    text = initials(look.title)
    if text:
        size = (0.72 if len(text) == 1 else 0.5) * _DRAWN * share
        middle = _DRAWN / 2
        left, top, right, bottom = draw.textbbox((0, 0), text, font=_font(round(size)), stroke_width=round(size / 26))
        place = middle - (left + right) / 2, middle - (top + bottom) / 2
        draw.text(place, text, "white", _font(round(size)), stroke_width=round(size / 26), stroke_fill="white")
    else:
        _newspaper(draw, share)
    return canvas


def _newspaper(draw: ImageDraw.ImageDraw, share: float) -> None:
    """A headline, a photo and lines of text."""
    unit = _DRAWN * share * 0.06
    left = top = (_DRAWN - 11 * unit) / 2
    draw.rectangle((left, top, left + 11 * unit, top + 2 * unit), fill="white")
    draw.rectangle((left, top + 3.5 * unit, left + 5 * unit, top + 11 * unit), fill="white")
    for line in range(4):
        y = top + (3.5 + 2.1 * line) * unit
        draw.rectangle((left + 6 * unit, y, left + 11 * unit, y + 1.2 * unit), fill="white")


def _text(draw: ImageDraw.ImageDraw, text: str, size: int, top: int, colour: str, *, lines: int, bold: int = 0) -> int:
    """Draw text in lines from `top` downwards. Returns the end of the last line, in pixels from the top."""
    font = _font(size)
    for line in _wrapped(draw, text, font, lines):
        draw.text((_MARGIN, top), line, colour, font, stroke_width=bold, stroke_fill=colour)
        top += round(size * 1.22)
    return top


def _wrapped(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, most: int) -> list[str]:
    """At most `most` lines that fit into the card. A shortened text ends with three dots."""
    width = CARD_SIZE[0] - 2 * _MARGIN
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or draw.textlength(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines[:most]
    if len(lines) > most:
        shown[-1] += " ..."
    return [_cut(draw, line, font, width) for line in shown]


def _cut(draw: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The line without the end that does not fit."""
    while line and draw.textlength(line, font) > width:
        line = line[:-4].rstrip() + "..." if len(line) > 4 else ""
    return line


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font that Pillow brings along, which has the letters of Latin alphabets."""
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType")
    return font


def _is_drawable(text: str) -> bool:
    """True if the font has all characters of the text. A missing one is drawn like U+FFFF, which no font has."""
    font = _font(32)
    missing = bytes(font.getmask("\uffff"))
    return bool(text.strip()) and not any(bytes(font.getmask(each)) == missing for each in set(text) - {" "})
