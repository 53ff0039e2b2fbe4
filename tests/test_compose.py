"""docker-compose.yml: what holds between its services. Only a Docker Engine shows whether they start."""

import re
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import yaml

from service.core.settings.loader import load
from tests.support.server import ROOT

DEFAULT = re.compile(r"\$\{[A-Z_]+:([-?])((?:[^${}]|\$\{[^}]*\})*)\}")


def with_defaults(text: str) -> str:
    """The text with the default of each variable, as Compose replaces them without .env."""
    while (replaced := DEFAULT.sub(lambda found: found[2] if found[1] == "-" else "given", text)) != text:
        text = replaced
    return text


@pytest.fixture(scope="module")
def composed() -> dict[str, Any]:
    loaded = yaml.safe_load(with_defaults((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def services(composed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return dict(composed["services"])


def test_one_service_builds_each_image_and_the_others_wait_for_it(services: dict[str, dict[str, Any]]) -> None:
    """Two that build one tag fail on Docker's containerd image store."""
    built = [service["image"] for service in services.values() if "build" in service]
    assert sorted(built) == sorted(set(built))
    for name, service in services.items():
        # A build gives the image a new digest each time, and `up` replaces the containers of changed images.
        assert service.get("pull_policy") != "build", name
        if service["image"] in built and "build" not in service:
            assert service["pull_policy"] == "never", name
            assert "migrate" in service["depends_on"]


def test_warta_trusts_the_network_of_its_proxies_and_varnish_finds_it(composed: dict[str, Any]) -> None:
    [network] = [ip_network(pool["subnet"]) for pool in composed["networks"]["outside"]["ipam"]["config"]]
    warta, edge = composed["services"]["warta"], composed["services"]["edge"]
    trusted = load({"WARTA_TRUSTED_PROXIES": warta["environment"]["WARTA_TRUSTED_PROXIES"], "WARTA_CONFIG": ""})
    assert network in trusted.trusted_proxies
    fixed = warta["networks"]["outside"]["ipv4_address"]
    assert ip_address(fixed) in network
    assert edge["extra_hosts"] == [f"warta:{fixed}"]


def test_varnish_is_apart_from_the_stores_and_from_restarts_of_warta(services: dict[str, dict[str, Any]]) -> None:
    assert services["edge"]["networks"] == ["outside"]
    assert {name for name, service in services.items() if "outside" not in service["networks"]} == {"postgres", "redis"}
    assert not [name for name, service in services.items() if "'restart': True" in str(service.get("depends_on"))]


def test_no_service_fills_the_disk_with_logs_or_nameless_volumes(services: dict[str, dict[str, Any]]) -> None:
    image_volumes = {"postgres": "/var/lib/postgresql/data", "redis": "/data", "warta": "/var/lib/warta"}
    for name, service in services.items():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name
        mounted = [volume.split(":")[1] for volume in service.get("volumes", ())]
        mounted += [folder.split(":")[0] for folder in service.get("tmpfs", ())]
        if volume := image_volumes.get(service["image"].split(":")[0]):
            assert volume in mounted, name
