"""Which languages are written from right to left."""

import pytest

from service.articles.direction import is_right_to_left


@pytest.mark.parametrize(
    "language",
    [
        "ar",
        "AR-EG",
        "ar_EG",
        "fa",
        "fa-AF",
        "ur",
        "he",
        "iw",
        "yi",
        "ps",
        "sd",
        "ug",
        "dv",
        "ckb",
        "az-Arab",
        "pa_Arab_PK",
    ],
)
def test_these_run_from_right_to_left(language: str) -> None:
    assert is_right_to_left(language)


@pytest.mark.parametrize(
    "language", ["id", "en-US", "ar-Latn", "sd-Deva", "az", "zh-Hant-TW", "jv", "su", "ms-Latn", ""]
)
def test_these_do_not(language: str) -> None:
    assert not is_right_to_left(language)
