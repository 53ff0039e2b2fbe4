"""Folders with the export or the source of a site: which of their files are articles.

Such a folder has many other files, such as templates and settings, which are not imported. In any other folder each
file is a source.
"""

from collections.abc import Callable
from pathlib import Path

_MARKDOWN = (".md", ".markdown", ".mdown", ".html")
_HUGO_SETTINGS = ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "archetypes")


def layout(folder: Path) -> Callable[[Path], bool]:
    """The function that tells whether a file below the folder is a source."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if "posts" in names and "README.html" in names:  # Medium
        return lambda path: path.is_relative_to(folder / "posts")
    if "_posts" in names:  # Jekyll
        return lambda path: path.suffix in _MARKDOWN and bool({"_posts", "_drafts"} & set(path.parts))
    if "content" in names and names.intersection(_HUGO_SETTINGS):
        return lambda path: path.is_relative_to(folder / "content") and path.suffix in _MARKDOWN and _is_page(path)
    return lambda _path: True


def _is_page(path: Path) -> bool:
    return path.stem != "_index"  # Hugo's lists of pages
