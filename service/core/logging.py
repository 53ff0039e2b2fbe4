"""Logging on standard error: JSON lines, or text on a terminal, of a serving process; lines of text of a command."""

import logging
import logging.config
import sys
from datetime import UTC, datetime
from typing import Any

from service.core.printable import json_text, visible
from service.core.settings.serving import Log

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Formats a record as JSON: time (UTC), level, logger, message, and the fields of `extra`.

    Characters that control a terminal are escaped: messages may hold text from strangers, and operators read them in a
    terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields.update({name: value for name, value in record.__dict__.items() if name not in _STANDARD})
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json_text(fields)


class PlainLines(logging.Formatter):
    """Formats a record as `warta: message`, in one line. Of an exception it adds the type and the message."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return plain_line(f"{record.getMessage()}{f': {type(error).__name__}: {error}' if error else ''}")


def plain_line(message: str) -> str:
    """A message of a command as `warta: message`, in one line. Control characters are escaped."""
    return visible(f"warta: {' '.join(message.split())}")


class TextLines(logging.Formatter):
    """Formats a record for a person at a terminal: time (of the machine's zone), level, message, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")  # noqa: DTZ006
        fields = " ".join(
            f"{name}={visible(str(value))}"
            for name, value in record.__dict__.items()
            if name not in _STANDARD and value not in (None, "")
        )
        error = f": {self.formatException(record.exc_info)}" if record.exc_info else ""
        line = f"{time} {record.levelname.lower():<7} {record.getMessage()}{f'  {fields}' if fields else ''}{error}"
        return "\n".join(visible(part) for part in line.split("\n"))


class _GranianAdvice(logging.Filter):
    """Drops the advice that Granian gives at each start: our numbers of threads and processes are measured."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "number of CPU cores available" not in (text := record.getMessage()) and "amount of CPU" not in text


def config(settings: Log) -> dict[str, Any]:
    """The configuration of a serving process, as `logging.config.dictConfig` reads it."""
    text = settings.format == "text" or (settings.format == "auto" and sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": TextLines if text else JsonLines}},
        "filters": {"advice": {"()": _GranianAdvice}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": settings.level.upper(), "handlers": ["stderr"]},
        "loggers": {
            "_granian": {"level": "WARNING", "filters": ["advice"]},
            "granian.access": {"level": "WARNING"},  # `warta.request` has a line for each request to Flask
            "alembic": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
            "urllib3": {"level": "ERROR"},
        },
    }


def configure(settings: Log) -> None:
    """Configure logging for a serving process: JSON lines, or text on a terminal."""
    logging.config.dictConfig(config(settings))


def configure_plain() -> None:
    """Configure logging for a command: plain text, warnings and errors only."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
