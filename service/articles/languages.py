"""Language tags (BCP 47) as a CMS writes them."""

import re

MAX_LANGUAGE_CHARACTERS = 35


def language_tag(written: str) -> str:
    """The tag without the spelling of POSIX locales: `id_ID.UTF-8` is `id-ID`."""
    return re.split("[.@]", written.strip(), maxsplit=1)[0].replace("_", "-")
