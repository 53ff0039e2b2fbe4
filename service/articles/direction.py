"""The direction of a language's script."""

_LANGUAGES = (
    *("ar", "acm", "aeb", "apc", "arc", "arq", "ary", "arz", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "iw"),
    *("ji", "khw", "ks", "lrc", "mzn", "nqo", "pbt", "pes", "pnb", "prs", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug"),
    *("ur", "yi"),
)
_SCRIPTS = ("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa", "yezi")


def is_right_to_left(language: str) -> bool:
    """True for a language written from right to left. `language` is a tag (BCP 47), or a locale such as `ar_EG`.

    A script in the tag decides: `az-Arab` runs from right to left, `ar-Latn` does not.
    """
    primary, *subtags = language.lower().replace("_", "-").split("-")
    script = next((subtag for subtag in subtags if len(subtag) == 4 and subtag.isalpha()), None)
    return script in _SCRIPTS if script else primary in _LANGUAGES
