"""Language tags (BCP 47): as a CMS writes them, and the direction of their script."""

import re
from typing import Literal

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
MAX_LANGUAGE_CHARACTERS = 35

# Languages and scripts (ISO 639, ISO 15924) that run from right to left.
_RIGHT_TO_LEFT = {
    *("ar", "arc", "arz", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd"),
    *("syr", "ug", "ur", "yi"),
}
_RIGHT_TO_LEFT_SCRIPTS = {
    *("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"),
}


def language_tag(written: str) -> str:
    """The tag without the spelling of POSIX locales: `id_ID.UTF-8` is `id-ID`."""
    return re.split("[.@]", written.strip(), maxsplit=1)[0].replace("_", "-")


def direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction of the language's script. A script in the tag decides."""
    primary, *subtags = language.lower().split("-")
    if script := next((tag for tag in subtags if len(tag) == 4 and tag.isalpha()), ""):
        return "rtl" if script in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if primary in _RIGHT_TO_LEFT else "ltr"


def news_language(language: str) -> str:
    """The language in the form of Google's news sitemap: two or three letters, and `zh-cn` or `zh-tw` for Chinese."""
    primary, *subtags = language.lower().split("-")
    if primary != "zh":
        return primary
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(subtags) and "hans" not in subtags else "zh-cn"
