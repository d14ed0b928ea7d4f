"""A roll-up as a record: what it counted, and every figure of its tables, as `summary.json`.

The keys of its `figures`:

- `by`: what the rows were grouped by (null without groups); `corrected`: whether shares were;
- `sentences`, `documents`, and `rejected`, `skipped` (null if nothing says how many rows have no label);
- `groups`: the whole first; each has `name`, `value` (one for each key), `sentences`, `documents`, `few`, and `labels`:
  `axis`, `label`, `n` (labelled sentences), `count`, `share`, `corrected` (or null), `interval`, `effective_n`;
- `differences`: `first`, `second`, `axis`, `label`, `share`, `clear`;
- `phrases`: `kind` (cue, source, or a head of the user's own), `type`, `phrase`, `count`;
- `notes`: what a reader of the figures needs to know.

Shares are `{"value", "low", "high"}` in 0..1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hedgerow.io.atomic import sha256
from hedgerow.report import MeasuredFile, MeasuredModel, Report
from hedgerow.report.provenance import short_name
from hedgerow.summary.notes import notes
from hedgerow.summary.origin import MANIFEST, Origin
from hedgerow.summary.roll_up import GroupPrevalence, Summary

KIND = "summary"


def summary_report(summary: Summary, origin: Origin, command: str) -> Report:
    """Return the record of a roll-up of the labelled file or run `origin`, which shows `command` as what made it."""
    models = () if origin.model is None else (MeasuredModel(origin.model, origin.model_hash),)
    figures = {
        "by": summary.group.by,
        "corrected": summary.corrected,
        "sentences": summary.whole.sentences,
        "documents": summary.whole.documents,
        "rejected": origin.counts.get("rejected"),
        "skipped": origin.counts.get("skipped"),
        "groups": [_group(group) for group in (summary.whole, *summary.groups)],
        "differences": [
            {"first": one.first, "second": one.second, "axis": one.axis, "label": one.label}
            | {"share": one.score.to_dict(), "clear": bool(one.is_clear)}
            for one in summary.differences
        ],
        "phrases": list(_phrases(summary)),
        "notes": notes(summary),
    }
    return replace(Report.begin(KIND, command), models=models, corpus=(_file(origin),), figures=figures)


def _file(origin: Origin) -> MeasuredFile:
    """Return the labelled file; of a run its manifest, which has the hashes of its parts."""
    path = origin.path / MANIFEST if origin.path.is_dir() else origin.path
    return MeasuredFile(short_name(path), sha256(path))


def _group(group: GroupPrevalence) -> dict[str, Any]:
    labels = [
        {
            "axis": one.axis,
            "label": str(one.label),
            "n": group.labelled[one.axis],
            "count": one.count,
            "share": one.share.to_dict(),
            "corrected": None if one.corrected is None else one.corrected.to_dict(),
            "interval": one.method,
            "effective_n": round(one.effective, 1),
        }
        for one in group.estimates
    ]
    return {
        "name": group.name,
        "value": list(group.value),
        "sentences": group.sentences,
        "documents": group.documents,
        "few": bool(group.is_few),
        "labels": labels,
    }


def _phrases(summary: Summary) -> Iterator[dict[str, Any]]:
    for kind, phrases in (("cue", summary.cues), ("source", summary.sources), *summary.own_phrases.items()):
        for type_, phrase, number in phrases:
            yield {"kind": kind, "type": str(type_), "phrase": phrase, "count": number}
