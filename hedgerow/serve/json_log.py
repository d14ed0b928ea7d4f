"""The log: one JSON object a line on standard error, without texts, tokens or addresses of clients."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_logger = logging.getLogger("hedgerow.serve")


def log(level: str, event: str, **fields: Any) -> None:
    """Log an event with its fields."""
    _logger.log(logging.getLevelNamesMapping()[level.upper()], event, extra={"fields": fields})


def log_to_stderr() -> None:
    """Write the log of this room, and that of uvicorn, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter())
    for name, level in (("hedgerow.serve", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False
        logger.setLevel(level)


class _JsonFormatter(logging.Formatter):
    """Formats a record as a JSON object; of an exception it has the type only, for its message may quote a text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row: dict[str, Any] = {"time": when, "level": record.levelname.lower(), "event": record.getMessage()}
        row |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            row["error"] = record.exc_info[0].__name__
        return json.dumps(row)
