"""Names of lists: by slug, by the name that is stored, and of renamed categories."""

import pytest

from service.core.errors import SettingsError
from service.feeds.list_names import ListNames
from tests.support.articles import NOW, submission

RENAMED = {"hukum-ham": "Hukum dan HAM", "Hukum dan HAM": "Hukum", "kota": "Jakarta"}


def test_a_list_has_the_slug_of_its_name() -> None:
    names = ListNames()
    assert names.of("tag", "F++") == "tag/f~plus~plus"
    assert names.of("category", "Hukum & HAM") == "category/hukum-ham"


def test_a_stored_list_keeps_its_name() -> None:
    stored = [("latest", ""), ("tag/f", "F++"), ("tag/banjir-rob", "Banjir Rob"), ("feed/f", "F#")]
    names = ListNames().with_stored(stored)
    assert names.of("tag", "f++") == "tag/f"
    assert names.of("category", "F++") == "category/f~plus~plus"
    assert names.of("tag", "F#") == "tag/f~hash"
    assert names.of("tag", "Banjir Rob") == "tag/banjir-rob"


def test_a_renamed_category_has_the_last_of_its_names() -> None:
    article = submission("1", categories=["Hukum & HAM", "Kota"], tags=["Kota"], authors=["Budi"]).article(None, NOW)
    assert ListNames(RENAMED).of_article(article) == {
        "category/hukum": "Hukum",
        "category/jakarta": "Jakarta",
        "tag/kota": "Kota",
        "author/budi": "Budi",
    }


@pytest.mark.parametrize("renamed", [{"a": "A"}, {"a": "B", "b": "A"}, {"x": "a", "a": "B", "b": "a"}])
def test_a_category_cannot_be_renamed_to_itself(renamed: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"catalogue\.renamed_categories: . leads back to itself"):
        ListNames(renamed)
