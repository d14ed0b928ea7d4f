"""Texts that a tool's files have several times: the parts of one annotation, copies, or two opinions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hedgerow.corpus.exchange.resolving import Draft
from hedgerow.corpus.rows import RowError


@dataclass(slots=True)
class Merged:
    """Rows with different texts, in the order of their first occurrence; the occurrences beyond it; the faults."""

    drafts: list[Draft] = field(default_factory=list)
    repeated: int = 0
    errors: list[RowError] = field(default_factory=list)


def merge(drafts: Iterable[Draft]) -> Merged:
    """Merge rows of the same text, such as one with labels and another with spans.

    Two rows that say different things of the same text are a fault.
    """
    merged = Merged()
    places: dict[str, int] = {}
    for draft in drafts:
        at = places.setdefault(draft.text, len(merged.drafts))
        if at == len(merged.drafts):
            merged.drafts.append(draft)
            continue
        merged.repeated += 1
        first = merged.drafts[at]
        difference = _difference(first, draft)
        if difference is not None:
            hint = "keep one of the two (--annotator NAME, or delete one in the tool)"
            merged.errors.append(RowError(draft.place, 0, f"{difference} at {first.place} for the same text", hint))
        else:
            merged.drafts[at] = replace(
                first,
                labels={**first.labels, **draft.labels},
                spans={**first.spans, **draft.spans},
                fields={**draft.fields, **first.fields},
                identity=first.identity or draft.identity,
                values={**draft.values, **first.values},
            )
    return merged


def keep_first(drafts: Iterable[Draft]) -> Merged:
    """Keep the first row of each text: a model may label a repeated sentence by what comes before it."""
    merged = Merged()
    seen: set[str] = set()
    for draft in drafts:
        if draft.text in seen:
            merged.repeated += 1
        else:
            seen.add(draft.text)
            merged.drafts.append(draft)
    return merged


def _difference(first: Draft, second: Draft) -> str | None:
    for name in first.labels.keys() & second.labels.keys():
        if first.labels[name] != second.labels[name]:
            return f"{name} {second.labels[name]!r} differs from {first.labels[name]!r}"
    for name in first.spans.keys() & second.spans.keys():
        if first.spans[name] != second.spans[name]:
            return f"the {name} differ from those"
    return None


def identities(drafts: Iterable[Draft]) -> Iterable[tuple[str, Draft]]:
    """Yield the rows with their ids: their own, else one made of the file and the tool's number, each once."""
    drafts = list(drafts)
    taken = {draft.identity for draft in drafts if draft.identity is not None}
    for draft in drafts:
        identity, copy = draft.identity, 1
        while identity is None or (draft.identity is None and identity in taken):
            identity, copy = draft.number if copy == 1 else f"{draft.number}-{copy}", copy + 1
        taken.add(identity)
        yield identity, draft
