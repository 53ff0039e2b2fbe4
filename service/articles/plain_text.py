"""Plain text: of a field that a newsroom may send with markup, and of a sanitized body.

Plain text is text: it may hold `<`, `>` and `&`, and whoever writes it into markup escapes it. Only markup that would
run or load something in a program that unescapes once too often gets other brackets.
"""

import html
import re
from collections.abc import Collection, Iterable, Iterator

from service.articles.characters import balanced, one_line
from service.articles.elements import BLOCKS, NAMES, VOID
from service.articles.markup import MAX_TAGS, excess
from service.articles.sanitizer import sanitize

MAX_LEVELS = 10  # of escapes within escapes; no real text has more, and each level costs a pass
CONTEXT_CHARACTERS = 100  # characters after the beginning of a text that decide where it may be cut
_BASE = "https://relative.invalid/"  # plain text has no URLs
_SWITCHES = "allowfullscreen async autofocus autoplay checked compact controls default defer disabled download hidden"
_SWITCHES += " inert ismap loop muted nomodule noshade novalidate nowrap open playsinline readonly required reversed"
_SWITCHES += " selected"
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|"[^">]*+\Z|'[^'>]*+\Z|[^\s"'<>=`]++)"""
_ATTRIBUTE = rf"[\s/]++(?:[a-z_:@][\w:.@-]*+\s*+=\s*+{_VALUE}|(?:{_SWITCHES.replace(' ', '|')})\b)"
# What is really markup: a known element's tag, with attributes as HTML has them; a tag of a word processor's namespace;
# a comment or a declaration. A tag may be cut off at the end of the text.
_MARKUP = re.compile(
    rf"""
    <(?: /?(?:{"|".join(sorted(NAMES, key=len, reverse=True))})(?![\w:.-])(?:[\s/]*+>|(?:{_ATTRIBUTE})++[\s/]*+(?:>|\Z))
    | /?[a-z]\w*:[a-z]\w*(?:{_ATTRIBUTE})*+[\s/]*+>
    | !--(?s:.*?)(?:-->|\Z) | !doctype\b[^<>]*+> | \?xml\b[^<>]*+>
    | /(?:[a-z][a-z0-9]*)?+\Z )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The tag of an element that marks a part of a word, as in `W<b>art</b>a`.
_MARKING = re.compile(
    r"(?<=\w)<(a|abbr|acronym|b|big|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var)>"
    r"(?=\w)",
    re.IGNORECASE,
)
_NAME = re.compile("<(/?)([a-z0-9]+)", re.IGNORECASE)
# A tag of a sanitized body.
_TAG = re.compile(r'<(/?)([a-z0-9]+)[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_PREFORMATTED = re.compile(r"(?<=<pre>)[^<]*+(?:<(?!/pre>)[^<]*+)*+(?=</pre>)")
_ACTIVE = re.compile(
    r"<[\s/]*(?:script|style|iframe|frame|object|embed|applet|svg|math|link|meta|base|template)(?![\w-])", re.IGNORECASE
)
_TAG_BEGINS = re.compile("<[a-z!?/]", re.IGNORECASE)
_ACTIVE_ATTRIBUTE = re.compile(
    r"[\s/\"'<>](?:on[a-z]+|style|src|srcdoc|href|action|formaction|data|xlink:href|background|poster)\s*="
    r"|(?:javascript|vbscript)\s*:",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans("<>", "‹›")


def plain(text: str, tags: int = MAX_TAGS) -> str:
    """`text`, a field that may hold markup, as plain text on one line.

    Markup goes, and elements that part words leave a blank. References such as `&amp;` are resolved once. A field with
    more than `tags` tags, or with other markup that takes long to parse, is text as a whole.
    """
    text = one_line(text)
    if "<" in text or "&" in text:
        text = one_line(_read(text, tags))
    return balanced(_inert(text))


def as_field(text: str) -> str:
    """The plain `text` as a field from which `plain` makes the same text again."""
    return text if plain(text) == text else html.escape(text, quote=False)


def is_misread(text: str) -> bool:
    """True if plain `text` looks like HTML: a program that reads it as HTML would show other words."""
    return html.unescape(text) != text or bool(re.search(r"<[a-zA-Z!?/]", text))


def beginning(body: str, characters: int) -> str:
    """The plain text at the beginning of a sanitized `body`: all of it, or at least so many characters."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(body):
        pieces.append(piece)
        length += len(piece)
        if length > characters and len(text := one_line("".join(pieces))) > characters:
            return balanced(_inert(text[: characters + CONTEXT_CHARACTERS]))
    return balanced(_inert(one_line("".join(pieces))))


def has_text(body: str) -> bool:
    """True if a sanitized `body` has words. A body of pictures alone has none."""
    return any(piece.strip() for piece in _pieces(body))


def with_divisions(body: str, names: Collection[str]) -> str:
    """The sanitized `body` with a `div` in place of each element with one of these `names`."""
    if "pre" in names:
        body = _PREFORMATTED.sub(lambda element: element[0].strip("\n").replace("\n", "<br>"), body)
    return _TAG.sub(lambda tag: _division(tag) if tag[2] in names else tag[0], body)


def _division(tag: re.Match[str]) -> str:
    return "<br>" if tag[2] in VOID else f"<{tag[1]}div>"


def _pieces(body: str) -> Iterator[str]:
    """The texts of a sanitized `body`, with blanks where elements part words."""
    place = 0
    for tag in _TAG.finditer(body):
        yield html.unescape(body[place : tag.start()])
        if tag[2] in BLOCKS:
            yield " "
        place = tag.end()
    yield html.unescape(body[place:])


def _read(text: str, tags: int) -> str:
    if "<" not in text:
        return html.unescape(text)
    marked = _escaped_text(text)
    if "<" not in marked:
        return html.unescape(text)
    if excess(marked, tags):
        return text
    try:
        return "".join(_pieces(sanitize(marked, _BASE)))
    except ValueError:
        return text


def _escaped_text(text: str) -> str:
    """`text` in which each `<` that begins no markup is escaped.

    A tag within a word whose element has no end is no markup either, as in `a<b>c`.
    """
    pieces = []
    place = 0
    tags = list(_MARKUP.finditer(text))
    unclosed = _unclosed(tags)
    for markup in tags:
        if markup.start() in unclosed and _MARKING.match(text, markup.start()):
            continue
        pieces += [text[place : markup.start()].replace("<", "&lt;"), markup[0]]
        place = markup.end()
    return "".join(pieces) + text[place:].replace("<", "&lt;")


def _unclosed(tags: Iterable[re.Match[str]]) -> set[int]:
    """The positions of the start tags without an end tag. An end tag ends the last open element of its name."""
    places: dict[str, list[int]] = {}
    for tag in tags:
        if not (named := _NAME.match(tag[0])):
            continue
        of_name = places.setdefault(named[2].lower(), [])
        if not named[1]:
            of_name.append(tag.start())
        elif of_name:
            of_name.pop()
    return {place for each in places.values() for place in each}


def _inert(text: str) -> str:
    """`text` that runs and loads nothing in a program that takes it for HTML, however often it unescapes it."""
    if "<" not in text and "&" not in text:
        return text
    resolved = text
    for _ in range(MAX_LEVELS):
        if (deeper := html.unescape(resolved)) == resolved:
            break
        resolved = deeper
    else:
        return one_line(re.sub("[<>&]", " ", text))
    tag = _TAG_BEGINS.search(resolved)
    if tag and (_ACTIVE.search(resolved) or _ACTIVE_ATTRIBUTE.search(resolved, tag.start())):
        return one_line(resolved.translate(_BRACKETS))
    return text
