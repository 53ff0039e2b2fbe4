"""Media types of photos and files. The table is our own: results must not depend on the host's `/etc/mime.types`."""

import re

from service.core.validation import text_form

PHOTO_TYPE = "image/jpeg"  # the media type of a photo whose URL has no extension of an image type
FILE_TYPE = "application/octet-stream"  # the media type of an enclosure whose URL has no known extension
MEDIA_TYPE = text_form(r"[a-z-]+/[a-z0-9][a-z0-9._+-]*", "must be a media type, such as audio/mpeg")

_EXTENSIONS = {
    # images
    "jpg jpeg jpe jfif pjpeg": PHOTO_TYPE,
    "png": "image/png",
    "apng": "image/apng",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "heic": "image/heic",
    "heif": "image/heif",
    "svg svgz": "image/svg+xml",
    "bmp": "image/bmp",
    "tif tiff": "image/tiff",
    "ico": "image/vnd.microsoft.icon",
    # sound
    "mp3": "audio/mpeg",
    "m4a m4b": "audio/mp4",
    "aac": "audio/aac",
    "ogg oga spx": "audio/ogg",
    "opus": "audio/opus",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "mka": "audio/x-matroska",
    "aif aiff": "audio/aiff",
    "mid midi": "audio/midi",
    "amr": "audio/amr",
    "wma": "audio/x-ms-wma",
    "m3u": "audio/x-mpegurl",
    # film
    "mp4 m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mkv": "video/x-matroska",
    "mov qt": "video/quicktime",
    "mpg mpeg": "video/mpeg",
    "ts m2ts mts": "video/mp2t",
    "avi": "video/x-msvideo",
    "wmv": "video/x-ms-wmv",
    "flv": "video/x-flv",
    "3gp": "video/3gpp",
    "3g2": "video/3gpp2",
    "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml",
    # documents
    "pdf": "application/pdf",
    "epub": "application/epub+zip",
    "mobi": "application/x-mobipocket-ebook",
    "txt": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "htm html": "text/html",
    "xml": "application/xml",
    "json": "application/json",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip",
    "gz": "application/gzip",
    "7z": "application/x-7z-compressed",
}
_BY_EXTENSION = {extension: type_ for extensions, type_ in _EXTENSIONS.items() for extension in extensions.split()}
# Names that programs write, and the registered name (https://www.iana.org/assignments/media-types).
_REGISTERED = {
    "image/jpg": PHOTO_TYPE,
    "image/pjpeg": PHOTO_TYPE,
    "image/x-png": "image/png",
    "audio/mp3": "audio/mpeg",
    "audio/x-mp3": "audio/mpeg",
    "audio/mpeg3": "audio/mpeg",
    "audio/x-mpeg": "audio/mpeg",
    "audio/m4a": "audio/mp4",
}


def registered(media_type: str) -> str:
    """The media type in lower case, without parameters, by its registered name: `image/JPG; q=1` is `image/jpeg`."""
    bare = media_type.partition(";")[0].strip().lower()
    return _REGISTERED.get(bare, bare)


def type_of(url: str) -> str:
    """The media type of the file at a URL by its extension; empty if the extension is unknown."""
    path = re.split("[?#]", url, maxsplit=1)[0].partition("://")[2].partition("/")[2]
    return _BY_EXTENSION.get(path.rpartition("/")[2].rpartition(".")[2].lower(), "")


def photo_type(url: str) -> str:
    """The media type of a photo by the extension of its URL: always an image type."""
    found = type_of(url)
    return found if found.startswith("image/") else PHOTO_TYPE


def file_type(url: str) -> str:
    """The media type of a file by the extension of its URL."""
    return type_of(url) or FILE_TYPE
