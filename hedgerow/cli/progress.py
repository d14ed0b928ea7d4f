"""What `hedgerow label` says on standard error: progress while it works, and what was rejected and passed over."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from types import TracebackType

from hedgerow.cli.language import EnglishWords
from hedgerow.io.plural import count
from hedgerow.labelling.counts import Counts, kind_of
from hedgerow.labelling.files import Listener
from hedgerow.labelling.layout import rejected_path
from hedgerow.labelling.outputs import describe
from hedgerow.readers.finding import STDIN, Found
from hedgerow.readers.input_text import Rejected
from hedgerow.writers.records import LabelledSentence

SHOWN = 3  # kinds of reasons on the screen
_FILES = 10  # files on the screen that were rejected as a whole
LINE_SECONDS = 30.0  # between two lines if standard error is not a terminal
_REDRAW_SECONDS = 0.5


def say(line: str) -> None:
    """Print a line on standard error."""
    print(f"hedgerow: {line}", file=sys.stderr, flush=True)


def say_rejected(reasons: Counter[str]) -> None:
    """Say how many rows were rejected, with the most frequent kinds of reasons."""
    shown = reasons.most_common(SHOWN)
    others = reasons.total() - sum(rows for _, rows in shown)
    kinds = [*(f"{kind} ({rows:,})" for kind, rows in shown), *([f"other reasons ({others:,})"] if others else [])]
    say(f"{count(reasons.total(), 'row')} rejected: {'; '.join(kinds)}")


def say_notes(counts: Counts, found: Found | None) -> None:
    """Say what was skipped, decoded and passed over, as far as there is any."""
    if counts.skipped:
        marks = ", ".join(f"{mark or 'empty'} {rows:,}" for mark, rows in counts.marks.most_common(5))
        say(f"{count(counts.skipped, 'row')} without a text skipped" + (f": {marks}" if marks else ""))
    if counts.decoded:
        say(f"{count(counts.decoded, 'text')} had HTML entities, which were decoded; offsets count in the decoded text")
    if found is not None and (told := describe(found)):
        say(told)


class FileFollower:
    """Follows a labelling to a file or to standard output.

    A terminal shows a running count, any other standard error a line every half minute. The first rejected row of each
    kind is shown when it comes, and files that are rejected as a whole by their names.
    """

    def __init__(self, out: Path | None, *, keeps_rejected: bool = True) -> None:
        """Follow a labelling to `out`; `keeps_rejected` is whether rejected rows are written beside it."""
        self.counts = Counts()
        self.listener = Listener(self.counts, self._on_found, self._on_rejected, self._on_sentence)
        self._out = out
        self._keeps_rejected = keeps_rejected
        self._found: Found | None = None
        self._english = EnglishWords()
        self._kinds: set[str] = set()
        self._shown = 0  # rejected rows and files
        self._files = 0
        self._redraws = sys.stderr.isatty() and (out is not None or not sys.stdout.isatty())
        self._interval = _REDRAW_SECONDS if self._redraws else LINE_SECONDS
        self._started = time.monotonic()
        self._next = self._started + self._interval

    def __enter__(self) -> FileFollower:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """After Ctrl-C say what was written; after an error remove the running count."""
        if kind is not None:
            self._clear()
        if kind is KeyboardInterrupt:
            labelled = count(self.counts.sentences, "sentence")
            say(f"stopped after {labelled}" + (f"; nothing was written to {self._out}" if self._out else ""))
            raise SystemExit(130)

    @property
    def exit_code(self) -> int:
        """1 if something could not be read or was rejected."""
        return 1 if self.counts.rejected or (self._found is not None and self._found.unreadable) else 0

    def summarise(self, model: str, *, written: bool = True) -> None:
        """Say what was labelled, rejected, skipped and passed over; `written` is whether there is an output."""
        self._clear()
        counts, seconds = self.counts, time.monotonic() - self._started
        target = f" to {self._out}" if self._out and written else ""
        beside = (
            f", rejected rows in {rejected_path(self._out)}"
            if self._out and counts.rejected and self._keeps_rejected
            else ""
        )
        say(
            f"{count(counts.sentences, 'sentence')} of {count(counts.documents, 'document')} labelled by {model}"
            f"{target} in {seconds:.1f} s; {counts.rejected:,} rejected{beside}"
        )
        if counts.rejected > self._shown:
            say_rejected(counts.reasons)
        say_notes(counts, self._found)
        if self._english.are_missing:
            say("the text does not look like English; the models know no other language, and these labels mean nothing")

    def _on_sentence(self, sentence: LabelledSentence) -> None:
        self._english.add(sentence.prediction.text)
        self._tick()

    def _on_found(self, found: Found) -> None:
        self._found = found
        if sys.stdin is not None and sys.stdin.isatty() and any(file.path == STDIN for file in found.files):
            say("reading the text from the terminal; Ctrl-D on a line of its own ends it")

    def _on_rejected(self, rejected: Rejected) -> None:
        kind = kind_of(rejected.reason)
        is_file = rejected.line is None and rejected.row is None
        if (is_file and self._files < _FILES) or (len(self._kinds) < SHOWN and kind not in self._kinds):
            self._kinds.add(kind)
            self._files += is_file
            self._shown += rejected.rows
            self._clear()
            say(f"rejected {rejected}")
        self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._interval
        counts, seconds = self.counts, now - self._started
        line = (
            f"{count(counts.documents, 'document')}, {count(counts.sentences, 'sentence')}"
            f" ({counts.sentences / seconds:,.0f}/s), {counts.rejected:,} rejected"
        )
        if self._redraws:
            print(f"\r{line}", end="\x1b[K", file=sys.stderr, flush=True)
        elif self._out is not None:
            say(line)

    def _clear(self) -> None:
        """Remove the running count."""
        if self._redraws:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
