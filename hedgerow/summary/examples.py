"""Three example sentences for each label of each group, drawn in one pass.

Which ones is decided by a hash of their text, so that it depends neither on the order of the rows nor on anybody's
choice. Sentences of 30 to 200 characters come first. No two are of one document, unless the group is a document.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from hedgerow.summary.groups import Value
from hedgerow.summary.printable import printable
from hedgerow.summary.rows import LabelledRow
from hedgerow.summary.scheme import Scheme

EXAMPLES = 3  # of a label in a group
MAX_EXAMPLE_GROUPS = 2_000  # the first ones; their examples are kept
MAX_CHARACTERS = 1_000  # of an example; longer ones are cut
_SHORT = range(30, 201)  # characters
_LATER = 1 << 32  # above every hash: the rank of sentences of other lengths
_LAST = 2 * _LATER
Label = tuple[str, str]  # of a head: (head, label)


@dataclass(frozen=True, slots=True, order=True)
class ExampleSentence:
    """A sentence with the document it is in; examples are in the order of `rank`."""

    rank: int
    doc: str
    text: str


class Examples:
    """The examples of all groups and labels."""

    def __init__(self, *, one_per_document: bool) -> None:
        """Begin without any."""
        self._kept: dict[tuple[Value, Label], list[ExampleSentence]] = {}
        self._worst: dict[Value, dict[Label, int]] = {}  # the rank that a new example must be below
        self._values: set[Value] = set()
        self._one_per_document = one_per_document
        self.is_complete = True

    def add(self, value: Value, row: LabelledRow, scheme: Scheme) -> None:
        """Offer a row of the group `value`."""
        text = row.text
        if not text:
            return
        rank = crc32(text.encode("utf-8", "replace")) + (0 if len(text) in _SHORT else _LATER)
        worst = self._worst.setdefault(value, {})
        for head in scheme.heads:
            label = row.label(head)
            if label is not None and rank < worst.get((head, label), _LAST):
                self._keep((value, (head, label)), rank, row)

    def of(self, value: Value, head: str, label: str) -> list[ExampleSentence]:
        """Return the examples of a label of a head in a group."""
        return self._kept.get((value, (head, label)), [])

    def all_of(self, value: Value, scheme: Scheme) -> Iterator[tuple[str, str, ExampleSentence]]:
        """Yield (head, label, example) of a group."""
        for head, label in scheme.index:
            for example in self.of(value, head, label):
                yield head, label, example

    def _keep(self, place: tuple[Value, Label], rank: int, row: LabelledRow) -> None:
        value, label = place
        if value not in self._values:
            if len(self._values) >= MAX_EXAMPLE_GROUPS:
                self.is_complete = False
                return
            self._values.add(value)
        kept = self._kept.setdefault(place, [])
        if any(one.rank == rank for one in kept):
            return
        if self._one_per_document:
            mine = next((one for one in kept if one.doc == row.doc), None)
            if mine is not None and mine.rank < rank:
                return
            if mine is not None:
                kept.remove(mine)
        insort(kept, ExampleSentence(rank, row.doc, _cut(row.text or "")))
        del kept[EXAMPLES:]
        if len(kept) == EXAMPLES:
            self._worst[value][label] = kept[-1].rank


def _cut(text: str) -> str:
    """Return a sentence on one line, cut if it is very long."""
    line = printable(text[: MAX_CHARACTERS + 1])
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}\u2026"
