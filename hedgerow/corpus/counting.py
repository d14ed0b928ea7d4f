"""Counting a corpus: labels, pairs of labels, spans by type, cues by wording, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hedgerow.labels import Certainty, Example, SpanType, Stance

LONG = 30  # words; 27 % of published news sentences are longer


def stats(examples: Sequence[Example], *, cues: int = 5, by: str | None = None) -> dict[str, Any]:
    """Counts of `examples`; the `cues` most frequent wordings of each span type; rows by the field `by` if named."""
    wordings: dict[str, Counter[str]] = {str(kind): Counter() for kind in SpanType}
    for example in examples:
        for span in example.spans:
            wordings[span.type][span.text.casefold()] += 1
    lengths = sorted(len(example.text.split()) for example in examples)
    counted = {
        "rows": len(examples),
        "groups": len({example.group_key for example in examples}),
        "words": {"median": lengths[len(lengths) // 2], "longest": lengths[-1]},
        f"over {LONG} words": sum(length > LONG for length in lengths),
        "certainty": _labels(Certainty, (example.certainty for example in examples)),
        "stance": _labels(Stance, (example.stance for example in examples)),
        "pairs": {
            str(certainty): _labels(Stance, (e.stance for e in examples if e.certainty is certainty))
            for certainty in Certainty
        },
        "spans": {
            kind: {"count": counts.total(), "wordings": len(counts), "most frequent": dict(counts.most_common(cues))}
            for kind, counts in wordings.items()
        },
    }
    if by is not None:
        counted[f"by {by}"] = dict(sorted(Counter(_field(example, by) for example in examples).items()))
    return counted


def _labels(enum: Any, labels: Any) -> dict[str, int]:
    counts = Counter(labels)
    return {str(label): counts[label] for label in enum}


def _field(example: Example, name: str) -> str:
    return str(example.to_dict().get(name, "(none)"))
