"""Count labelled rows by group, document after document, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from hedgerow.errors import InputError
from hedgerow.summary.examples import Examples
from hedgerow.summary.groups import ALL, NO_DATE, Group, Value, read_key
from hedgerow.summary.phrases import PhraseCounts
from hedgerow.summary.prevalence import Counts, Floats, draw_weights, hit_squares
from hedgerow.summary.printable import printable
from hedgerow.summary.rows import LabelledRow
from hedgerow.summary.scheme import CODEBOOK, Scheme

MAX_GROUPS = 2_000  # whose draws are kept, 80 kB each
MAX_DOCUMENTS = 20_000  # grouped by document, no documents are drawn in a group, so more can be kept
OTHERS = "(others)"  # the group of all values beyond these
MAX_COLUMNS = 100  # whose names are kept, for the message about an unknown column
SHOWN_DATES = 3  # that cannot be read
_AT_ONCE = 512  # documents that are weighted together
MAX_OPEN = 20_000  # documents whose rows are gathered, if they are not together
MAX_CLOSED = 200_000  # counted documents that are remembered, 40 bytes each, to notice that they return


@dataclass(slots=True)
class Undated:
    """The rows without a readable date: their number, that of those without any date, and a few that they have."""

    sentences: int = 0
    without: int = 0
    dates: list[str] = field(default_factory=list)

    def add(self, cell: object) -> None:
        """Count a row whose date is `cell`."""
        self.sentences += 1
        if cell is None:
            self.without += 1
        elif len(self.dates) < SHOWN_DATES and (shown := printable(str(cell))[:60]) not in self.dates:
            self.dates.append(shown)


class Pass:
    """The state of the pass: counts by group, and those of the documents that are open.

    `squares` is the sum over documents of hit_squares; `found` has the keys whose column some row has; `returned` has
    the documents (hashed) that had rows after they were counted, and were counted again.
    """

    def __init__(self, group: Group, scheme: Scheme = CODEBOOK, *, is_corrected: bool) -> None:
        """Begin without a row."""
        self._group = group
        self.scheme = scheme
        self._is_drawn = bool(group.keys) and not group.is_by_document
        self._max_groups = MAX_DOCUMENTS if group.is_by_document and not is_corrected else MAX_GROUPS
        self.others: Value = (OTHERS,) * len(group.keys)
        self.whole = Counts(ALL, scheme)
        self.by_value: dict[Value, Counts] = {}
        self.phrases = PhraseCounts()
        self.own_phrases: dict[str, PhraseCounts] = {}  # by span head of the user's own
        self.examples = Examples(one_per_document=not group.is_by_document)
        self.undated = Undated()
        self.columns: set[str] = set()
        self.found: set[str] = set()
        self.squares: Floats = np.zeros(scheme.sentences + 1)
        self.returned: set[int] = set()
        self._doc: str | None = None
        self._doc_counts: dict[Value, list[int]] = {}  # of the current document
        self._open: dict[int, dict[Value, list[int]]] = {}  # documents that are not yet counted, by hash
        self._closed: set[int] = set()
        self._pending: list[dict[Value, list[int]]] = []  # documents that are not yet weighted
        self._batches = 0

    def add(self, row: LabelledRow) -> None:
        """Count a row."""
        if row.doc != self._doc:
            self._doc, self._doc_counts = row.doc, self._counts_of_document(hash(row.doc))
        if len(self.columns) < MAX_COLUMNS:
            self.columns.update(row.row)
        value = self._value(row) if self._group.keys else ()
        counts = self._doc_counts.get(value)
        if counts is None:
            counts = self._doc_counts[value] = [0] * (self.scheme.sentences + 1)
        counts[-1] += 1
        for head in self.scheme.heads:
            if (label := row.label(head)) is not None:
                counts[self._place(head, label)] += 1
        for span in row.spans:
            self.phrases.add(span.type, span.text)
        for head, spans in row.own_spans():
            phrases = self.own_phrases.setdefault(head, PhraseCounts())
            for own in spans:
                phrases.add_own(own.type, own.text)
        self.examples.add(value, row, self.scheme)

    def _place(self, head: str, label: str) -> int:
        place = self.scheme.index.get((head, label))
        if place is None:
            labels = ", ".join(self.scheme.heads[head])
            raise InputError(f"{head} {label!r}: the first row has scores of {labels}; sum up the rows of one model")
        return place

    def finish(self) -> None:
        """Count the documents that are open."""
        self._close()
        self._weight_pending()
        self.squares += self.whole.singles
        for counts in (self.whole, *self.by_value.values()):
            counts.finish()

    def _value(self, row: LabelledRow) -> Value:
        """Return the group of a row, that of all other values if there are too many."""
        values = []
        for key in self._group.keys:
            value, cell = read_key(key, row)
            if value is NO_DATE:
                self.undated.add(cell)
            if cell is not None:
                self.found.add(key.by)
            values.append(value)
        group = tuple(values)
        if group in self._doc_counts or group in self.by_value:
            return group
        if len(self.by_value) >= self._max_groups:
            return self.others
        self.by_value[group] = Counts(self._group.show(group), self.scheme, is_drawn=self._is_drawn)
        return group

    def _counts_of_document(self, doc: int) -> dict[Value, list[int]]:
        """Return the counts of a document, those that it has if its rows are not together."""
        counts = self._open.get(doc)
        if counts is None:
            if len(self._open) >= MAX_OPEN:
                self._close()
            if doc in self._closed:
                self.returned.add(doc)
            counts = self._open[doc] = {}
        return counts

    def _close(self) -> None:
        """Count the open documents, in the order in which they came."""
        for document in self._open.values():
            counts = next(iter(document.values()))
            if len(document) == 1 and counts[-1] == 1:
                single = np.array(counts)
                self.whole.add_single(single)
                self._counts_of(next(iter(document))).add_single(single)
                continue
            self._pending.append(document)
            if len(self._pending) >= _AT_ONCE:
                self._weight_pending()
        self._closed.update(islice(self._open, MAX_CLOSED - len(self._closed)))
        self._open = {}

    def _counts_of(self, value: Value) -> Counts:
        return self.by_value.setdefault(value, Counts(self._group.show(value), self.scheme, is_drawn=self._is_drawn))

    def _weight_pending(self) -> None:
        """Add the pending documents to the whole and to their groups, with the same weights."""
        if not self._pending:
            return
        weights = draw_weights(self._batches, len(self._pending))
        stack = np.array(
            [[sum(counts) for counts in zip(*document.values(), strict=True)] for document in self._pending]
        )
        self.whole.add(stack, weights)
        self.squares += hit_squares(stack, self.scheme)
        places: dict[Value, list[int]] = {}
        for at, document in enumerate(self._pending):
            for value in document:
                places.setdefault(value, []).append(at)
        for value, at_ in places.items():
            mine = np.array([self._pending[at][value] for at in at_])
            self._counts_of(value).add(mine, weights[:, at_], stack[at_])
        self._pending.clear()
        self._batches += 1
