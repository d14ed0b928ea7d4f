"""Show log messages on standard error, each with the seconds since the command began."""

from __future__ import annotations

import logging
import sys
import time


def log_to_stderr(name: str = "hedgerow", level: int = logging.INFO) -> None:
    """Print the messages of the logger `name` as `[  1.9 s] message`; a second call only restarts the clock."""
    logger = logging.getLogger(name)
    logger.setLevel(level)
    for handler in logger.handlers[:]:
        if isinstance(handler, _StderrHandler):
            logger.removeHandler(handler)
    logger.addHandler(_StderrHandler())


class _StderrHandler(logging.Handler):
    """Writes to today's `sys.stderr`, which a test or a notebook may have replaced since."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message and flush it."""
        seconds = time.monotonic() - self._started
        print(f"[{seconds:5.1f} s] {self.format(record)}", file=sys.stderr, flush=True)
