"""The picture of which the icons are made: the file `site.icon`, or the picture at the URL `site.logo`."""

import logging
import threading
import time

from PIL import Image

from service.core.http_client import OutgoingError, fetch
from service.core.settings.model import Settings
from service.web.icons.pictures import MAX_BYTES, PictureUnusable, read_picture, read_picture_file

FETCH_SECONDS = 4.0  # seconds that a fetch of the logo may take, over all redirects
RETRY_SECONDS = 600.0  # seconds between a failed fetch of the logo and the next one

log = logging.getLogger(__name__)


class SiteLogo:
    """The picture of the newsroom, None without one. Shared by threads. Raises SettingsError for a bad `site.icon`.

    The logo is fetched when the first icon is requested, once for the process. Meanwhile, and after a failed fetch,
    there is no picture, and `is_final` is False.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = "" if settings.site.icon else settings.site.logo
        self._allow = settings.outgoing_allow
        self._picture = read_picture_file(settings.site.icon, "site.icon") if settings.site.icon else None
        self._fetch_at = 0.0
        self._fetching = threading.Lock()

    @property
    def is_final(self) -> bool:
        """True if the picture will stay for the time of the process."""
        return not self._url

    def picture(self) -> Image.Image | None:
        """The picture. One thread fetches it; the others get None meanwhile."""
        if self._url and time.monotonic() >= self._fetch_at and self._fetching.acquire(blocking=False):
            try:
                self._fetch(self._url)
            finally:
                self._fetching.release()
        return self._picture

    def _fetch(self, url: str) -> None:
        try:
            response = fetch(url, allow=self._allow, limit_bytes=MAX_BYTES, timeout=FETCH_SECONDS)
            self._picture = read_picture(response.body)
        except (OutgoingError, PictureUnusable) as error:
            self._fetch_at = time.monotonic() + RETRY_SECONDS
            reason = error.reason if isinstance(error, OutgoingError) else error
            log.warning("site.logo: no icons are made of %s: %s; name a file in site.icon instead", url, reason)
        else:
            self._url = ""
