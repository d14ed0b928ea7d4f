"""The lines of one text in a file of several: a message of a mailbox, an article of an export."""

from __future__ import annotations

from dataclasses import dataclass, field

from hedgerow.io.lines import Line


@dataclass(slots=True)
class Gathered:
    """The lines of a text, at most `limit` bytes; `size` counts also those that were dropped. `error` rejects it."""

    first: Line
    limit: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    error: str | None = None

    def add(self, line: Line) -> None:
        """Add a line, unless the text is too large with it."""
        self.size += line.size
        if self.size <= self.limit:
            self.lines.append(line.raw)

    @property
    def raw(self) -> bytes:
        """The lines that were kept."""
        return b"".join(self.lines)
