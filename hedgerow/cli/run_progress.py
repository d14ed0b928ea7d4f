"""Progress of a run on standard error: a bar, and a table at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from hedgerow.cli.progress import LINE_SECONDS, say, say_notes, say_rejected
from hedgerow.labelling.counts import Counts
from hedgerow.labelling.growing import Growth
from hedgerow.labelling.layout import REJECTED
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import RunListener
from hedgerow.readers.finding import Found


class RunProgress:
    """The progress of a run: a bar on a terminal, else a line now and then; `summarise` prints the final table.

    Its `listener` follows the run. The bar moves within a shard if the runner works in this process.
    """

    def __init__(self, out: Path, options: Options) -> None:
        self._counts = Counts()
        self.listener = RunListener(self._find, self._grow, self._start, self._add, self._counts)
        self._found: Found | None = None
        self._out = out
        self._model = Path(options.model).name
        self._console = Console(stderr=True)
        self._bar = _Bar(
            self._advance,
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} rows"),
            BarColumn(),
            TextColumn("{task.fields[rates]}"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._bar.add_task("", total=None, rates="", visible=False)
        self._started = self._reported = time.monotonic()
        self._earlier: list[ShardResult] = []
        self._results: list[ShardResult] = []
        self._total = 0

    def __enter__(self) -> RunProgress:
        """Begin; the bar appears when the run starts."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar; after Ctrl-C say how to resume."""
        if self._console.is_terminal:
            self._bar.stop()
        if kind is KeyboardInterrupt:
            print(f"hedgerow: stopped; the same command resumes {self._out}", file=sys.stderr)
            raise SystemExit(130)

    @property
    def exit_code(self) -> int:
        """1 if something could not be read or was rejected."""
        rejected = any(result.rejected for result in (*self._earlier, *self._results))
        return 1 if rejected or (self._found is not None and self._found.unreadable) else 0

    def summarise(self, counts: Counts) -> None:
        """Print the `counts` of the whole run, and the speed of this part of it."""
        results = [*self._earlier, *self._results]
        seconds = time.monotonic() - self._started
        rejected = sum(result.rejected for result in results)
        table = Table(title=f"{self._out}, labelled by {self._model}", show_header=False, title_justify="left")
        for name, value in {
            "rows in": f"{sum(result.rows for result in results):,}",
            "labelled": f"{sum(result.documents for result in results):,}",
            "rejected": f"{rejected:,}" + (f" (in {self._out / REJECTED})" if rejected else ""),
            "without a text": f"{counts.skipped:,}",
            "sentences": f"{sum(result.sentences for result in results):,}",
            "parts": f"{len(results):,}",
            "now": f"{self._rows():,} rows in {seconds:,.1f} s: {self._rates()}",
        }.items():
            table.add_row(name, value)
        self._console.print(table)
        if counts.reasons:
            say_rejected(counts.reasons)
        say_notes(counts, self._found)

    def _find(self, found: Found) -> None:
        self._found = found

    def _grow(self, growth: Growth) -> None:
        if len(growth):
            say(f"{self._out} grows: {growth} {'input' if len(growth) == 1 else 'inputs'} to label")

    def _start(self, rows: int, earlier: Iterable[ShardResult]) -> None:
        self._total = rows
        self._earlier = list(earlier)
        self._started = self._reported = time.monotonic()
        self._bar.update(self._task, total=rows, completed=self._earlier_rows(), visible=True)
        if self._console.is_terminal:
            self._bar.start()

    def _add(self, result: ShardResult) -> None:
        self._results.append(result)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._reported > LINE_SECONDS:
            self._reported = now
            done = self._earlier_rows() + self._rows()
            left = (self._total - done) * (now - self._started) / max(self._rows(), 1)
            print(
                f"hedgerow: {done:,} of {self._total:,} rows, {self._rates()}, {self._rejected():,} rejected,"
                f" {left:,.0f} s left",
                file=sys.stderr,
                flush=True,
            )

    def _advance(self) -> None:
        """Move the bar to where the work is."""
        rates = f"{self._rates()}, {self._rejected():,} rejected"
        self._bar.update(self._task, completed=self._earlier_rows() + self._rows(), rates=rates)

    def _earlier_rows(self) -> int:
        return sum(result.rows for result in self._earlier)

    # `_counts` is ahead of the results within a shard; on a Ray cluster it stays 0.
    def _rows(self) -> int:
        return max(sum(result.rows for result in self._results), self._counts.rows)

    def _rejected(self) -> int:
        return max(sum(result.rejected for result in self._results), self._counts.rejected)

    def _rates(self) -> str:
        seconds = max(time.monotonic() - self._started, 1e-3)
        sentences = max(sum(result.sentences for result in self._results), self._counts.sentences)
        return f"{self._rows() / seconds:,.0f} rows/s, {sentences / seconds:,.0f} sentences/s"


class _Bar(Progress):
    """A bar that asks how far the work is whenever it is drawn."""

    def __init__(self, advance: Callable[[], None], *columns: ProgressColumn, console: Console) -> None:
        self._advance_task = advance
        super().__init__(*columns, console=console, transient=True)

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return what is drawn, after asking how far the work is."""
        if self.tasks and self.tasks[0].visible:
            self._advance_task()
        yield from super().get_renderables()
