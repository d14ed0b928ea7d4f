"""What is shown on standard error while a run goes on, and the table at its end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from hedgerow.labelling.layout import REJECTED
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.stream import Counts

_EVERY = 30.0  # seconds between two lines where standard error is no terminal


class RunProgress:
    """Counts shards as they are done: a bar on a terminal, else a line now and then.

    `counts` is for a runner that labels here, so that the bar moves within a shard too.
    """

    def __init__(self) -> None:
        self.counts = Counts()
        self._console = Console(stderr=True)
        self._shown = self._console.is_terminal
        self._bar = _Bar(
            self._advance,
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} rows"),
            BarColumn(),
            TextColumn("{task.fields[rates]}"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._bar.add_task("", total=None, rates="", visible=False)
        self._started = self._told = time.monotonic()
        self._before = self._rows = self._sentences = self._rejected = self._total = 0

    def begin(self, rows: int, before: Iterable[ShardResult]) -> None:
        """`rows` there are; what was done `before` this run counts, but not for its speed."""
        self._total = rows
        self._before = sum(record.rows for record in before)
        self._started = self._told = time.monotonic()
        self._bar.update(self._task, total=rows, completed=self._before, visible=True)
        if self._shown:
            self._bar.start()

    def follow(self, record: ShardResult) -> None:
        self._rows += record.rows
        self._sentences += record.sentences
        self._rejected += record.rejected
        now = time.monotonic()
        if not self._shown and now - self._told > _EVERY:
            self._told = now
            left = (self._total - self._before - self._rows) * (now - self._started) / max(self._rows, 1)
            print(
                f"hedgerow: {self._before + self._rows:,} of {self._total:,} rows, {self._rates()},"
                f" {self._rejected:,} rejected, {left:,.0f} s left",
                file=sys.stderr,
                flush=True,
            )

    def _advance(self) -> None:
        """Move the bar to where the work is."""
        rows = max(self._rows, self.counts.documents + self.counts.rejected)
        rejected = max(self._rejected, self.counts.rejected)
        self._bar.update(self._task, completed=self._before + rows, rates=f"{self._rates()}, {rejected:,} rejected")

    def _rates(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-3)
        rows = max(self._rows, self.counts.documents + self.counts.rejected)
        sentences = max(self._sentences, self.counts.sentences)
        return f"{rows / seconds:,.0f} rows/s, {sentences / seconds:,.0f} sentences/s"

    def stop(self) -> None:
        if self._shown:
            self._bar.stop()

    def summarise(self, records: Iterable[ShardResult], model: str, out: Path) -> None:
        """The final table: what the whole run came to, and the speed of what was done now."""
        records = list(records)
        seconds = time.monotonic() - self._started
        rejected = sum(record.rejected for record in records)
        table = Table(title=f"{out}, labelled by {model}", show_header=False, title_justify="left")
        for name, value in {
            "rows in": f"{sum(record.rows for record in records):,}",
            "labelled": f"{sum(record.documents for record in records):,}",
            "rejected": f"{rejected:,}" + (f" (in {out / REJECTED})" if rejected else ""),
            "sentences": f"{sum(record.sentences for record in records):,}",
            "parts": f"{len(records):,}",
            "now": f"{self._rows:,} rows in {seconds:,.1f} s: {self._rates()}",
        }.items():
            table.add_row(name, value)
        self._console.print(table)


class _Bar(Progress):
    """A bar that asks how far the work is whenever it is drawn."""

    def __init__(self, advance: Callable[[], None], *columns: ProgressColumn, console: Console) -> None:
        self._advance = advance
        super().__init__(*columns, console=console, transient=True)

    def get_renderables(self) -> Iterable[RenderableType]:
        if self.tasks and self.tasks[0].visible:
            self._advance()
        yield from super().get_renderables()
