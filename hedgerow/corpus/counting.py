"""Count a corpus: labels, pairs of labels, spans by type, the most frequent cues, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from hedgerow.labels import AXES, SPANS, Certainty, Example, SpanType, Stance, labelled_on

LONG = 30  # words; 27 % of the sentences of published news are longer


def stats(examples: Sequence[Example], *, cues: int = 5, by: str | None = None) -> dict[str, Any]:
    """Count labels, pairs of labels, spans and cues.

    Parameters
    ----------
    examples : sequence of Example
        What to count.
    cues : int
        How many of the most frequent phrases to list per span type.
    by : str, optional
        A field to count rows by, too.

    Returns
    -------
    dict
        Counts by name, as JSON. `labelled`, the rows that are labelled on each axis and on spans, is there if some are
        not labelled on all three.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hedgerow import corpus
    >>> counts = corpus.stats(corpus.load([Path("data/corpus/dev.jsonl")]))
    >>> counts["rows"], counts["certainty"]["probable"]
    (410, 75)
    """
    lengths = sorted(len(example.text.split()) for example in examples)
    counts = {
        "rows": len(examples),
        "groups": len({example.group_key for example in examples}),
        "words": {"median": lengths[len(lengths) // 2], "longest": lengths[-1]},
        f"over_{LONG}_words": sum(length > LONG for length in lengths),
        "certainty": _label_counts(Certainty, (example.certainty for example in examples)),
        "stance": _label_counts(Stance, (example.stance for example in examples)),
        "pairs": {
            str(certainty): _label_counts(Stance, (e.stance for e in examples if e.certainty is certainty))
            for certainty in Certainty
        },
        "spans": _span_counts(examples, cues),
    }
    labelled = {head: len(labelled_on(examples, head)) for head in (*AXES, SPANS)}
    if min(labelled.values()) < len(examples):
        counts["labelled"] = labelled
    if by is not None:
        values = Counter(str(example.to_dict().get(by, "(none)")) for example in examples)
        counts[f"by_{by}"] = dict(sorted(values.items()))
    return counts


def _label_counts(enum: type[StrEnum], labels: Iterable[StrEnum | None]) -> dict[str, int]:
    counts = Counter(labels)
    return {str(label): counts[label] for label in enum}


def _span_counts(examples: Sequence[Example], cues: int) -> dict[str, dict[str, Any]]:
    """Return by span type the number of spans, of phrases, and the most frequent phrases in lower case."""
    phrases: dict[str, Counter[str]] = {str(kind): Counter() for kind in SpanType}
    for example in examples:
        for span in example.spans or ():
            phrases[span.type][span.text.casefold()] += 1
    return {
        kind: {"count": counts.total(), "phrases": len(counts), "most_frequent": dict(counts.most_common(cues))}
        for kind, counts in phrases.items()
    }
