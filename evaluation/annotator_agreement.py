"""The ceiling: how far two independent labellings of the same corpus agree, where they lie beside it.

Of `dev.jsonl` they are `agreement/dev.pass-a.jsonl` and `agreement/dev.pass-b.jsonl`. Only figures go into a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hedgerow import corpus
from hedgerow.errors import CorpusError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES, Example, Prediction
from hedgerow.metrics import axis_scores, span_intervals


def ceiling(files: Sequence[Path], gold: Sequence[Example]) -> dict[str, Any] | None:
    """The second pass measured against the first; None where there are not two of the one file that is measured.

    Raises CorpusError where the passes are not of these sentences.
    """
    passes = sorted((files[0].parent / "agreement").glob(f"{files[0].stem}.pass-*.jsonl")) if len(files) == 1 else []
    if len(passes) != 2:
        return None
    first, second = (_in_order(path, gold) for path in passes)
    said = [Prediction(row.text, row.certainty, row.stance, {}, {}, row.spans) for row in second]
    return {
        "passes": [{"file": path.name, "sha256": sha256(path)} for path in passes],
        "rows": len(gold),
        **{axis: axis_scores(first, said, axis) for axis in AXES},
        "spans": {"all": span_intervals(first, said)["all"]},
    }


def _in_order(path: Path, gold: Sequence[Example]) -> list[Example]:
    rows = {row.id: row for row in corpus.load([path])}
    if rows.keys() != {example.id for example in gold}:
        raise CorpusError(f"{path}: its ids are not those of the corpus it was made from; move it away or mend it")
    return [rows[example.id] for example in gold]
