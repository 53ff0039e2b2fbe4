"""Language tags: as a CMS writes them, and the direction of their script."""

import pytest

from service.articles.languages import direction, language_tag, news_language


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("id", "id"),
        (" id_ID ", "id-ID"),
        ("zh_Hant_TW", "zh-Hant-TW"),
        ("en_US.UTF-8", "en-US"),
        ("sr_RS@latin", "sr-RS"),
    ],
)
def test_a_locale_becomes_a_tag(written: str, tag: str) -> None:
    assert language_tag(written) == tag


@pytest.mark.parametrize("language", ["ar", "AR-eg", "fa", "ur-PK", "he", "yi", "ks", "az-Arab", "uz-Arab-AF", "ckb"])
def test_a_script_may_run_from_right_to_left(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["id", "en-US", "zh-Hant-TW", "az", "ar-Latn", "ja", "ms-Latn"])
def test_other_scripts_run_from_left_to_right(language: str) -> None:
    assert direction(language) == "ltr"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        *[("id", "id"), ("en-GB", "en"), ("jv", "jv"), ("zh", "zh-cn"), ("zh-CN", "zh-cn"), ("zh-TW", "zh-tw")],
        *[("zh-Hans-CN", "zh-cn"), ("zh-Hant", "zh-tw"), ("zh-HK", "zh-tw"), ("zh-Hans-HK", "zh-cn")],
    ],
)
def test_chinese_has_two_languages_in_a_news_sitemap(language: str, expected: str) -> None:
    assert news_language(language) == expected
