"""Colours with enough contrast: a newsroom's own colour, made darker or lighter until its text can be read."""

import colorsys

AA_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, text of any size
_STEPS = 100


def readable(colour: str, background: str) -> str:
    """The colour (six hexadecimal digits) as `#rrggbb`, with AA_CONTRAST on the background, and changed little."""
    red, green, blue = _channels(colour)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    end = 1.0 if _luminance(background) < 0.5 else 0.0
    for step in range(_STEPS + 1):
        share = step / _STEPS
        mixed = colorsys.hls_to_rgb(hue, lightness + (end - lightness) * share, saturation)
        candidate = "".join(f"{round(channel * 255):02x}" for channel in mixed)
        if contrast(candidate, background) >= AA_CONTRAST:
            return f"#{candidate}"
    return "#ffffff" if end else "#000000"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _luminance(colour: str) -> float:
    """The relative luminance (WCAG 2.2)."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
