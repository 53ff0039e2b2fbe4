"""Whole documents beside their expected form: what changes here changes for every reader.

The golden documents are indented for people; the bytes that are served are on one line. After a change that is meant,
write them anew with `.venv/bin/python -m tests.documents.formats.test_golden`, and look at the difference.
"""

import json
from pathlib import Path

import pytest
from lxml import etree

from service.articles.article import Article
from service.documents.formats import FORMATS
from tests.support.newsroom import BARE, CAPTIONED, EPISODE, RICH, article, rendered
from tests.support.reading import xml

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS: dict[str, list[Article]] = {
    "latest": [article(fields) for fields in (RICH, BARE, CAPTIONED)],
    "category/dinamika/popular/7d": [article(RICH)],
    "category/siniar": [article(EPISODE)],
    "tag/kosong": [],
}


def indented(path: str, extension: str) -> str:
    document = rendered(extension, DOCUMENTS[path], path)
    if extension == "json":
        return json.dumps(json.loads(document), ensure_ascii=False, indent=2) + "\n"
    text = etree.tostring(xml(document), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return str(text, "utf-8")


def golden(path: str, extension: str) -> Path:
    return GOLDEN / f"{path.replace('/', '-')}.{extension}"


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_document_is_as_it_was(path: str, extension: str) -> None:
    assert indented(path, extension) == golden(path, extension).read_text(encoding="utf-8")


def test_no_golden_document_is_left_over() -> None:
    assert set(GOLDEN.iterdir()) == {golden(path, extension) for path in DOCUMENTS for extension in FORMATS}


if __name__ == "__main__":
    for path in DOCUMENTS:
        for extension in FORMATS:
            golden(path, extension).write_text(indented(path, extension), encoding="utf-8")
