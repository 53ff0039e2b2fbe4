"""Paragraphs as WordPress makes them of the text of a post, when it shows the post (its function `wpautop`).

The rules, from WordPress's documentation and from what it shows: a blank line, two line breaks in a row, and the tags
of a block element end a paragraph. A single line end becomes a line break, except beside a block element. A blank line
in a `<p>` ends it and begins another one. Text directly in a block element becomes paragraphs only if a blank line or
another block parts it; in a quotation, always. `pre`, scripts and players stay as they are.
"""

import re

_BLOCKS = frozenset(
    [
        "table",
        "thead",
        "tfoot",
        "caption",
        "col",
        "colgroup",
        "tbody",
        "tr",
        "td",
        "th",
        "div",
        "dl",
        "dd",
        "dt",
        "ul",
        "ol",
        "li",
        "pre",
        "form",
        "map",
        "area",
        "blockquote",
        "address",
        "style",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "fieldset",
        "legend",
        "section",
        "article",
        "aside",
        "hgroup",
        "header",
        "footer",
        "nav",
        "figure",
        "figcaption",
        "details",
        "menu",
        "summary",
    ]
)
_VOID = frozenset({"hr", "col", "area"})
_LINES_ONLY = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "dt", "figcaption", "caption", "legend", "summary", "th", "address"]
)
_STRUCTURE = frozenset(["table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl", "colgroup", "menu", "map"])
_OPAQUE = frozenset(
    ["pre", "script", "style", "svg", "textarea", "audio", "video", "object", "iframe", "select", "math"]
)
_TOKEN = re.compile(
    r"""
    (?P<comment> <!--(?P<said>.*?)(?:-->|\Z) )
    | <(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*+) (?:[^<>"']|"[^"<>]*+"|'[^'<>]*+')*+ >
    | (?P<blank> \n[ \t\f]*+(?:\n[ \t\f]*+)++ )
    | (?P<text> [^<\n]++ | \n | < )
    """,
    re.VERBOSE | re.DOTALL,
)
_TWO_BREAKS = re.compile(r"(?:<br\s*+/?>\s*+){2,}+", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*+/?>", re.IGNORECASE)
_BREAK_ENDS = ("<br>", "<br/>", "<br />")
_HIDDEN_ONLY = re.compile(r"(?:<!--.*?-->|\s)*+", re.DOTALL)
_PAGE_MARK = re.compile(r"\s*+(?:more\b.*|nextpage|noteaser)\s*+", re.DOTALL)


def paragraphs(text: str) -> str:
    """The text of a post as HTML with paragraphs. HTML that has its paragraphs already stays the same."""
    text = _TWO_BREAKS.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    post = _Post()
    ends = _EndTags(text)
    at = 0
    while token := _TOKEN.match(text, at):
        at = token.end()
        name = (token["name"] or "").lower()
        if token["blank"]:
            post.blank_line()
        elif token["text"]:
            post.inline(token["text"])
        elif token["comment"]:
            post.comment(token["comment"], token["said"])
        elif name in _OPAQUE and not token["end"] and (end := ends.behind(name, at)):
            post.opaque(name, text[token.start() : end])
            at = end
        elif name not in _BLOCKS:
            post.inline(token[0].replace("\n", " "))
        elif token["end"]:
            post.end(name, token[0])
        else:
            post.start(name, token[0].replace("\n", " "))
    return post.html()


class _EndTags:
    """Finds end tags. It remembers which elements have none further down, so that each search is done once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def behind(self, name: str, at: int) -> int:
        """The place after the next end tag of the element; 0 if there is none."""
        if name in self._missing:
            return 0
        found = re.compile(rf"</{name}\s*+>", re.IGNORECASE).search(self._text, at)
        if not found:
            self._missing.add(name)
            return 0
        return found.end()


class _Post:
    """The paragraphs of a post, built from its tokens."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []  # block elements
        self._run: list[str] = []  # text and inline elements since the last block or blank line
        self._is_parted = False  # a blank line or another block stands before the run, within its block element

    def inline(self, markup: str) -> None:
        self._run.append(markup)

    def comment(self, markup: str, said: str) -> None:
        if _PAGE_MARK.fullmatch(said):
            self.blank_line()
        else:
            self._run.append(markup)

    def opaque(self, name: str, markup: str) -> None:
        if name in _BLOCKS:
            self._flush(is_followed=True)
            self._parts.append(f"{markup}\n")
            self._is_parted = True
        else:
            self._run.append(markup.replace("\n", " "))

    def blank_line(self) -> None:
        if self._within("p"):
            self._end_paragraph()
        elif self._open and self._open[-1] in _LINES_ONLY:
            self._run.append("\n")
            return
        else:
            self._flush(is_followed=True)
        self._is_parted = True

    def start(self, name: str, tag: str) -> None:
        if self._within("p"):
            self._end_paragraph()
        self._flush(is_followed=False)
        self._parts.append(tag)
        self._is_parted = name in _VOID
        if name not in _VOID:
            self._open.append(name)

    def end(self, name: str, tag: str) -> None:
        if name == "p":
            if self._within("p"):
                self._end_paragraph()
            else:
                self._flush(is_followed=True)
            self._is_parted = True
            return
        if self._within("p"):
            self._end_paragraph()
        self._flush(is_followed=False)
        if name in self._open:
            while self._open.pop() != name:
                pass
            self._parts.append(f"{tag}\n")
        self._is_parted = True

    def html(self) -> str:
        if self._within("p"):
            self._end_paragraph()
        self._flush(is_followed=False)
        return "".join(self._parts).strip()

    def _within(self, name: str) -> bool:
        return bool(self._open) and self._open[-1] == name

    def _end_paragraph(self) -> None:
        self._open.pop()
        self._parts[-1] += f"{self._lines()}</p>\n"
        self._is_parted = True

    def _flush(self, *, is_followed: bool) -> None:
        """Put the run down: as a paragraph, or as it is where WordPress makes none.

        `is_followed` means that a blank line stands behind it.
        """
        within = self._open[-1] if self._open else ""
        lines = self._lines()
        if not lines:
            return
        is_bare = within in _STRUCTURE or within in _LINES_ONLY or _HIDDEN_ONLY.fullmatch(lines)
        if not is_bare and (within in ("", "blockquote") or self._is_parted or is_followed):
            lines = f"<p>{lines}</p>\n"
        self._parts.append(lines)

    def _lines(self) -> str:
        """The run, with its line ends as line breaks and without those at its ends. The run is empty then."""
        whole, self._run = "".join(self._run), []
        lines = [line.strip(" \t\f\n") for line in whole.split("\n")]
        while lines and (not lines[0] or _BREAK.fullmatch(lines[0])):
            del lines[0]
        while lines and (not lines[-1] or _BREAK.fullmatch(lines[-1])):
            del lines[-1]
        last = len(lines) - 1
        return "\n".join(
            line if place == last or line[-6:].lower().endswith(_BREAK_ENDS) else f"{line}<br>"
            for place, line in enumerate(lines)
        )
