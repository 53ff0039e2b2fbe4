"""The templates of the pages. A newsroom may replace or extend each by a file in its own folder (docs/pages.md)."""

import hashlib
import logging
import re
from datetime import datetime
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, TemplateError
from markupsafe import Markup

from service.articles.direction import is_right_to_left
from service.articles.slugs import slug
from service.articles.ui_language import ui_language
from service.core.errors import SettingsError
from service.core.settings.model import Settings
from service.documents.formats import FORMATS
from service.web.http.static_files import StaticFiles
from service.web.localization import localization
from service.web.pages.colours import readable
from service.web.pages.share import share_links
from service.web.pages.subscribe import subscribe_links

FOLDER = Path(__file__).parents[1] / "templates" / "pages"
OWN = "warta"  # the prefix under which a template of the newsroom finds Warta's own: {% extends "warta/article.html" %}
BRAND = "a8321e"
PAPERS = {"light": "fdfcfa", "dark": "171614"}  # the backgrounds in style.css
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)

log = logging.getLogger(__name__)


class PageTemplates:
    """Renders the templates with the values that all pages share. Shared by threads.

    Raises SettingsError if the folder of the newsroom, or a template in it, cannot be read. `digest` identifies all
    templates and the style.
    """

    def __init__(self, settings: Settings, files: StaticFiles) -> None:
        self.style = _style(settings)
        self.texts = localization(ui_language(settings.site.language))
        self._settings = settings
        self._files = files
        self._own = self._environment(FileSystemLoader(FOLDER))
        self._used = self._own
        folders = [FOLDER]
        if settings.pages.templates:
            folders.append(Path(settings.pages.templates))
            self._used = self._overridden(folders[1])
        self.digest = _digest([self.style, *self._texts_of(folders)])

    def render(self, name: str, **values: object) -> str:
        """The template as HTML. If a template of the newsroom fails, the log says so, and Warta's own is rendered."""
        if self._used is not self._own:
            try:
                return self._used.get_template(name).render(values)
            except Exception as error:  # a template may fail in any way
                log.error("pages.templates: %s failed, Warta's own is shown: %s", name, error)  # noqa: TRY400
        return self._own.get_template(name).render(values)

    def _environment(self, loader: BaseLoader) -> Environment:
        environment = Environment(
            loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False, cache_size=100
        )
        settings, texts = self._settings, self.texts
        environment.filters["slug"] = slug
        environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        environment.tests["right_to_left"] = is_right_to_left
        environment.globals.update(
            site=settings.site,
            home=settings.home,
            base=settings.base_url,
            links=settings.pages.links,
            stylesheet=settings.pages.stylesheet,
            language=texts.language,
            direction="rtl" if is_right_to_left(texts.language) else "ltr",
            formats=list(FORMATS.values()),
            has_search=True,
            style=Markup(self.style),  # noqa: S704 - our own file
            script=self._files.address("pages.js"),
            theme=_theme(settings),
            icon_url=settings.icon_url,
            when=self._when,
            share_links=share_links,
            subscribe_links=subscribe_links,
            _=texts.gettext,
            pgettext=texts.pgettext,
            ngettext=texts.ngettext,
        )
        return environment

    def _overridden(self, folder: Path) -> Environment:
        """The templates of the newsroom before Warta's own. Raises SettingsError."""
        if not folder.is_dir():
            raise SettingsError(f"pages.templates: there is no folder {folder}")
        own = FileSystemLoader(FOLDER)
        environment = self._environment(ChoiceLoader([FileSystemLoader(folder), PrefixLoader({OWN: own}), own]))
        for path in sorted(folder.rglob("*.html")):
            name = path.relative_to(folder).as_posix()
            try:
                environment.get_template(name)
            except TemplateError as error:
                line = getattr(error, "lineno", None)
                place = f"{path}, line {line}" if line else str(path)
                raise SettingsError(f"pages.templates: {place}: {error.message}") from None
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"pages.templates: {path} cannot be read: {error}") from None
        return environment

    def _texts_of(self, folders: list[Path]) -> list[str]:
        return [
            f"{path.relative_to(folder)}\n{path.read_text(encoding='utf-8')}"
            for folder in folders
            for path in sorted(folder.rglob("*.html"))
        ]

    def _when(self, time: datetime) -> str:
        """A time in the site's zone, with the zone: `Minggu, 22 Februari 2026 | 09:00 WIB`."""
        there = time.astimezone(self._settings.site.zone)
        name = there.tzname() or ""
        zone = name if name.isalpha() else f"UTC{there.isoformat()[-6:]}"
        return f"{self.texts.date_and_time(there)} {zone}"


def _theme(settings: Settings) -> dict[str, str]:
    """The colour of the browser's bars: the newsroom's in the light; in the dark the page's, which does not glare."""
    return {"light": readable(settings.site.accent_color or BRAND, PAPERS["light"]), "dark": f"#{PAPERS['dark']}"}


def _style(settings: Settings) -> str:
    """The style sheet with the colour of the newsroom, without comments."""
    text = _COMMENT.sub("", (FOLDER / "style.css").read_text(encoding="utf-8"))
    for mode, paper in PAPERS.items():
        text = text.replace(f"BRAND_ON_{mode.upper()}", readable(settings.site.accent_color or BRAND, paper))
    return text


def _digest(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
