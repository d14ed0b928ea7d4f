"""Measure what a model can do and cannot: the share of behaviour cases it passes, family by family.

    python -m evaluation.behaviour --model base --out evaluation/reports/base-behaviour

Writes `report.json` and `report.md`: pass rates with 95 % Wilson intervals, `linear`, `lexicon` and `majority` beside
them, whether the targets are met, and every failed case with what was said. Majority is the floor: cases that compare
(`same`, `no_lower`, `no_higher`) are passed by a model that always says the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hedgerow
from evaluation.behaviour.cases import Located, bundled_cases, load
from evaluation.behaviour.verdict import fault
from evaluation.provenance import ROOT, commit, shown_command
from evaluation.run import FILES
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.classifier import load as load_model
from hedgerow.errors import HedgerowError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.metrics import Score, wilson
from hedgerow.predictors.folder import find, model_hash
from hedgerow.predictors.majority import Majority
from hedgerow.report import markdown

OVERALL, FAMILY = 0.90, 0.75  # the targets: of all cases, of the cases of each family
RIVALS = ("linear", "lexicon", "majority")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evaluation.behaviour", description="Measure a model on behaviour cases.")
    parser.add_argument("--model", default="base", help="a bundled_cases model's name, 'lexicon', or a model folder")
    parser.add_argument("--cases", type=Path, nargs="+", help="case files, one a family (by default all that ship)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for report.json and report.md")
    options = parser.parse_args(arguments)
    try:
        measured = measure(options.model, options.cases or bundled_cases())
        given = {name: value for name, value in vars(options).items() if value is not None}
        measured["command"] = shown_command("behaviour", given)
        with replaced_folder(options.out, allowed=FILES) as folder:
            write_json(folder / "report.json", measured)
            (folder / "report.md").write_text(to_markdown(measured), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.behaviour: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"evaluation.behaviour: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    print(_rate_table(measured), *_misses(measured), sep="\n")
    return 0


def measure(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    cases = load(files)
    faults = {name: _faults(load_model(name), cases)}
    faults |= {rival: _faults(_rival(rival), cases) for rival in RIVALS if rival != name}
    return {
        "model": {"name": name, "sha256": model_hash(find(name))},
        "cases": {path.stem: sha256(path) for path in files},
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit("evaluation/behaviour"),
        "version": hedgerow.__version__,
        "targets": {"all": OVERALL, "each family": FAMILY},
        "rates": {model: _rates(cases, found) for model, found in faults.items()},
        "failures": [
            {"id": located.case.id, "family": located.family, "kind": located.case.kind, "said": said}
            | {"texts": located.case.texts, "why": located.case.why}
            for located, said in zip(cases, faults[name], strict=True)
            if said is not None
        ],
    }


def _rival(name: str) -> Classifier:
    if name == "majority":
        return Classifier(Majority.fit(corpus.load([ROOT / "data" / "corpus" / "train.jsonl"])))
    return load_model(name)


def _faults(classifier: Classifier, cases: Sequence[Located]) -> list[str | None]:
    """For each case what is wrong with what `classifier` says of it, or None."""
    predictions = iter(list(classifier.predict([text for located in cases for text in located.case.texts])))
    return [fault(located.case, [next(predictions) for _ in located.case.texts]) for located in cases]


def _rates(cases: Sequence[Located], faults: Sequence[str | None]) -> dict[str, Any]:
    """How many cases are passed: of all, by family, by kind."""
    passed = [said is None for said in faults]

    def by(names: Sequence[str]) -> dict[str, Any]:
        return {
            wanted: _rate([good for good, name in zip(passed, names, strict=True) if name == wanted])
            for wanted in dict.fromkeys(names)
        }

    families = by([located.family for located in cases])
    return {"all": _rate(passed), "family": families, "kind": by([located.case.kind for located in cases])}


def _rate(passed: Sequence[bool]) -> dict[str, Any]:
    return {"n": len(passed), "passed": sum(passed), "rate": wilson(sum(passed), len(passed)).to_dict()}


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    model = measured["model"]
    targets = measured["targets"]
    failures = [
        [row["id"], row["kind"], row["said"], " / ".join(row["texts"]), row["why"]] for row in measured["failures"]
    ]
    parts = [
        f"# Behaviour of {model['name']}\n",
        f"- command: `{measured['command']}`\n- date: {measured['date']}, commit: {measured['commit']}\n"
        f"- model: `{model['name']}`, sha256 {(model['sha256'] or 'none, rules')[:12]}\n"
        f"- version: hedgerow {measured['version']}\n",
        "The share of cases passed; in brackets 95 % Wilson intervals. Majority is fitted on data/corpus/train.jsonl; "
        "cases that compare are passed by what always says the same, so it is the floor.\n",
        _rate_table(measured) + "\n",
        f"## Targets: {targets['all']:.0%} of all, {targets['each family']:.0%} of each family\n",
        "\n".join(f"- {miss}" for miss in _misses(measured)) + "\n",
        "## Failures\n",
        "`said` is the label given for the one the codebook wants, or the labels of the texts in order.\n",
        markdown(["id", "kind", "said", "texts", "why"], failures) + "\n",
    ]
    return "\n".join(parts)


def _rate_table(measured: dict[str, Any]) -> str:
    rates = measured["rates"]
    own = rates[measured["model"]["name"]]
    rows = []
    for group in ("family", "kind"):
        for name, row in own[group].items():
            shown = name if group == "family" else f"*kind {name}*"
            rows.append([shown, row["n"], *(_figure(found[group][name]) for found in rates.values())])
    rows.append(["**all**", own["all"]["n"], *(_figure(found["all"]) for found in rates.values())])
    return markdown(["family", "n", *rates], rows)


def _figure(row: dict[str, Any]) -> str:
    rate = row["rate"]
    return str(Score(rate["value"], rate["low"], rate["high"]))


def _misses(measured: dict[str, Any]) -> list[str]:
    """Which targets the model misses, in words."""
    own, targets = measured["rates"][measured["model"]["name"]], measured["targets"]
    rows = [("all", own["all"], targets["all"])]
    rows += [(family, row, targets["each family"]) for family, row in own["family"].items()]
    missed = [
        f"missed: {name} {row['passed']} of {row['n']}, target {target:.0%}"
        for name, row, target in rows
        if row["passed"] < target * row["n"]
    ]
    return missed or ["every target is met"]


if __name__ == "__main__":
    sys.exit(main())
