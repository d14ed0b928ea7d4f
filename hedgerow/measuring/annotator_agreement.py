"""Annotator agreement: how far two independent labellings of a corpus agree, if they are beside it.

Those of `dev.jsonl` are `agreement/dev.pass-a.jsonl` and `agreement/dev.pass-b.jsonl`. Only figures enter a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.corpus import CorpusPart
from hedgerow.errors import CorpusError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES, SPANS, Example
from hedgerow.metrics import axis_scores, span_intervals
from hedgerow.metrics.agreement import Pairs, as_prediction, labelled_on_both


def compare_annotators(part: CorpusPart, gold: Sequence[Example]) -> dict[str, Any] | None:
    """Return the scores of the second labelling against the first, or None if there are not two of one measured file.

    An axis, or the spans, that no row is labelled on in both is not there.

    Raises CorpusError if the labellings are not of the sentences of `gold`.
    """
    passes = find_passes(part.files[0]) if len(part.files) == 1 else []
    if len(passes) != 2:
        return None
    first, second = (_load_in_order(path, gold, is_subset=bool(part.where)) for path in passes)
    pairs = list(zip(first, second, strict=True))
    axes = {axis: _axis(pairs, axis) for axis in AXES if labelled_on_both(pairs, axis)}
    spans = {SPANS: {"all": _spans(pairs)}} if labelled_on_both(pairs, SPANS) else {}
    return {
        "passes": [{"file": path.name, "sha256": sha256(path)} for path in passes],
        "rows": len(gold),
        **axes,
        **spans,
    }


def _axis(pairs: Pairs, axis: str) -> dict[str, Any]:
    first, second = zip(*labelled_on_both(pairs, axis), strict=True)
    return axis_scores(first, list(map(as_prediction, second)), axis)


def _spans(pairs: Pairs) -> dict[str, Any]:
    first, second = zip(*labelled_on_both(pairs, SPANS), strict=True)
    scores: dict[str, Any] = span_intervals(first, list(map(as_prediction, second)))["all"]
    return scores


def find_passes(file: Path) -> list[Path]:
    """Return the independent labellings of a corpus file that are beside it, in order."""
    return sorted((file.parent / "agreement").glob(f"{file.stem}.pass-*.jsonl"))


def _load_in_order(path: Path, gold: Sequence[Example], *, is_subset: bool) -> list[Example]:
    rows = {row.id: row for row in corpus.load([path])}
    ids = {example.id for example in gold}
    if not (ids <= rows.keys() if is_subset else ids == rows.keys()):
        raise CorpusError(f"{path}: its ids are not those of the measured corpus; remove it or label the same rows")
    return [rows[example.id] for example in gold]
