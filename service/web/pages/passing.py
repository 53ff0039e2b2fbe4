"""Pages that are no documents: error pages, and answers to forms. They have boxes from memory, whatever is away."""

import threading
import time
from collections.abc import Mapping

from markupsafe import Markup

from service.feeds.names import LATEST, FeedName
from service.web.pages.boxes import Navigation, popular_box
from service.web.pages.page import PageBuilder, as_markup

REFRESH_SECONDS = 5.0  # seconds between two looks for the boxes, however many errors there are


class PassingPages:
    """Renders error pages and answers to forms. The boxes come from memory, so that unknown URLs cost next to nothing.

    Shared by threads.
    """

    def __init__(self, builder: PageBuilder) -> None:
        self._builder = builder
        self._boxes: Mapping[str, Markup] = {}
        self._refresh_at = 0.0
        self._refreshing = threading.Lock()

    def error(self, status: int, detail: str) -> str:
        """The error page as HTML. `detail` is for the person who sent the request, in English."""
        title, explanation = self._words(status)
        return self.render_page("error.html", title=title, explanation=explanation, status=status, detail=detail)

    def render_page(self, template: str, **values: object) -> str:
        """The template with these values and the boxes, as HTML."""
        boxes = self._known_boxes()
        site, texts = self._builder.settings.site, self._builder.templates.texts
        feeds = {"discover": [FeedName(LATEST)], "titles": {LATEST: f"{site.title} – {texts.gettext('Latest')}"}}
        return self._builder.templates.render(template, **feeds, **boxes, **values)

    def _known_boxes(self) -> Mapping[str, Markup]:
        """The boxes of the last few seconds. One thread renews them; the others do not wait."""
        if time.monotonic() >= self._refresh_at and self._refreshing.acquire(blocking=False):
            try:
                sources = {"navigation": Navigation(self._builder), "popular": popular_box(self._builder)}
                found = as_markup({name: self._builder.box(source) for name, source in sources.items()})
                self._boxes = {name: html or self._boxes.get(name, html) for name, html in found.items()}
                self._refresh_at = time.monotonic() + REFRESH_SECONDS
            finally:
                self._refreshing.release()
        return self._boxes

    def _words(self, status: int) -> tuple[str, str]:
        """The title and a sentence for the status, in the site's language."""
        gettext = self._builder.templates.texts.gettext
        words = {
            400: (gettext("This URL is not right"), gettext("The part after the question mark has a mistake.")),
            404: (gettext("Not here"), gettext("There is no page at this URL. Perhaps it has moved, or has a slip.")),
            410: (gettext("This story was withdrawn"), gettext("The newsroom has taken it back.")),
            503: (
                gettext("Back in a moment"),
                gettext("We cannot show this page now. Please try again in a few seconds."),
            ),
        }
        return words.get(status, (gettext("Something is wrong"), gettext("The request could not be answered.")))
