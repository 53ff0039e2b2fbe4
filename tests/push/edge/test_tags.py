"""What a response says to the edge."""

import pytest
from pydantic import SecretStr

from service.core.settings.serving import Edge
from service.push.edge import edge_headers

VARNISH = Edge(kind="varnish", addresses=("http://127.0.0.1:6081",))
FASTLY = Edge(kind="fastly", token=SecretStr("rahasia"), zone="abc")
CLOUDFLARE = Edge(kind="cloudflare", token=SecretStr("rahasia"), zone="abc", max_age=100)


def test_without_an_edge_a_response_says_nothing() -> None:
    assert edge_headers(Edge(), ["latest"]) == {}


@pytest.mark.parametrize("edge", [VARNISH, FASTLY], ids=lambda edge: str(edge.kind))
def test_what_changes_with_its_list_only_may_stay_for_a_day(edge: Edge) -> None:
    assert edge_headers(edge, ["category/dinamika"]) == {
        "Surrogate-Key": "category/dinamika warta",
        "Surrogate-Control": "max-age=86400",
    }
    assert edge_headers(edge, ["latest"], 10)["Surrogate-Control"] == "max-age=10"


def test_cloudflare_has_headers_of_its_own() -> None:
    assert edge_headers(CLOUDFLARE, ["latest", "directory"], 60) == {
        "Cache-Tag": "latest,directory,warta",
        "CDN-Cache-Control": "max-age=60",
    }


def test_no_response_may_stay_longer_than_the_settings_say() -> None:
    assert edge_headers(CLOUDFLARE, ["latest"], 3600)["CDN-Cache-Control"] == "max-age=100"


def test_any_list_becomes_a_tag_that_a_header_can_hold() -> None:
    """Slugs keep the letters of any script, and may be long."""
    long = "tag/" + "新" * 200
    list_names = ["tag/चुनाव", "tag/a b,c\n", long, f"{long[:-1]}聞"]
    tags = edge_headers(VARNISH, list_names)["Surrogate-Key"].split(" ")
    assert len(set(tags)) == len(list_names) + 1
    for each in tags:
        assert each.isascii()
        assert each.isprintable()
        assert "," not in each
        assert len(each) <= 255
    assert tags[2].startswith("tag/")
