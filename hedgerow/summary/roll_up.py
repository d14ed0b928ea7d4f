"""One pass over labelled rows: shares by group, the whole, and the most frequent wordings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from hedgerow.errors import InputError
from hedgerow.labels import AXES, SpanType
from hedgerow.summary.correction import Confusion
from hedgerow.summary.groups import ALL, NONE, Group
from hedgerow.summary.phrases import Wordings
from hedgerow.summary.rows import LabelledRow
from hedgerow.summary.shares import PLACES, SENTENCES, Estimate, Ints, Tally

MOST_GROUPS = 2_000  # of which draws are kept, 80 kB each
MOST_DOCUMENTS = 20_000  # by document nothing is drawn unless shares are corrected, so more can be kept apart
OTHERS = "(others)"
MOST_WORDINGS = 20
MOST_COLUMNS = 100  # that are remembered, to name them where the one asked for is not there


@dataclass(frozen=True, slots=True)
class GroupShares:
    """One group: how much it holds, how its intervals were found, the share of each label."""

    value: str
    sentences: int
    documents: int
    method: str
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a roll-up says. `pooled` counts the sentences of values beyond those that are kept apart."""

    group: Group
    whole: GroupShares
    groups: tuple[GroupShares, ...]
    cues: tuple[tuple[SpanType, str, int], ...]
    sources: tuple[tuple[SpanType, str, int], ...]
    wordings_exact: bool
    abstained: dict[str, int]
    corrected: bool
    pooled: int = 0


def summarise(
    rows: Iterable[LabelledRow], group: Group | None = None, confusions: dict[str, Confusion] | None = None
) -> Summary:
    """The roll-up of `rows`, whose documents are runs of rows of the same `doc`, by `group`.

    Raises InputError where there is nothing to count, no row has the column asked for, or shares are to be corrected of
    a classifier that abstained.
    """
    group = group or Group()
    pass_ = _Pass(group, MOST_DOCUMENTS if group.by == "doc" and confusions is None else MOST_GROUPS)
    for row in rows:
        pass_.add(row)
    pass_.close()
    if not pass_.whole.sentences:
        raise InputError("no labelled sentence; name a file that hedgerow label wrote")
    if group.column is not None and set(pass_.tallies) == {NONE}:
        columns = ", ".join(sorted(pass_.columns)) or "none"
        raise InputError(f"--by {group.by}: no row has a column {group.column!r}; its columns are {columns}")
    if confusions is not None and any(pass_.whole.abstained.values()):
        raise InputError("labels were left empty (--abstain), so their error is not the report's; label without it")
    return _summary(pass_, group, confusions)


@dataclass(slots=True)
class _Pass:
    """What is kept while rows go by: tallies, and of the document at hand its counts by group."""

    group: Group
    most: int  # groups that are kept apart
    whole: Tally = field(default_factory=lambda: Tally(ALL))
    tallies: dict[str, Tally] = field(default_factory=dict)
    wordings: Wordings = field(default_factory=Wordings)
    columns: set[str] = field(default_factory=set)
    doc: str | None = None
    counts: dict[str, Ints] = field(default_factory=dict)

    def add(self, row: LabelledRow) -> None:
        if row.doc != self.doc:
            self.close()
            self.doc = row.doc
        if len(self.columns) < MOST_COLUMNS:
            self.columns.update(row.row)
        value = self.group.value(row)
        if value not in self.counts:
            self.counts[value] = np.zeros(SENTENCES + 1, dtype=np.int64)
        counts = self.counts[value]
        counts[SENTENCES] += 1
        for axis in AXES:
            label = getattr(row, axis)
            if label is not None:
                counts[PLACES[axis, label]] += 1
        for span in row.spans:
            self.wordings.add(span.type, span.text)

    def close(self) -> None:
        """The document at hand is over: give its counts to its groups and to the whole."""
        if self.counts:
            for value, counts in self.counts.items():
                self._tally(value).add(counts)
            self.whole.add(np.sum(list(self.counts.values()), axis=0))
            self.counts = {}

    def _tally(self, value: str) -> Tally:
        if value not in self.tallies and len(self.tallies) >= self.most:
            value = OTHERS
        return self.tallies.setdefault(value, Tally(value))


def _summary(pass_: _Pass, group: Group, confusions: dict[str, Confusion] | None) -> Summary:
    tallies = pass_.tallies
    names = sorted(
        tallies, key=lambda name: (name == NONE, name) if group.is_month else (-tallies[name].sentences, name)
    )
    return Summary(
        group=group,
        whole=_shares(ALL, pass_.whole, confusions),
        groups=() if group.by is None else tuple(_shares(name, tallies[name], confusions) for name in names),
        cues=tuple(pass_.wordings.most_frequent(MOST_WORDINGS, sources=False)),
        sources=tuple(pass_.wordings.most_frequent(MOST_WORDINGS, sources=True)),
        wordings_exact=pass_.wordings.exact,
        abstained=dict(pass_.whole.abstained),
        corrected=confusions is not None,
        pooled=tallies[OTHERS].sentences if OTHERS in tallies else 0,
    )


def _shares(name: str, tally: Tally, confusions: dict[str, Confusion] | None) -> GroupShares:
    return GroupShares(name, tally.sentences, tally.documents, tally.method, tuple(tally.estimates(confusions)))
