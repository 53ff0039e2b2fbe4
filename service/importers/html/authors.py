"""Names of authors, as bylines and metadata write them: `Oleh: Sari Uji dan Budi Uji (sari@kabar.example)`."""

import html
import re
from collections.abc import Iterable, Sequence

MAX_NAME_CHARACTERS = 100  # characters; a longer text is a sentence, not a name
MAX_NAME_WORDS = 7
MAX_BYLINE_CHARACTERS = 1_000
_BEFORE = re.compile(
    r"^[\s|•·–—:-]*(?:(?:oleh|laporan|reporter|penulis|pewarta|wartawan|kontributor|(?:an )?(?:interview"
    r"|analysis|opinion|commentary)?\s*by|(?:written|posted|published) by|author"
    r"|(?:erstellt |verfasst |eingestellt |gespeichert )?von|(?:ein )?(?:text|beitrag|artikel|gastbeitrag) von"
    r"|publié par|por|par|door)"
    r"(?:\s*[:|]\s*|\s+)|(?:autor(?:in)?|auteur|editor|text|interview|texte?|著者|作者|記者|文)\s*[:：]\s*"
    r"|(?-i:(?:By|Author|Von)(?=[A-Z])))",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\W*(?:quellen?|bild(?:er|rechte)?|fotos?|photos?|images?|pictures?|sources?|sumber|gambar|credits?)\s*[:©]|©",
    re.IGNORECASE,
)
_AND = re.compile(r"^(?:dan|and|und|et|y|en|och|og|&)\s+")  # `A, B, and C`, but not the first name `Dan`
_MAIL = re.compile(r"[(<\[]?\s*(?:mailto:)?[\w.+-]+@[\w-]+\.[\w.-]+\s*[)>\]]?", re.ASCII)
_PLACE = re.compile(r",?\s+in\s+[A-Z][\w, ·:/]{2,120}$")  # `Sari Uji in Bandung`, `Sari Uji, in Kota · 10 Sep 2021`
_SITE = re.compile(
    r"://|\bwww\.|\b[a-z][\w-]{2,}\.(?:com|net|org|info|id|co\.\w\w|de|at|ch|fr|nl|it|es|pl|uk|us)\b", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"\s*[;|\n，、]\s*|\s*,(?!\s*(?:jr|sr|ph\.? ?d|m\.?d|s\.?h|s\.?e|m\.?si|m\.?h|s\.?kom|dr|drs|ir|ii"
    r"|iii)\b)\s*|\s+(?-i:dan|DAN|and|AND|und|UND|et|y|en|och|og|&)\s+",
    re.IGNORECASE,
)
# An abbreviation in brackets, a job, the word for a journalist behind a Korean name, or the day (`Sari am Samstag`).
_AFTER = re.compile(
    r"\s*[(\[][^()\[\]]{0,40}[)\]]?\s*$|\s+기자$|\s+(?:staff|senior|special|travel|news|chief|political|contributing)\b.{0,40}(?:reporter|writer|editor|correspondent)$"
    r"|(?<=\w)\s+@\w+$|\s+am\s+\w{2,10}tag\b.*$|\s+(?:published|posted|updated)$|\s+[-–—]\s+[a-z]{3,9}\.? \d.*$",
    re.IGNORECASE,
)
_DESKS = re.compile(
    r"(?:dan|and|von|by|oleh|comments?|komentar)|(?:tim |unserer? |our )?"
    r"(?:redaksi|redaktur|redaktion|redaction|redacción|editor|editors"
    r"|editorial(?: team| staff)?|newsroom|news ?desk|desk|admin|administrator|webmaster"
    r"|staff(?: (?:writer|reporter)s?)?|staf|team|guest|anonymous|anonim|root|user|none|null|unknown|wp"
    r"|author|penulis)(?: \S+)?|tim(?: (?:redaksi|editor|liputan|riset|media|news|admin|kreatif|it|cek)\S*(?: \S+)?)?"
    r"|no author|post author|(?:written|posted|published) by|posted|publiziert(?: am)?|veröffentlicht(?: am)?|edit"
    r"|stand|weitere informationen|beitrag|text|rezept von|uncategorized",
    re.IGNORECASE,
)
# Marks between the parts of a line such as `Kota | Oleh Sari Uji | 10 September 2021`, and words that begin one.
_PARTS = re.compile(r"\s*[|•·]\s*|\s+(?=(?:Autor(?:in)?|Auteur|Penulis|Reporter|Oleh)\s*:)|\d\s+(?=by [A-Z])")
_DATED = re.compile(r",?\s+(?:(?:am|le|el|on|pada|um)\s+)?(?:\w+,?\s+)?\d.*$")
_MAX_LINE_CHARACTERS = 160
_JOB = re.compile(
    r".*\b(?:writer|reporter|correspondent|fellow|columnist|contributor|journalist|photographer|editor|staff|team|ceo)s?",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"\W*(?:editor|redaktur|penyunting)\W*", re.IGNORECASE)
