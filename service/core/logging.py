"""Logging on standard error: one JSON object a line for a process that serves, one line of text for a command."""

import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

from service.core.printable import json_text, visible

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """A record as JSON: time (UTC), level, logger, message, and whatever was given as `extra`.

    What a terminal would obey is escaped: an operator reads strangers' words there.
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
    """A record as `warta: message`, in one line; of an exception, what it says."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        return plain_line(f"{record.getMessage()}{f': {type(error).__name__}: {error}' if error else ''}")


def plain_line(message: str) -> str:
    """What a command says of itself: `warta: message`, in one line, whatever the message holds."""
    return visible(f"warta: {' '.join(message.split())}")


CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.core.logging.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        # The server says what it does; the requests are logged by us.
        "_granian": {"level": "ERROR"},
        "granian.access": {"level": "WARNING"},
        "alembic": {"level": "WARNING"},
    },
}


def configure() -> None:
    """For a process that serves; commands speak plain text instead."""
    logging.config.dictConfig(CONFIG)


def configure_plain() -> None:
    """For a command."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
