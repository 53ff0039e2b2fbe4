"""Logging on standard error: one JSON object per line for a serving process, one line of text for a command."""

import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

from service.core.printable import json_text, visible

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


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.core.logging.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        # `warta serve` prints its own message at the start, so Granian logs only errors, and no line per request.
        "_granian": {"level": "ERROR"},
        "granian.access": {"level": "WARNING"},
        "alembic": {"level": "WARNING"},
    },
}


def configure() -> None:
    """Configure logging for a serving process: JSON lines."""
    logging.config.dictConfig(CONFIG)


def configure_plain() -> None:
    """Configure logging for a command: plain text, warnings and errors only."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
