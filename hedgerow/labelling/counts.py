"""Count what a labelling has done: labelled, rejected and skipped rows, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hedgerow.readers.input_text import Rejected, Skipped

MAX_KINDS = 100  # different reasons that are counted by themselves
OTHER = "other reasons"
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*|0x[0-9a-f]+")
_DETAIL = re.compile(r"\s*[;(].*", re.DOTALL)

Reject = Callable[[Rejected], None]


@dataclass(slots=True)
class Counts:
    """What a labelling has done so far.

    Attributes
    ----------
    documents, sentences : int
        What was labelled.
    rejected, skipped : int
        Rows that could not be labelled, and rows without a text.
    decoded : int
        Labelled documents with decoded HTML entities.
    reasons, marks : Counter of str
        Rejected rows by kind of reason, and skipped rows by what stood in place of their text.
    whole : Counts or None
        What everything is counted in, too.

    Examples
    --------
    >>> import hedgerow
    >>> counts = hedgerow.label_files("data/examples/article.txt", "counted.csv", model="lexicon")
    >>> counts.rows, counts.sentences, counts.rejected
    (1, 33, 0)
    """

    documents: int = 0
    sentences: int = 0
    rejected: int = 0
    skipped: int = 0
    decoded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    whole: Counts | None = None

    @property
    def rows(self) -> int:
        """The rows that are done: labelled, rejected or skipped."""
        return self.documents + self.rejected + self.skipped

    def add_sentence(self, *, first: bool, decoded: bool) -> None:
        """Count a labelled sentence; with its `first` one a document is counted."""
        self.sentences += 1
        self.documents += first
        self.decoded += first and decoded
        if self.whole is not None:
            self.whole.add_sentence(first=first, decoded=decoded)

    def add_rejected(self, rejected: Rejected) -> None:
        """Count the rows that are rejected together."""
        self.rejected += rejected.rows
        _count(self.reasons, kind_of(rejected.reason), rejected.rows)
        if self.whole is not None:
            self.whole.add_rejected(rejected)

    def add_skipped(self, skipped: Skipped) -> None:
        """Count a row without a text."""
        self.skipped += 1
        _count(self.marks, skipped.mark.casefold(), 1)
        if self.whole is not None:
            self.whole.add_skipped(skipped)


def kind_of(reason: str) -> str:
    """Return a reason without what differs from row to row: its numbers, and what follows "(" or ";"."""
    return _NUMBER.sub("#", _DETAIL.sub("", reason)).strip()


def _count(counter: Counter[str], kind: str, rows: int) -> None:
    counter[kind if kind in counter or len(counter) < MAX_KINDS else OTHER] += rows
