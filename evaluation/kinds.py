"""The kinds of reports: the module that makes the page of each, and what every report of it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError
from hedgerow.report import Report
from hedgerow.report.record import REPORT, schema


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report.

    `page_of` of `module` makes the page, and the docstring of `module` describes the figures. `keys` are those that
    `figures` has in every report. `models` is the least number of models.
    """

    module: str
    keys: tuple[str, ...]
    models: int = 0


def _kind(module: str, keys: str, models: int = 0) -> Kind:
    return Kind(module, tuple(keys.split()), models)


KINDS: Mapping[str, Kind] = {
    "agreement": _kind("evaluation.agreement", "rows groups seen spans"),
    "behaviour": _kind("evaluation.behaviour.behaviour_page", "targets rates failures", models=1),
    "benchmark": _kind(
        "evaluation.benchmarks.run", "benchmark measure value low high published differs rows backbone minutes"
    ),
    "comparison": _kind("evaluation.compare", "rows groups labelled axes span_heads changes", models=2),
    "cross_validation": _kind("evaluation.cross_validation_page", "recipe seed rows groups folds pooled"),
    "evaluation": _kind(
        "hedgerow.measuring.measured",
        "rows groups warnings labelled not_measured seen_sentences calibration scores baselines annotator_agreement "
        "comparisons slices mistakes",
        models=1,
    ),
    "field": _kind(
        "evaluation.field.field_page", "seen sets kinds confidence reversed cues splits read failures", models=1
    ),
    "fine_tuning": _kind("evaluation.components.finetuning", "dev before ways", models=1),
    "label_errors": _kind("evaluation.label_errors", "rows folds axes first_suspects"),
    "leaks": _kind("evaluation.leaks", "rows groups training_rows kinds clean pairs"),
    "learning_curve": _kind("evaluation.learning_curve_page", "recipe parts"),
    "load_test": _kind(
        "evaluation.speed.load_test",
        "seconds peak_mb rows_in rows_out rows_rejected rows_skipped rows_dirty shards sentences repeated_sentences "
        "rows_per_second sentences_per_second made_from dirty nothing_lost",
        models=1,
    ),
    "parts": _kind("evaluation.parts_page", "parts pooled by_part by_corpus calibration", models=1),
    "picking": _kind("evaluation.components.picking_page", "start pools"),
    "quantisation": _kind("evaluation.components.quantisation", "rows variants", models=1),
    "seeds": _kind("evaluation.seeds", "recipe runs"),
    "serving": _kind(
        "evaluation.speed.serving_page",
        "clients under_load batch_sentences_per_second memory_mb stopped wrong_answers all_right",
        models=1,
    ),
    "thresholds": _kind(
        "evaluation.thresholds", "rows groups seen_sentences fitted_rows precision fewest heads", models=1
    ),
    "throughput": _kind("evaluation.speed.throughput_page", "start speeds stages pipeline accuracy", models=1),
    "transfer": _kind("evaluation.benchmarks.transfer", "measured_on transfer questions"),
}


def read_report(path: Path) -> Report:
    """Return the report of a file; raise InputError if it is broken, of no known kind, or lacks what its kind has."""
    report = Report.read(path)
    kind = KINDS.get(report.kind)
    if kind is None:
        raise InputError(f"{path}: a report of the kind {report.kind!r}; known are {', '.join(KINDS)}")
    missing = [key for key in kind.keys if key not in report.figures]
    if missing or len(report.models) < kind.models:
        raise InputError(f"{path}: has no {missing[0] if missing else 'model'}; run its command again")
    return report


def read_reports(folder: Path) -> dict[str, Report]:
    """Return the reports in `folder` by name; raise InputError if there is none, or one is broken."""
    paths = sorted(folder.glob(f"*/{REPORT}"))
    if not paths:
        raise InputError(f"{folder}: no report in it (NAME/{REPORT}); run evaluation.run with --out {folder}/NAME")
    return {path.parent.name: read_report(path) for path in paths}


def schema_of_kinds() -> dict[str, Any]:
    """Return the JSON schema of every report.json of these commands: by kind, it lists the keys of `figures`."""
    by_kind = [
        {
            "if": {"properties": {"kind": {"const": name}}},
            "then": {
                "properties": {"figures": {"required": list(kind.keys)}, "models": {"minItems": kind.models}},
            },
        }
        for name, kind in KINDS.items()
    ]
    return schema() | {"allOf": by_kind}
