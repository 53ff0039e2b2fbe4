"""Elements whose content HTML does not parse as markup, made into elements whose content is parsed.

The sanitizer, like a browser that runs scripts, takes the content of `noscript` and `iframe` for text, and would show
its tags as text. Nothing here is needed for safety: the sanitizer reads the result.
"""

import html
import re

from service.articles.elements import DROPPED, NAMES

FRAME = "x-frame"  # stands for an `iframe`
NO_SCRIPT = "x-noscript"  # stands for a `noscript`
MAX_FRAME_DEPTH = 3  # of documents in frames within such documents
_DOCUMENT = re.compile(r"""(?<=[\s/"'])srcdoc\s*=\s*(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>=`]++))""", re.IGNORECASE)
_NAMES = re.compile(r"<(?:noscript|iframe|xmp|plaintext|noembed|noframes)", re.IGNORECASE)
_ORPHAN = re.compile(r"</?(?:t[dhr]|thead|tbody|tfoot|caption|html|head|body|frameset|frame)(?=[\s/>])", re.IGNORECASE)
_FOREIGN = re.compile(r"(</?(?:math|svg)(?=[\s/>]))", re.IGNORECASE)
_STRANGERS = {*NAMES, NO_SCRIPT} - DROPPED - {"math", "svg", "img", "video", "audio"}
_STRANGER = re.compile(rf"</?(?:{'|'.join(sorted(_STRANGERS))})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_TABLE = re.compile("<table", re.IGNORECASE)
_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
_TOKEN = re.compile(
    rf"""
    <!--(?:-?>|(?:[^-]++|-(?!->))*+)
    | <(?:script|style|textarea|title)(?=[\s/>]){_ATTRIBUTES}(?:>|\Z)
    | <(?P<text>xmp|plaintext)(?=[\s/>]){_ATTRIBUTES}(?:>|\Z)
    | <iframe(?=[\s/>])(?P<frame>{_ATTRIBUTES})(?:>|\Z)(?:[^<]*+(?:<(?!/?iframe\b)[^<]*+)*+</iframe\s*+>)?+
    | </(?P<end>iframe)\s*+>
    | <(?P<slash>/?)(?P<other>noscript|noembed|noframes)(?=[\s/>]){_ATTRIBUTES}(?:>|\Z)
    | </?[a-z]{_ATTRIBUTES}(?:>|\Z)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RAW = re.compile(r"<(script|style|textarea|title)", re.IGNORECASE)
_REPLACED = {"noscript": NO_SCRIPT, "noframes": "div"}


def parsed(markup: str, depth: int = 0) -> str:
    """`markup` in which the content of every element is markup, except of those whose content nobody sees.

    A frame has the document of its `srcdoc` as its content. `depth` is the number of frames around `markup`.
    """
    if _NAMES.search(markup):
        markup = "".join(_pieces(markup, depth))
    if _FOREIGN.search(markup):
        markup = _without_strangers(markup)
    if _ORPHAN.search(markup) and not _TABLE.search(markup):
        return _ORPHAN.sub(
            r" \g<0>", markup
        )  # outside of a table the parser drops these tags, and would join the words
    return markup


def _without_strangers(markup: str) -> str:
    """`markup` without the tags of HTML in formulas and drawings: the sanitizer would drop their texts, too."""
    begins, ends = (len(re.findall(f"<{slash}(?:math|svg)[\\s>]", markup, re.IGNORECASE)) for slash in ("", "/"))
    if begins != ends:
        return markup  # one is never closed, and would take the rest of the body
    pieces = _FOREIGN.split(markup)
    depth = 0
    for place in range(1, len(pieces), 2):
        depth += -1 if pieces[place].startswith("</") else 1
        if depth > 0:
            pieces[place + 1] = _STRANGER.sub(" ", pieces[place + 1])
    return "".join(pieces)


def _pieces(markup: str, depth: int) -> list[str]:
    pieces = []
    place = 0
    while token := _TOKEN.search(markup, place):
        pieces.append(markup[place : token.start()])
        place = token.end()
        if token["text"]:
            end = _end(token["text"], markup, place)
            pieces.append(f"<pre>{html.escape(markup[place:end], quote=False)}</pre>")
            place = end
        elif token["frame"] is not None:
            pieces.append(_frame(token["frame"], depth))
        elif token["other"]:
            name = _REPLACED.get(token["other"].lower())
            pieces.append(f"<{token['slash']}{name}>" if name else "")
        elif raw := _RAW.match(token[0]):
            end = _end(raw[1], markup, place)
            pieces.append(markup[token.start() : end])
            place = end
        elif not token["end"]:
            pieces.append(token[0])
    pieces.append(markup[place:])
    return pieces


def _frame(attributes: str, depth: int) -> str:
    document = _DOCUMENT.search(attributes) if depth < MAX_FRAME_DEPTH else None
    if not document:
        return f"<{FRAME}{attributes}></{FRAME}>"
    content = html.unescape(next(filter(None, document.groups()), ""))
    others = f"{attributes[: document.start()]} srcdoc{attributes[document.end() :]}"
    return f"<{FRAME}{others}><div>{parsed(content, depth + 1)}</div></{FRAME}>"


def _end(name: str, markup: str, begin: int) -> int:
    """The position of the end tag of the element whose content begins at `begin`; the end of `markup` without one."""
    end = None if name.lower() == "plaintext" else re.compile(rf"</{name}[\s/>]", re.IGNORECASE).search(markup, begin)
    return end.start() if end else len(markup)
