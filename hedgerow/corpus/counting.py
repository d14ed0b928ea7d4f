"""Count a corpus: labels, pairs of labels, spans by type, the most frequent cues, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from hedgerow.errors import CorpusError
from hedgerow.head import label_text
from hedgerow.labels import AXES, SPANS, Certainty, Example, SpanType, Stance, labelled_on

LONG = 30  # words; 27 % of the sentences of published news are longer


def stats(
    examples: Sequence[Example], *, cues: int = 5, by: str | None = None, heads: Sequence[str] = ()
) -> dict[str, Any]:
    """Count labels, pairs of labels, spans and cues.

    Parameters
    ----------
    examples : sequence of Example
        The rows to count.
    cues : int
        How many of the most frequent phrases to list per span type.
    by : str, optional
        A field to count rows by, too.
    heads : sequence of str
        Fields that are heads of the user's own, to count by label, or by type of span.

    Returns
    -------
    dict
        Counts by name, as JSON. `labelled`, the rows that are labelled on each axis and on spans, is there if some are
        not labelled on all three.

    Raises
    ------
    CorpusError
        If no row has a label of one of `heads`.

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
    for head in heads:
        counts[head] = _own_counts(examples, head)
    labelled = {head: len(labelled_on(examples, head)) for head in (*AXES, SPANS, *heads)}
    if min(labelled.values()) < len(examples):
        counts["labelled"] = labelled
    if by is not None:
        values = Counter(str(example.to_dict().get(by, "(none)")) for example in examples)
        counts[f"by_{by}"] = dict(sorted(values.items()))
    return counts


def _own_counts(examples: Sequence[Example], head: str) -> dict[str, int]:
    """Return the number of rows by label, or of spans by type, of a head of the user's own."""
    rows = labelled_on(examples, head)
    if not rows:
        fields = ", ".join(sorted({name for example in examples for name in example.extra}))
        raise CorpusError(f"no row has the field {head!r}; fields of their own are {fields or 'none'}")
    found: Counter[str] = Counter()
    for example in rows:
        value = example.extra.get(head)
        spans = value if isinstance(value, list) else None
        found.update([str(label_text(value))] if spans is None else [str(span.get("type")) for span in spans])
    return dict(sorted(found.items()))


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
