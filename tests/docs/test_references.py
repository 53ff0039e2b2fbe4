"""The documentation says what is: references are the generated ones, nothing is missing, no link is broken."""

import re
import runpy
import tomllib
from collections.abc import Iterator

import click
import pytest
from prometheus_client import CollectorRegistry

from service import importers
from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.cli import warta
from service.core.metrics import Metrics
from service.core.settings.files import CONFIG_VARIABLE
from service.core.settings.loader import ENVIRONMENT_PREFIX
from service.core.settings.model import Settings
from service.core.settings.types import Section
from service.documents import formats
from tests.support.markdown import PAGES, ROOT, blocks

PROSE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
LINK = re.compile(r"\]\((?!\w+:)([^()#\s]*)(?:#([^()\s]+))?\)")
relative = [str(page.relative_to(ROOT)) for page in PAGES]


def commands(group: click.Group, path: str = "warta") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def settings(model: type[Settings | Section], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from settings(kind, (*path, name))
        else:
            yield (*path, name)


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    compared = (ROOT / "requirements/bench.in").read_text().splitlines()
    every += [line for line in compared if line and not line.startswith("#")]
    return sorted({re.split(r"[^A-Za-z0-9-]", each)[0] for each in every})


def test_the_configuration_reference_is_up_to_date() -> None:
    generated = runpy.run_path(str(ROOT / "docs/generate.py"))["configuration"]()
    assert (ROOT / "docs/configuration.md").read_text(encoding="utf-8") == generated, "run: make docs"


@pytest.mark.parametrize("setting", list(settings(Settings)), ids=".".join)
def test_the_configuration_file_holds_every_setting(setting: tuple[str, ...]) -> None:
    *section, name = setting
    text = (ROOT / "config/warta.toml").read_text(encoding="utf-8")
    top, *rest = re.split(r"^\[(.+)\]$", text, flags=re.MULTILINE)
    tables = {"": top, **dict(zip(rest[::2], rest[1::2], strict=True))}
    written = re.search(rf"^(# )?{name} = ", tables[".".join(section)], re.MULTILINE)
    assert written or ".".join(setting) in tables or f"# [[{'.'.join(setting)}]]" in text


@pytest.mark.parametrize("command", list(commands(warta)))
def test_every_command_is_in_the_documentation(command: str) -> None:
    assert re.search(rf"{command}\b", PROSE)


@pytest.mark.parametrize("page", relative)
def test_no_relative_link_is_broken(page: str) -> None:
    path = ROOT / page
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        to = path.parent / target if target else path
        assert to.exists(), f"{page}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", to.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, f"{page}: {target}#{anchor}"


@pytest.mark.parametrize("package", dependencies())
def test_every_dependency_has_its_reason(package: str) -> None:
    assert f"| {package} | " in (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")


def test_every_format_is_listed() -> None:
    feeding = (ROOT / "docs/feeding.md").read_text(encoding="utf-8")
    assert [name for name in importers.FORMATS if f"| `{name}` |" not in feeding] == []
    assert [name for name in formats.FORMATS if f"`.{name}`" not in PROSE] == []


def test_every_metric_is_listed() -> None:
    registry: CollectorRegistry = vars(Metrics())["_registry"]
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    for metric in registry.collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        assert f"| `{name}` |" in operations


def test_every_log_line_that_is_named_exists() -> None:
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = operations.partition("Lines to look for:")[2].partition("## ")[0]
    named = {part.strip(" :,") for line in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[2:] for part in shown(line)}
    code = re.sub(r'"\s*f?"', "", "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("service/**/*.py")))
    assert len(named) > 15
    assert {part for part in named if part not in code} == set()


def shown(cell: str) -> Iterator[str]:
    """The words of the log lines in a cell of a table. Values of a line are shown as `…`."""
    for message in re.findall("`([^`]+)`", cell):
        yield from filter(None, message.split("…"))


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", PROSE, re.MULTILINE)) <= targets


def test_every_variable_that_is_named_is_a_setting() -> None:
    files = [*PAGES, ROOT / "docker-compose.yml", ROOT / "Dockerfile", ROOT / "config/warta.toml"]
    known = {f"{ENVIRONMENT_PREFIX}{'__'.join(path)}".upper() for path in settings(Settings)} | {CONFIG_VARIABLE}
    mappings = ("WARTA_CATALOGUE__LIMITS__", "WARTA_CATALOGUE__TITLES__")
    for file in files:
        for name in re.findall(r"WARTA_[A-Z0-9_]*[A-Z0-9]", file.read_text(encoding="utf-8")):
            assert name.removesuffix("_FILE") in known or name.startswith(mappings), f"{file.name}: {name}"


@pytest.mark.parametrize("page", relative)
def test_settings_in_examples_are_valid(page: str) -> None:
    for block in blocks(ROOT / page):
        if block.language == "toml":
            Settings.model_validate(tomllib.loads(block.text))


def test_the_example_page_is_an_article() -> None:
    reading = ValidationContext.of(Settings())
    [source] = importers.find(str(ROOT / "docs/examples/berita.txt"))
    with source.open() as opened:
        found = [
            item
            for item in importers.read(opened, None, importers.ReadOptions(reading.zone))
            if isinstance(item, importers.FoundArticle)
        ]
    article, *headlines = [Submission.read(item.fields, reading) for item in found]
    assert (article.section, article.categories, article.title[:12]) == ("Berita", ("Dinamika",), "Dermaga Baru")
    assert [author.name for author in article.authors] == ["Sekar Purwalaya"]
    assert article.image
    assert article.image.credit == "Ist"
    assert len(headlines) == 2
