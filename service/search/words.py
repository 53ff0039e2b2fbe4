"""The words of a text as the index has them: in lower case, without accents, each as its stem.

Texts and queries go through the same analyser, so both databases find the same articles. In scripts that write no
blanks between words, each pair of neighbouring characters is a word (a bigram): a query finds any part of such a text.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex
import Stemmer  # type: ignore[import-not-found]  # it has no types

MAX_WORD_CHARACTERS = 60  # of a word in the index; a longer word is cut
MAX_REMEMBERED = 20_000  # words of a process whose stems are remembered, some 4 MB
_VERSION = 1  # of the rules of this module; a change makes every index out of date

# Chinese and Japanese, Korean (whose particles follow the word without a blank), Thai, Lao, Khmer, Burmese.
_SCRIPTS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々]"
_DENSE = rf"(?=[\p{{L}}\p{{N}}\p{{M}}]){_SCRIPTS}"  # some of their signs are no letters
_LETTER = rf"(?!{_DENSE})[\p{{L}}\p{{N}}\p{{M}}]"
_RUN = regex.compile(rf"(?P<dense>(?:{_DENSE})+)|(?:{_LETTER})+(?:['’‘ʼ`](?:{_LETTER})+)*")
# Most texts have Latin letters and punctuation alone. For these the standard library finds the same runs, in a fifth of
# the time.
_NOT_LATIN = re.compile("[\u0300-\u1fff\u2070-\U0010ffff]")
_LATIN_RUN = re.compile(r"(?P<dense>(?!))|[^\W_]+(?:['’‘ʼ`][^\W_]+)*")
_ACCENTS = regex.compile("[\u0300-\u036f]")
_NO_LETTER = regex.compile(r"[^\p{L}\p{N}\p{M}]")

# The stemmers of Snowball (snowballstem.org), by the language of the site.
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ms": "indonesian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


class Word(NamedTuple):
    """A word of the index, and the place in the text from which it comes: `text[start:end]`.

    `is_part`: it is the last character of a run without blanks. It stands alone, so that each character begins a word.
    """

    word: str
    start: int
    end: int
    is_part: bool = False


class Analyser:
    """Finds the words of texts of a site in a `language` (BCP 47). Safe to share between threads.

    `name` identifies the rules. An index with another name must be made anew.
    """

    def __init__(self, language: str) -> None:
        algorithm = _STEMMERS.get(language.partition("-")[0].lower(), "")
        self.name = f"{_VERSION} {algorithm}".strip()
        self._algorithm = algorithm
        self._mine = threading.local()
        self._stem = lru_cache(MAX_REMEMBERED)(self._stemmed)

    def words(self, text: str) -> Iterator[Word]:
        """The words of the text, in their order."""
        for run in (_RUN if _NOT_LATIN.search(text) else _LATIN_RUN).finditer(text):
            if run["dense"]:
                yield from _bigrams(run[0], run.start())
            elif word := self._stem(run[0]):
                yield Word(word, run.start(), run.end())

    def _stemmed(self, run: str) -> str:
        """The stem of a folded word.

        Indonesian prefixes and suffixes are removed in two steps, since the stemmer removes one of a kind at a time:
        `perekonomian`, `ekonomi`, `ekonom`.
        """
        folded = str(_NO_LETTER.sub("", _folded(run)))[:MAX_WORD_CHARACTERS]
        if not self._algorithm or not folded.isalpha():
            return folded
        if not hasattr(self._mine, "stemmer"):
            self._mine.stemmer = Stemmer.Stemmer(self._algorithm, 0)
        stem = self._mine.stemmer.stemWord
        once: str = stem(folded)
        return str(stem(once)) if self._algorithm == "indonesian" else once


def _bigrams(run: str, start: int) -> Iterator[Word]:
    folded = [_NO_LETTER.sub("", _folded(character)) or character for character in run]
    for place, character in enumerate(folded[:-1]):
        yield Word(character + folded[place + 1], start + place, start + place + 2)
    yield Word(folded[-1], start + len(run) - 1, start + len(run), is_part=True)


def _folded(text: str) -> str:
    """The text in lower case, without accents and differences of width, in the form NFC."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
