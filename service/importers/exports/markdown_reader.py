"""The reader for Markdown with front matter, by markdown-it-py, PyYAML and tomllib. `sandbox_worker` runs it."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml
from markdown_it import MarkdownIt

_FRONT_MATTER = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<data>.*?)(?:^|\n)(?P=fence)[ \t]*(?:\r?\n|\Z)", re.DOTALL
)
_HEADING = re.compile(r"#[ \t]+([^\n]+)(?:\n|\Z)")
_PLAYERS = {"youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}"}
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_HIGHLIGHT = re.compile(r"\{%-?\s*highlight\s+(\w+)[^%]*%\}(.*?)\{%-?\s*endhighlight\s*-?%\}", re.DOTALL)
_FIGURE = re.compile(r"\{\{[<%]\s*figure\s([^{}]*?)/?[>%]\}\}")
_PLAYER = re.compile(
    r"\{\{[<%]\s*(youtube|vimeo)\s+(?:id=)?[\"']?([\w-]+)[\"']?[^{}]*?[>%]\}\}|"
    r"\{%-?\s*(youtube|vimeo)\s+[\"']?([\w-]+)[\"']?\s*-?%\}"
)
_ATTRIBUTE = re.compile(r"(\w+)=\"([^\"]*)\"")
_TAG = re.compile(r"\{\{[<%]\s*/?\s*(?P<hugo>[\w./-]+)[^{}]*?[>%]\}\}|\{%-?\s*(?P<liquid>\w+)[^{}]*?%\}")
_OUTPUT = re.compile(r"\{\{-?\s*(?:site\.(?:baseurl|url)|[^{}<%]*?\|\s*(?:relative|absolute)_url)\s*-?\}\}")
_ATTRIBUTE_LIST = re.compile(r"^\{:[^{}\n]*\}\s*$|\{:[^{}\n]*\}", re.MULTILINE)
_MORE = re.compile(r"<!--\s*more\s*-->")


class _Loader(yaml.SafeLoader):
    """YAML without dates, which stay texts, and without aliases, by which a short document could fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def items(document: Any, _url: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping: `front_matter` (names in lower case), `heading` (the first line, if it is one), `body` (HTML)
    and `notes` (removed tags). Raises ValueError if the front matter cannot be read.
    """
    text = document.read().decode().replace("\r\n", "\n")
    found = _FRONT_MATTER.match(text)
    data = _front_matter(found["fence"], found["data"]) if found else {}
    markdown = text[found.end() :].lstrip() if found else text
    heading = _HEADING.match(markdown)
    if heading and not data.get("title"):
        markdown = markdown[heading.end() :]
    markdown, notes = _without_tags(markdown)
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    yield {
        "front_matter": json.loads(json.dumps(data, default=str)),
        "heading": heading[1].strip("# \t") if heading else "",
        "body": parser.render(markdown),
        "notes": notes,
    }


def _front_matter(fence: str, text: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, _Loader) if fence == "---" else tomllib.loads(text)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ValueError(f"the front matter cannot be read: {' '.join(str(error).split())}") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ValueError("the front matter is no list of names and values")  # noqa: TRY004 - the document is wrong
    return {str(name).lower(): value for name, value in data.items()}


def _without_tags(markdown: str) -> tuple[str, list[str]]:
    """The text with figures and players in place of their tags, and without all other tags; and their names."""
    markdown = _HIGHLIGHT.sub(lambda code: f"\n```{code[1]}{code[2].rstrip()}\n```\n", markdown)
    markdown = _RAW.sub("", _MORE.sub("", markdown))
    markdown = _FIGURE.sub(_figure, markdown)
    markdown = _PLAYER.sub(_player, markdown)
    names = dict.fromkeys(tag["hugo"] or tag["liquid"] for tag in _TAG.finditer(markdown))
    markdown = _OUTPUT.sub("", _TAG.sub("", markdown))
    shown = [name for name in names if not name.startswith("end")]
    return _ATTRIBUTE_LIST.sub("", markdown), [f"tag {{{{< {name} >}}}}" for name in shown]


def _figure(tag: re.Match[str]) -> str:
    attributes = dict(_ATTRIBUTE.findall(tag[1]))
    caption = attributes.get("caption") or attributes.get("title") or ""
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'\n<figure><img src="{attributes.get("src", "")}" alt="{attributes.get("alt", "")}">{shown}</figure>\n'


def _player(tag: re.Match[str]) -> str:
    url = _PLAYERS[tag[1] or tag[3]].format(tag[2] or tag[4])
    return f"<{url}>"
