"""The description of the HTTP interface: valid, complete, and true."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import WebhookExists
from service.core.settings.catalogue import Catalogue, CuratedFeed
from service.core.settings.model import Settings
from service.storage import Scope
from service.web.http.static_files import StaticFiles
from tests.support.answers import payload
from tests.support.articles import NOW, submission

# Values of the parameters in paths that have no list of values in the description.
VALUES = {
    "id": "satu",
    "slug": "dinamika",
    "name": "demo-1",
    "feed": "latest",
    "number": "1",
    "page": "0",
    "key": "kota",
    "webhook": "arsip",
}
FORMS = {
    "/stats": {"sign_out": "1"},
    "/hub": {
        "hub.mode": "subscribe",
        "hub.topic": "https://feeds.example/latest.rss",
        "hub.callback": "https://reader.example/push",
    },
}
# Pages, pictures, scripts and forms: nobody learns from an example of their bytes.
SHOWN = (
    *("text/html", "image/png", "image/gif", "image/vnd.microsoft.icon"),
    *("text/javascript", "text/css", "application/x-www-form-urlencoded"),
)
METHODS = ("get", "put", "patch", "post", "delete")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    catalogue = Catalogue(feeds=(CuratedFeed(name="kota", title="Kota"),))
    return settings.model_copy(update={"catalogue": catalogue})


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return payload(client.get("/api/openapi.json"))


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)
    assert document["servers"] == [{"url": "https://feeds.example"}]


def test_every_route_is_described(document: dict[str, Any], settings: Settings, services: Services) -> None:
    """Feeds are one route; the catalogue has their paths. One route takes all other URLs of the API."""
    app = create_app(settings, services)
    described = {
        (re.sub(r"\{[^}]*\}", "{}", path), method.upper())
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/<path:path>") or rule.endpoint == "ApiErrors_unknown":
            continue
        path = re.sub(r"<[^>]*>", "{}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (path, method) in described, (path, method)


def test_every_feed_of_the_catalogue_is_described(document: dict[str, Any], services: Services) -> None:
    services.publisher.put([submission("satu", tags=["ASEAN"], authors=["Siti Aminah"])])
    patterns = [re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/.]+", re.escape(path))) for path in document["paths"]]
    catalogue = services.documents.catalogue
    for list_name in services.store.all_lists():
        for name in catalogue.names(list_name):
            for path in (f"/{name}", f"/{name}.rss"):
                assert any(pattern.fullmatch(path) for pattern in patterns), path


def operations(document: dict[str, Any], values_of: Mapping[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its address filled in."""
    for template, item in document["paths"].items():
        named = [*item.get("parameters", []), *item.get("get", {}).get("parameters", [])]
        listed = {parameter["name"]: parameter["schema"].get("enum") for parameter in named}
        paths = [template]
        for name in re.findall(r"\{([^}]*)\}", template):
            values = listed.get(name) or [values_of.get(name) or VALUES[name]]
            paths = [path.replace(f"{{{name}}}", value) for path in paths for value in values]
        for method in METHODS:
            if method in item:
                parameters = [each for each in item[method].get("parameters", []) if each["required"]]
                query = "&".join(f"{each['name']}={each['example']}" for each in parameters if each["in"] == "query")
                for path in paths:
                    yield method, f"{path}?{query}" if query else path, item[method]


def schema_of(document: dict[str, Any], operation: dict[str, Any], answer: TestResponse) -> dict[str, Any] | None:
    """The schema that the answer's body must meet; None if the description says nothing about it."""
    described = operation["responses"][str(answer.status_code)]
    if "content" not in described:
        return None
    media_type = answer.content_type.partition(";")[0]
    assert media_type in described["content"], (media_type, described)
    schema = described["content"][media_type].get("schema")
    return {**schema, "components": document["components"]} if schema else None


