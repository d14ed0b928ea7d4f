"""Progress of a labelling to a file: a running count on standard error."""

from __future__ import annotations

import sys
import time

from hedgerow.labelling.stream import Counts

_INTERVAL = 0.5  # seconds between two counts


class LineProgress:
    """A running count on a terminal, twice a second; nothing if stderr is not a terminal, or stdout is one."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._started = time.monotonic()
        self._next = self._started + _INTERVAL

    def tick(self) -> None:
        """Show the counts, if it is time."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _INTERVAL
        counts, seconds = self._counts, now - self._started
        print(
            f"\r{counts.documents:,} documents, {counts.sentences:,} sentences"
            f" ({counts.sentences / seconds:,.0f}/s), {counts.rejected:,} rejected",
            end="\x1b[K",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        """Remove the count."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
