"""Scripts and styles of the pages: small documents that change with a release, in every encoding, with validators."""

import hashlib
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from flask import Response, request

from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.documents.document import Document
from service.documents.parts import DocumentParts
from service.push.edge import edge_headers
from service.web.http.caching import FixedCaching
from service.web.http.delta import Deltas
from service.web.http.documents import response_of
from service.web.http.responses import Responses
from service.web.openapi.operation import Body, Parameter, operation

FOLDER = Path(__file__).parents[1] / "static"
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
STATS_FILES = ("stats.css", "stats-parts.css", "stats-print.css", "chart.umd.min.js", "stats-charts.js", "stats.js")
FILES = ("pages.js", *STATS_FILES)
# A file's URL contains the digest of its content, so the content behind a URL never changes.
CACHING = FixedCaching("max-age=31536000, immutable")


_FILE = Parameter("file", "A file of this release.", converter="<file>", example="stats.js")


def file_document(path: Path) -> Document:
    """Return the file as a document with the smallest encodings."""
    modified_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return Document.of(DocumentParts(path.read_bytes()), MEDIA_TYPES[path.suffix], modified_at).recompressed()


class StaticFile:
    """A file of this release. Its name contains the digest of its content."""

    def __init__(self, path: Path, settings: Settings) -> None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        self.name = f"{path.stem}-{digest}{path.suffix}"
        self._path = path
        self._headers = {
            "Cache-Control": CACHING.directives,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
            **edge_headers(settings.edge, []),
        }

    @cached_property
    def _document(self) -> Document:  # at the first request: the chart library takes a third of a second
        return file_document(self._path)

    @cached_property
    def _responses(self) -> Responses:
        return Responses(self._document, self._headers, Deltas())

    def respond(self) -> Response:
        return response_of(self._responses.respond(request.environ, self._document))


class StaticFiles:
    """The files of `/static/`. None of them is secret."""

    def __init__(self, settings: Settings) -> None:
        self._files = {name: StaticFile(FOLDER / name, settings) for name in FILES}
        self._by_name = {file.name: file for file in self._files.values()}
        self.names = list(self._by_name)
        self.folder = f"{settings.base_url}/static/"

    def address(self, name: str) -> str:
        """Return the URL of a file. `name` is one of FILES."""
        return f"{self.folder}{self._files[name].name}"

    @operation(
        "GET",
        "/static/{file}",
        "Scripts and styles of the pages",
        {
            200: Body("The file.", media_types=["text/javascript", "text/css"]),
            304: "The client's copy is current.",
        },
        problems=(404, 406, 412),
        path_parameters=[_FILE],
        caching=CACHING,
    )
    def file(self, file: str) -> Response:
        """Return a file. Raises NotFound if this release does not have it."""
        if file not in self._by_name:
            raise NotFound("there is no such file in this release")
        return self._by_name[file].respond()
