"""The formats of access logs, and the recognition of a log's format by its first lines."""

from collections.abc import Callable, Mapping, Sequence

from service.core.access_logs import caddy, cloudfront, combined, fastly, logpush, traefik
from service.core.access_logs.request import LineParser, OtherFormat

_Parser = Callable[[Sequence[str]], LineParser]  # makes the parser of a log from its first lines


def _always(parse: LineParser) -> _Parser:
    return lambda _: parse


# By the name for `--format`, in the order in which they are tried. Fastly may write the combined format.
FORMATS: Mapping[str, _Parser] = {
    "combined": _always(combined.parse),
    "caddy": _always(caddy.parse),
    "traefik": _always(traefik.parse),
    "cloudfront": cloudfront.parser,
    "logpush": _always(logpush.parse),
    "fastly": _always(fastly.parse),
}


def line_parser(first_lines: Sequence[str], name: str = "") -> LineParser:
    """The parser of the format `name`, or of the format that reads most of the first lines.

    If no format reads one, it is the format of most lines: its messages say what is missing. Raises OtherFormat if no
    line has a known format.
    """
    if name:
        return FORMATS[name](first_lines)
    parsers = [make(first_lines) for make in FORMATS.values()]
    fitting = [_fitting_lines(parse, first_lines) for parse in parsers]
    if first_lines and max(fitting) == (0, 0):
        raise OtherFormat(f"its format is not recognized; Warta reads {', '.join(FORMATS)}")
    return parsers[fitting.index(max(fitting))]


def _fitting_lines(parse: LineParser, lines: Sequence[str]) -> tuple[int, int]:
    """The number of lines that are requests, and of the others that have the format: comments, unreadable requests."""
    requests = others = 0
    for line in lines:
        try:
            found = parse(line)
        except OtherFormat:
            continue
        except ValueError:
            found = None
        requests += found is not None
        others += found is None
    return requests, others
