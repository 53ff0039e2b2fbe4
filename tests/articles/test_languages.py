"""Language tags: as a CMS writes them."""

import pytest

from service.articles.languages import language_tag


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
