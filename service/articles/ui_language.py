"""The language of Warta's own words."""


def ui_language(language: str) -> str:
    """The language of Warta's own words in a feed or page in `language`: `id` for Indonesian, `en` for all others."""
    return "id" if language.split("-")[0] == "id" else "en"
