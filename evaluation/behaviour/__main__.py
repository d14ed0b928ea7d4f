"""Measure a model's abilities: the share of behaviour cases it passes, family by family.

    python -m evaluation.behaviour --model base --out evaluation/reports/base-behaviour

The report has pass rates with 95 % Wilson intervals, beside those of `linear`, `lexicon` and `majority`; the missed
targets; and every failed case with its error. A model that always gives the same labels passes the cases that compare
(`same`, `no_lower`, `no_higher`), so the targets do not count them. The rate without all cases that "certain, asserted,
no span" passes is beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from evaluation.behaviour.behaviour_page import page_of, summary
from evaluation.behaviour.cases import LocatedCase, bundled_cases, load
from evaluation.behaviour.verdict import find_error, is_comparison, is_passed_by_default
from evaluation.command import Measured, ReportCommand, make_parser, run_command
from hedgerow.classifier import Classifier
from hedgerow.classifier import load as load_model
from hedgerow.metrics import wilson
from hedgerow.predictors.majority import Majority
from hedgerow.report import measured_files, measured_model

OVERALL_TARGET, FAMILY_TARGET = 0.90, 0.75  # of all counted cases, of those of each family
BASELINES = ("linear", "lexicon", "majority")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("behaviour", __doc__)
    parser.add_argument("--model", default="base", help="a shipped model's name, or a model folder")
    parser.add_argument("--cases", type=Path, nargs="+", help="case files, one a family (default: all of this folder)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the report")
    return run_command(parser, arguments, ReportCommand("behaviour", _measure, page_of, summary))


def _measure(options: argparse.Namespace) -> Measured:
    return measure(options.model, options.cases or bundled_cases())


def measure(name: str, files: Sequence[Path]) -> Measured:
    """Return what the report says: how many cases the model and the baselines pass, and those that it fails."""
    cases = load(files)
    errors = {name: _find_errors(load_model(name), cases)}
    errors |= {baseline: _find_errors(_baseline(baseline), cases) for baseline in BASELINES if baseline != name}
    figures = {
        "targets": {"all": OVERALL_TARGET, "each_family": FAMILY_TARGET},
        "rates": {model: _rates(cases, of_model) for model, of_model in errors.items()},
        "failures": [
            {"id": located.case.id, "family": located.family, "kind": located.case.kind, "error": error}
            | {"texts": located.case.texts, "why": located.case.why}
            for located, error in zip(cases, errors[name], strict=True)
            if error is not None
        ],
    }
    return Measured(figures, models=[measured_model(name)], corpus=measured_files(files))


def _baseline(name: str) -> Classifier:
    return Classifier(Majority.bundled()) if name == "majority" else load_model(name)


def _find_errors(classifier: Classifier, cases: Sequence[LocatedCase]) -> list[str | None]:
    """Return the error of the predictions for each case, or None."""
    predictions = iter(classifier.predict([text for located in cases for text in located.case.texts]))
    return [find_error(located.case, [next(predictions) for _ in located.case.texts]) for located in cases]


def _rates(cases: Sequence[LocatedCase], errors: Sequence[str | None]) -> dict[str, Any]:
    """Return how many cases are passed: of all, by family, by kind; and of those that a constant answer fails.

    `counted` are the cases that do not compare: targets count them. `default_fails` are those that the most frequent
    answer fails: certain, asserted, no span.
    """
    outcomes = [(located, error is None) for located, error in zip(cases, errors, strict=True)]
    counted = [(located, passed) for located, passed in outcomes if not is_comparison(located.case)]
    failed_by_default = [passed for located, passed in outcomes if not is_passed_by_default(located.case)]
    return {
        "all": _rate([passed for _, passed in outcomes]),
        "family": _rates_by((located.family, passed) for located, passed in outcomes),
        "kind": _rates_by((located.case.kind, passed) for located, passed in outcomes),
        "counted": {
            "all": _rate([passed for _, passed in counted]),
            "family": _rates_by((located.family, passed) for located, passed in counted),
        },
        "default_fails": _rate(failed_by_default),
    }


def _rates_by(outcomes: Iterable[tuple[str, bool]]) -> dict[str, Any]:
    by_name: dict[str, list[bool]] = {}
    for name, passed in outcomes:
        by_name.setdefault(name, []).append(passed)
    return {name: _rate(passed) for name, passed in by_name.items()}


def _rate(passed: Sequence[bool]) -> dict[str, Any]:
    """Return the cases passed; the rate is None if there is no case."""
    rate = wilson(sum(passed), len(passed)).to_dict() if passed else None
    return {"n": len(passed), "passed": sum(passed), "rate": rate}


if __name__ == "__main__":
    sys.exit(main())
