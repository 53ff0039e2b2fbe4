"""The language of an article in the sitemap for Google News."""

import pytest

from service.articles.article import Headline
from service.documents.formats.sitemap import render
from tests.support.newsroom import NOW, SETTINGS
from tests.support.reading import xml

NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        *((None, "id"), ("id-ID", "id"), ("en_US", "en"), ("jv", "jv"), ("ban", "ban"), ("yue-Hant-HK", "yue")),
        *(("zh", "zh-cn"), ("zh-CN", "zh-cn"), ("zh-Hans", "zh-cn"), ("zh-Hans-HK", "zh-cn"), ("zh_SG", "zh-cn")),
        *(("zh-TW", "zh-tw"), ("zh-Hant", "zh-tw"), ("zh-Hant-TW", "zh-tw"), ("zh_HK", "zh-tw"), ("ZH-mo", "zh-tw")),
        *(("zh_Hant_CN", "zh-tw"), ("cmn-Hant", "zh-tw"), ("zh-cmn-Hans-CN", "zh-cn"), ("zho", "zh-cn")),
    ],
)
def test_a_language_is_a_code_of_iso_639_but_chinese_is_told_apart(language: str | None, written: str) -> None:
    root = xml(render([Headline("1", None, "Judul", language, NOW, NOW)], None, SETTINGS))
    assert [element.text for element in root.iter(f"{NEWS}language")] == [written]


def test_an_article_without_a_language_has_the_site_s() -> None:
    site = SETTINGS.site.model_copy(update={"language": "zh-Hant"})
    root = xml(render([Headline("1", None, "Judul", None, NOW, NOW)], None, SETTINGS.model_copy(update={"site": site})))
    assert [element.text for element in root.iter(f"{NEWS}language")] == ["zh-tw"]