_SIGNATURE = re.compile(r"[^\W\d_][\w.'’-]{1,20}(?: [^\W\d_][\w.'’-]{0,20}){1,3}")
_PARTICLES = {"bin", "binti", "van", "von", "der", "den", "de", "da", "del", "di", "la", "le"}
_NUMBER = re.compile(r"\d{2}")  # dates are beside bylines
_WORD = re.compile(r"[^\W_]+")


def names(texts: Iterable[str], publishers: Sequence[str] = ()) -> list[str]:
    """The names of persons and agencies in the texts, each once, in their order.

    Two names in one text are two. URLs, mail addresses and words such as `Oleh:` go. Desks such as `Redaksi`, and the
    publishers with these names, are no authors; a job beside a name is none.
    """
    own = {_key(name) for name in publishers} - {""}
    found: dict[str, str] = {}
    for text in texts:
        for part in _parts(text):
            key = _key(part)
            is_of_site = any(key in (f"tim {name}", f"{name} com") for name in own)  # `Tim Kabar`, `kabar.com`
            is_desk = is_of_site or _DESKS.fullmatch(part)
            if key and key not in own and not is_desk:
                found.setdefault(key.replace(" ", ""), part)  # `Sari Uji` and `@sariuji` are one
    return [name for name in found.values() if not _JOB.fullmatch(name)] or list(found.values())


def in_bylines(bylines: Iterable[Sequence[str]], publishers: Sequence[str] = ()) -> list[str]:
    """The names in the first byline that has any. A word in lower case is a section or a preposition there."""
    for texts in bylines:
        if found := [name for name in names(texts, publishers) if name != name.lower() or name == name.upper()]:
            return found
    return []


def completed(found: Sequence[str], stated: Iterable[Sequence[str]]) -> Sequence[str]:
    """The names that were found, or those of a statement with all of them and more: a page may show one of three."""
    known = set(map(_key, found))
    return next((names for names in stated if known and known < set(map(_key, names))), found)


def without_editors(stated: Sequence[str], bylines: Iterable[Sequence[str]]) -> list[str]:
    """The stated names, without those that a byline calls the editor: some pages state the editor as the author."""
    editors = {_key(name) for word, *rest in bylines if _EDITOR.fullmatch(word) for name in rest}
    return [name for name in stated if _key(name) not in editors]


def in_signature(texts: Sequence[str], publishers: Sequence[str] = ()) -> list[str]:
    """The names in a line of the body that has nothing else, such as `Sari Uji/Budi Uji`."""
    for text in texts:
        parts = [part.strip() for part in text.split("/")]
        words = [word for word in text.replace("/", " ").split() if word not in _PARTICLES]
        if not all(word[0].isupper() for word in words):
            continue
        if all(_SIGNATURE.fullmatch(part) for part in parts) and (found := names(parts, publishers)):
            return found
    return []


def written_out(stated: Sequence[str], shown: Sequence[str]) -> list[str]:
    """The stated names. A login, such as `sariuji`, becomes the shown name `Sari Uji`."""
    known = {"".join(_WORD.findall(name)).casefold(): name for name in shown}
    return [known.get(name, name) for name in stated]


def in_lines(lines: Sequence[str]) -> list[str]:
    """The texts behind a word such as `Oleh` at the beginning of a line or of a part of it, without a date."""
    parts = (part for line in lines if len(line) <= _MAX_LINE_CHARACTERS for part in _PARTS.split(line))
    return [
        _DATED.sub("", rest)
        for part in parts
        if len(part) <= MAX_NAME_CHARACTERS and (rest := _BEFORE.sub("", part)) != part and rest[:1].isupper()
    ]


def _parts(text: str) -> Iterable[str]:
    if len(text) > MAX_BYLINE_CHARACTERS:
        return
    text = _PLACE.sub("", _BEFORE.sub("", _MAIL.sub(" ", html.unescape(text))))
    for part in _BETWEEN.split(text):
        if _CREDIT.match(part):
            continue
        part = _BEFORE.sub("", _AND.sub("", part))
        name = " ".join(_AFTER.sub("", part).split()).strip(' ,;:|-–—()[]"“”@，、')
        if _is_name(name):
            yield name


def _is_name(text: str) -> bool:
    if not 1 < len(text) <= MAX_NAME_CHARACTERS or _SITE.search(text):
        return False
    return bool(_WORD.search(text)) and not _NUMBER.search(text) and len(text.split()) <= MAX_NAME_WORDS


def _key(name: str) -> str:
    return " ".join(_WORD.findall(name)).casefold()
