"""One pass over labelled rows: prevalence by group and of all, and the most frequent phrases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from hedgerow.errors import InputError
from hedgerow.labels import AXES, SpanType
from hedgerow.summary.correction import Confusion
from hedgerow.summary.groups import ALL, NONE, Group
from hedgerow.summary.phrases import PhraseCounts
from hedgerow.summary.prevalence import INDEX, SENTENCES, Counts, Estimate, Ints
from hedgerow.summary.rows import LabelledRow

MAX_GROUPS = 2_000  # whose draws are kept, 80 kB each
MAX_DOCUMENTS = 20_000  # grouped by document, nothing is drawn without a correction, so more can be kept
OTHERS = "(others)"  # the group of all values beyond these
MAX_PHRASES = 20
MAX_COLUMNS = 100  # whose names are kept, for the message about an unknown column


@dataclass(frozen=True, slots=True)
class GroupPrevalence:
    """One group: its size, the method of its intervals, and the prevalence of each label."""

    value: str
    sentences: int
    documents: int
    method: str
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A roll-up; `pooled` is the number of sentences in the group OTHERS."""

    group: Group
    whole: GroupPrevalence
    groups: tuple[GroupPrevalence, ...]
    cues: tuple[tuple[SpanType, str, int], ...]
    sources: tuple[tuple[SpanType, str, int], ...]
    phrases_exact: bool
    abstained: dict[str, int]
    corrected: bool
    pooled: int = 0


def summarise(
    rows: Iterable[LabelledRow], group: Group | None = None, confusions: dict[str, Confusion] | None = None
) -> Summary:
    """Return the roll-up of `rows` by `group`; a document is a run of rows with the same `doc`.

    `confusions`, by axis, correct for the classifier's error. Raises InputError if there is nothing to count, no row
    has the column of the group, or a correction is asked for and labels were left empty.
    """
    group = group or Group()
    pass_ = _Pass(group, MAX_DOCUMENTS if group.by == "doc" and confusions is None else MAX_GROUPS)
    for row in rows:
        pass_.add(row)
    pass_.close()
    if not pass_.whole.sentences:
        raise InputError("no labelled sentence; name a file that hedgerow label wrote")
    if group.column is not None and set(pass_.by_value) == {NONE}:
        columns = ", ".join(sorted(pass_.columns)) or "none"
        raise InputError(f"--by {group.by}: no row has a column {group.column!r}; its columns are {columns}")
    if confusions is not None and any(pass_.whole.abstained.values()):
        raise InputError("labels were left empty (--abstain), so their error is not the report's; label without it")
    return _summary(pass_, group, confusions)


@dataclass(slots=True)
class _Pass:
    """The state of the pass: counts by group, and those of the current document."""

    group: Group
    max_groups: int
    whole: Counts = field(default_factory=lambda: Counts(ALL))
    by_value: dict[str, Counts] = field(default_factory=dict)
    phrases: PhraseCounts = field(default_factory=PhraseCounts)
    columns: set[str] = field(default_factory=set)
    doc: str | None = None
    doc_counts: dict[str, Ints] = field(default_factory=dict)  # of the current document, by value

    def add(self, row: LabelledRow) -> None:
        """Count a row."""
        if row.doc != self.doc:
            self.close()
            self.doc = row.doc
        if len(self.columns) < MAX_COLUMNS:
            self.columns.update(row.row)
        value = self.group.value(row)
        if value not in self.doc_counts:
            self.doc_counts[value] = np.zeros(SENTENCES + 1, dtype=np.int64)
        counts = self.doc_counts[value]
        counts[SENTENCES] += 1
        for axis in AXES:
            label = getattr(row, axis)
            if label is not None:
                counts[INDEX[axis, label]] += 1
        for span in row.spans:
            self.phrases.add(span.type, span.text)

    def close(self) -> None:
        """End the current document: add its counts to its groups and to the whole."""
        if self.doc_counts:
            for value, counts in self.doc_counts.items():
                self._group_counts(value).add(counts)
            self.whole.add(np.sum(list(self.doc_counts.values()), axis=0))
            self.doc_counts = {}

    def _group_counts(self, value: str) -> Counts:
        if value not in self.by_value and len(self.by_value) >= self.max_groups:
            value = OTHERS
        return self.by_value.setdefault(value, Counts(value))


def _summary(pass_: _Pass, group: Group, confusions: dict[str, Confusion] | None) -> Summary:
    by_value = pass_.by_value
    values = sorted(
        by_value, key=lambda value: (value == NONE, value) if group.is_month else (-by_value[value].sentences, value)
    )
    return Summary(
        group=group,
        whole=_prevalence(ALL, pass_.whole, confusions),
        groups=() if group.by is None else tuple(_prevalence(value, by_value[value], confusions) for value in values),
        cues=tuple(pass_.phrases.most_frequent(MAX_PHRASES, sources=False)),
        sources=tuple(pass_.phrases.most_frequent(MAX_PHRASES, sources=True)),
        phrases_exact=pass_.phrases.exact,
        abstained=dict(pass_.whole.abstained),
        corrected=confusions is not None,
        pooled=by_value[OTHERS].sentences if OTHERS in by_value else 0,
    )


def _prevalence(value: str, counts: Counts, confusions: dict[str, Confusion] | None) -> GroupPrevalence:
    estimates = tuple(counts.estimates(confusions))
    return GroupPrevalence(value, counts.sentences, counts.documents, counts.method, estimates)