def test_every_operation_answers_as_it_is_described(
    document: dict[str, Any], client: FlaskClient, services: Services, token: Mapping[str, str]
) -> None:
    secret = services.tokens.create("redaksi", Scope.STATS_READ, NOW)
    tokens = {"articles:write": dict(token), "stats:read": {"Authorization": f"Bearer {secret}"}}
    secret = services.tokens.create("sistem", Scope.WEBHOOKS_WRITE, NOW)
    tokens["webhooks:write"] = {"Authorization": f"Bearer {secret}"}
    photographed = submission("demo-1")  # an article whose photo is drawn
    services.publisher.put([submission("satu", tags=["dinamika"], authors=["Dinamika"]), photographed])
    article = {"title": "Judul", "categories": ["Dinamika"], "tags": ["dinamika"], "authors": ["Dinamika"]}
    tried = 0
    for method, path, operation in operations(document, {"file": StaticFiles(services.settings).names[0]}):
        services.publisher.put(
            [submission("satu", tags=["dinamika"], authors=["Dinamika"])]
        )  # a step before withdrew it
        with suppress(WebhookExists):  # a step before may have removed it
            services.webhooks.add("arsip", "https://arsip.example/warta", [], [], NOW)
        body = {"put": article, "patch": {"title": "Judul lain"}, "post": {"id": "satu", **article}}.get(method)
        for described in operation.get("requestBody", {}).get("content", {}).values():
            body = described.get("example", body)
        if path in FORMS:
            body = None
        [scope] = operation.get("security", [{"token": ["articles:write"]}])[0]["token"]
        for headers in ({}, tokens[scope]):
            data = (
                body
                if isinstance(body, str)
                else json.dumps(body)
                if body
                else FORMS.get(path)
                if method == "post"
                else None
            )
            answer = client.open(path, method=method.upper(), data=data, headers=headers)
            if "security" in operation:
                assert (answer.status_code == 401) == (not headers)
            if headers or "security" not in operation:
                assert answer.status_code < 400, (method, path, answer.data)
            for name, header in operation["responses"][str(answer.status_code)].get("headers", {}).items():
                assert name in answer.headers or not header["required"], (method, path, name)
                if name in answer.headers and header["schema"]["type"] == "string":
                    Draft202012Validator(header["schema"]).validate(answer.headers[name])
            schema = schema_of(document, operation, answer)
            if schema and "json" in answer.content_type and "jsonl" not in answer.content_type:
                Draft202012Validator(schema).validate(payload(answer))
            tried += 1
    assert tried > 100


def test_every_operation_has_a_name_a_tag_and_valid_examples(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    names = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            names.append(operation["operationId"])
            assert set(operation["tags"]) <= tags
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (content for body in bodies for content in body.get("content", {}).values()):
                if "example" in content and "schema" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    Draft202012Validator(schema).validate(content["example"])
            for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
                assert {"enum", "default", "example"} & {*parameter, *parameter["schema"]}, (path, parameter["name"])
                if "example" in parameter:
                    Draft202012Validator(parameter["schema"]).validate(parameter["example"])
            answers = [body for status, body in operation["responses"].items() if status < "3"]
            for body in (operation.get("requestBody", {}), *answers):
                for media_type, content in body.get("content", {}).items():
                    assert "example" in content or media_type in SHOWN, (method, path, media_type)
                    if media_type.endswith(("xml", "opml")):
                        etree.fromstring(content["example"].encode())
    assert len(names) == len(set(names))


def test_the_article_in_it_is_the_article_that_is_validated(document: dict[str, Any]) -> None:
    article = document["components"]["schemas"]["Article"]
    assert article["required"] == ["id", "title"]
    assert set(article["properties"]) == {
        *("id", "url", "title", "summary", "content_html", "section", "categories", "tags", "authors", "published_at"),
        *("updated_at", "expires_at", "language", "image", "enclosures", "correction", "license", "status", "podcast"),
    }
    assert document["components"]["schemas"]["Author"]["properties"]["name"]["maxLength"] == 200
    assert article["properties"]["title"] | {"minLength": 1, "maxLength": 500} == article["properties"]["title"]
    assert article["properties"]["id"] | {"minLength": 1, "maxLength": 200} == article["properties"]["id"]
    assert article["properties"]["url"]["anyOf"][0] == {"type": "string", "format": "uri", "maxLength": 2000}
    for name in ("id", "title", "url", "published_at", "updated_at", "expires_at", "content_html"):
        assert article["properties"][name].get("description"), name


def test_caches_may_keep_an_answer_as_its_operation_declares(
    document: dict[str, Any], client: FlaskClient, services: Services
) -> None:
    """Cache-Control of every answer to GET without a token; `no-store` where no policy is declared."""
    services.publisher.put([submission("satu", tags=["dinamika"], authors=["Dinamika"]), submission("demo-1")])
    declared = {
        operation.path: operation.caching.cache_control(services.settings) if operation.caching else "no-store"
        for operation in client.application.extensions["warta.operations"]
        if operation.method == "GET"
    }
    policies = set()
    for template, item in document["paths"].items():
        if "get" not in item or "security" in item["get"]:
            continue
        only = {"paths": {template: {"parameters": item.get("parameters", []), "get": item["get"]}}}
        for _, path, _ in operations(only, {"file": StaticFiles(services.settings).names[0]}):
            answer = client.get(path)
            if answer.status_code == 200 and template != "/metrics":  # nobody caches it: it has no Cache-Control
                assert answer.headers["Cache-Control"] == declared[template], template
                policies.add(declared[template])
    assert len(policies) > 5
