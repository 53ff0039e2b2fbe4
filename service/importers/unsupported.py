"""Files that are no source, told from their first bytes, and what a person can do with them."""

_SAVE_AS_HTML = "save it as HTML, or copy its text"
_UNPACK = "unpack it, and import the files in it"
# In the order in which they are tried. The first bytes of ZIP containers name their contents only further on.
_KINDS: tuple[tuple[bytes, bytes, str, str], ...] = (
    (b"PK\x03\x04", b"word/", "a Word document (DOCX)", _SAVE_AS_HTML),
    (b"PK\x03\x04", b"xl/", "an Excel workbook (XLSX)", "save it as CSV"),
    (b"PK\x03\x04", b"ppt/", "a PowerPoint presentation (PPTX)", _SAVE_AS_HTML),
    (b"PK\x03\x04", b"mimetypeapplication/epub", "an EPUB book", _SAVE_AS_HTML),
    (b"PK\x03\x04", b"opendocument.spreadsheet", "an OpenDocument spreadsheet (ODS)", "save it as CSV"),
    (b"PK\x03\x04", b"opendocument.text", "an OpenDocument text (ODT)", _SAVE_AS_HTML),
    (b"PK", b"", "a zip archive", _UNPACK),
    (b"%PDF", b"", "a PDF document", "import the HTML page, or copy its text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", "an old Word or Excel file", "save it as HTML or CSV"),
    (b"{\\rtf", b"", "a Rich Text document (RTF)", _SAVE_AS_HTML),
    (b"BZh", b"", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", b"", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", b"", "a 7z archive", _UNPACK),
    (b"Rar!", b"", "a RAR archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", b"", "a Zstandard archive", _UNPACK),
    (b"SQLite format 3", b"", "an SQLite database", "export its articles as CSV or JSON Lines"),
    (b"\xff\xd8\xff", b"", "a JPEG picture", "import the articles that show it"),
    (b"\x89PNG", b"", "a PNG picture", "import the articles that show it"),
    (b"GIF8", b"", "a GIF picture", "import the articles that show it"),
    (b"RIFF", b"WEBP", "a WebP picture", "import the articles that show it"),
    (b"", b"-- MySQL dump", "a dump of a MySQL database", "export the articles from the program, such as WordPress"),
    (b"", b"-- MariaDB dump", "a dump of a MariaDB database", "export the articles from the program"),
    (b"", b"-- phpMyAdmin SQL Dump", "a dump of a MySQL database", "export the articles from the program"),
    (b"", b"-- PostgreSQL database dump", "a dump of a PostgreSQL database", "export the articles from the program"),
)
_TAR = (257, b"ustar")  # the place and the mark of a tar archive
_LOOKED_AT_BYTES = 4096


def unsupported(head: bytes) -> str:
    """What the source is and what to do, if it is of a known kind that is not supported; otherwise ""."""
    begin = head[:_LOOKED_AT_BYTES]
    if begin[_TAR[0] :].startswith(_TAR[1]):
        return f"a tar archive; {_UNPACK}"
    for start, mark, kind, advice in _KINDS:
        if begin.startswith(start) and mark in (head if start else begin[:200]):
            return f"{kind}, which cannot be imported; {advice}"
    return ""
