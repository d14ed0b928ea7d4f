"""Import: the files of an annotation tool, or rows of `hedgerow label`, become a corpus."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hedgerow.corpus.checking import reject
from hedgerow.corpus.exchange import csv_table, doccano, json_rows, label_studio, labelled_rows, prodigy
from hedgerow.corpus.exchange.annotated import Annotated, Lost, Reading, Skipped
from hedgerow.corpus.exchange.merging import Merged, identities, keep_first, merge
from hedgerow.corpus.exchange.resolving import Draft, codebook_heads, resolve
from hedgerow.corpus.rows import RowError, parse_row
from hedgerow.errors import CorpusError, InputError
from hedgerow.labels import Example

Read = Callable[[Path, Reading], Iterator[Annotated | Skipped | Lost | RowError]]
READERS: Mapping[str, Read] = MappingProxyType(
    {
        "label-studio": label_studio.read,
        "doccano": doccano.read,
        "prodigy": prodigy.read,
        "csv": csv_table.read,
        "json": json_rows.read,
        "rows": labelled_rows.read,
    }
)
_NO_ANNOTATORS = {
    "doccano": "it exports one file per annotator",
    "csv": "a table has none",
    "json": "its rows have none",
    "rows": "a model wrote them",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """The examples of a tool's files, and the counts of what was not taken, by reason.

    `repeated` is the number of rows whose text came before. `lost` counts what a corpus cannot hold.
    """

    examples: list[Example]
    skipped: Mapping[str, int]
    lost: Mapping[str, int]
    repeated: int


def read_annotations(paths: Sequence[Path], tool: str, reading: Reading) -> Imported:
    """Return the examples of files that `tool` (a key of READERS) exported, in order.

    Rows of the same text are merged. Raises CorpusError that lists every fault, or says that nothing is labelled.
    """
    if reading.annotator is not None and tool in _NO_ANNOTATORS:
        raise InputError(f"--annotator {reading.annotator}: {tool} does not name annotators, {_NO_ANNOTATORS[tool]}")
    items: list[Annotated] = []
    errors: list[RowError] = []
    skipped: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for path in paths:
        for one in READERS[tool](path, reading):
            if isinstance(one, RowError):
                errors.append(one)
            elif isinstance(one, Annotated):
                items.append(one)
            elif isinstance(one, Skipped):
                skipped[one.reason] += 1
            else:
                lost[one.what] += 1
    drafts, faults = _resolved(items, reading.head)
    merged = keep_first(drafts) if tool == "rows" else merge(drafts)
    examples, invalid = _examples(merged)
    reject([*errors, *faults, *merged.errors, *invalid])
    if not examples:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in skipped.items()) or "the file is empty"
        hint = "export texts that are labelled" if reading.annotator is None else "see --annotator"
        raise CorpusError(f"{', '.join(map(str, paths))}: nothing is labelled ({reasons}); {hint}")
    return Imported(examples, skipped, lost, merged.repeated)


def _resolved(items: Sequence[Annotated], head: str | None) -> tuple[list[Draft], list[RowError]]:
    known = codebook_heads(items)
    drafts: list[Draft] = []
    errors: list[RowError] = []
    for item in items:
        try:
            drafts.append(resolve(item, head=head, known=known))
        except InputError as error:
            message, _, hint = str(error).partition("; ")
            errors.append(RowError(item.place, 0, message, hint))
    return drafts, errors


def _examples(merged: Merged) -> tuple[list[Example], list[RowError]]:
    """Return the examples of the rows that are valid, and the errors of the others."""
    examples: list[Example] = []
    errors: list[RowError] = []
    places: dict[str, str] = {}
    for identity, draft in identities(merged.drafts):
        if (first := places.setdefault(identity, draft.place)) != draft.place:
            errors.append(RowError(draft.place, 0, f"id {identity!r} is already at {first}", "give one another id"))
        for row in parse_row(json.dumps(draft.to_dict(identity), ensure_ascii=False).encode("utf-8", "surrogatepass")):
            if isinstance(row, Example):
                examples.append(row)
            else:
                errors.append(RowError(draft.place, 0, *row))
    return examples, errors
