"""Measure a model's abilities: the share of behaviour cases it passes, family by family.

    python -m evaluation.behaviour --model base --out evaluation/reports/base-behaviour

Writes `report.json` and `report.md`: pass rates with 95 % Wilson intervals, beside those of `linear`, `lexicon` and
`majority`; the missed targets; and every failed case with its error. A model that always gives the same labels passes
the cases that compare (`same`, `no_lower`, `no_higher`), so the targets do not count them. The rate without all cases
that "certain, asserted, no span" passes is beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hedgerow
from evaluation.behaviour.cases import LocatedCase, bundled_cases, load
from evaluation.behaviour.verdict import find_error, is_comparison, is_passed_by_default
from evaluation.command import guarded, make_parser, write_report
from hedgerow.classifier import Classifier
from hedgerow.classifier import load as load_model
from hedgerow.io.atomic import sha256
from hedgerow.metrics import wilson
from hedgerow.predictors.majority import Majority
from hedgerow.report import with_interval, markdown_table
from hedgerow.measuring.measurement import REPORT_SCHEMA
from hedgerow.report.provenance import commit, model_entry, short_hash, shown_command

OVERALL_TARGET, FAMILY_TARGET = 0.90, 0.75  # of all counted cases, of those of each family
BASELINES = ("linear", "lexicon", "majority")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("behaviour", __doc__)
    parser.add_argument("--model", default="base", help="a shipped model's name, or a model folder")
    parser.add_argument("--cases", type=Path, nargs="+", help="case files, one a family (default: all of this folder)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for report.json and report.md")
    return guarded("behaviour", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    command = shown_command(["python", "-m", "evaluation.behaviour"], vars(options))
    measured = measure(options.model, options.cases or bundled_cases())
    report = {"schema": REPORT_SCHEMA, "command": command, **measured}
    write_report(options.out, report, to_markdown(report))
    print(_rate_table(report), *_misses(report), sep="\n")


def measure(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Return everything the report says, as plain data."""
    cases = load(files)
    errors = {name: _find_errors(load_model(name), cases)}
    errors |= {baseline: _find_errors(_baseline(baseline), cases) for baseline in BASELINES if baseline != name}
    return {
        "model": model_entry(name),
        "cases": {path.stem: sha256(path) for path in files},
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit("evaluation/behaviour"),
        "version": hedgerow.__version__,
        "targets": {"all": OVERALL_TARGET, "each_family": FAMILY_TARGET},
        "rates": {model: _rates(cases, of_model) for model, of_model in errors.items()},
        "failures": [
            {"id": located.case.id, "family": located.family, "kind": located.case.kind, "error": error}
            | {"texts": located.case.texts, "why": located.case.why}
            for located, error in zip(cases, errors[name], strict=True)
            if error is not None
        ],
    }


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


def to_markdown(report: dict[str, Any]) -> str:
    """Return the report as one Markdown page."""
    model, targets = report["model"], report["targets"]
    failures = [
        [row["id"], row["kind"], row["error"], " / ".join(row["texts"]), row["why"]] for row in report["failures"]
    ]
    parts = [
        f"# Behaviour of {model['name']}\n",
        f"- command: `{report['command']}`\n- date: {report['date']}, commit: {report['commit']}\n"
        f"- model: `{model['name']}`, sha256 {short_hash(model['sha256'])}\n"
        f"- version: hedgerow {report['version']}\n",
        "The share of cases passed; in brackets 95 % Wilson intervals. Majority is fitted on data/corpus/train.jsonl. "
        "It is the floor: a model that always gives the same labels passes the cases that compare.\n",
        _rate_table(report) + "\n",
        *_about_counted(report),
        f"## Targets: {targets['all']:.0%} of all, {targets['each_family']:.0%} of each family\n",
        "\n".join(f"- {miss}" for miss in _misses(report)) + "\n",
        "## Failures\n",
        "An error is the predicted label and the right one, or the labels of the texts in order.\n",
        markdown_table(["id", "kind", "error", "texts", "why"], failures) + "\n",
    ]
    return "\n".join(parts)


def _rate_table(report: dict[str, Any]) -> str:
    rates = report["rates"]
    own = rates[report["model"]["name"]]
    rows = []
    for group in ("family", "kind"):
        for name, row in own[group].items():
            shown = name if group == "family" else f"*kind {name}*"
            rows.append([shown, row["n"], *(with_interval(of_model[group][name]["rate"]) for of_model in rates.values())])
    rows.append(["**all**", own["all"]["n"], *(with_interval(of_model["all"]["rate"]) for of_model in rates.values())])
    if "counted" in own:  # reports of earlier versions have no such rates
        totals = {"**all that do not compare**": [of_model["counted"]["all"] for of_model in rates.values()]}
        totals["**all but certain, asserted, no span**"] = [of_model["default_fails"] for of_model in rates.values()]
        rows += [
            [name, of_models[0]["n"], *(with_interval(row["rate"]) if row["n"] else "none" for row in of_models)]
            for name, of_models in totals.items()
        ]
    return markdown_table(["family", "n", *rates], rows)


def _about_counted(report: dict[str, Any]) -> list[str]:
    """Return a paragraph on the cases that targets count; nothing for reports of earlier versions."""
    own = report["rates"][report["model"]["name"]]
    if "counted" not in own:
        return []
    n, counted, failed = own["all"]["n"], own["counted"]["all"]["n"], own["default_fails"]["n"]
    return [
        f"Of the {n} cases, a model passes {n - counted} that compare sentences if its labels are always the same. "
        f"The targets count the other {counted}. A model that finds every sentence certain and asserted, and marks "
        f"nothing, passes {n - failed}; the last row is without these.\n"
    ]


def _misses(report: dict[str, Any]) -> list[str]:
    """Return the targets that the model misses, in words."""
    own, targets = report["rates"][report["model"]["name"]], report["targets"]
    own = own.get("counted", own)  # reports of earlier versions counted every case
    rows = [("all", own["all"], targets["all"])]
    rows += [(family, row, targets["each_family"]) for family, row in own["family"].items()]
    missed = [
        f"missed: {name} {row['passed']} of {row['n']}, target {target:.0%}"
        for name, row, target in rows
        if row["passed"] < target * row["n"]
    ]
    return missed or ["every target is met"]


if __name__ == "__main__":
    sys.exit(main())
