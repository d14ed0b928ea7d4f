"""Measure a model on a labelled corpus, beside majority and lexicon.

    python -m evaluation.run --model linear --corpus data/corpus/test.jsonl --out evaluation/reports/linear-test

Writes `report.json` and `report.md`: for each axis the confusion matrix, precision, recall, F1 and support by class
with 95 % bootstrap intervals (groups are drawn, not rows), macro-F1, accuracy, Cohen's kappa; spans by type, strict
and overlapping; the most confident mistakes. A mistake is shown with its sentence only where the sentence is the
project's own (it lies in data/); of other corpora only ids and labels are written.
"""

from __future__ import annotations

import argparse
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import hedgerow
from hedgerow import corpus, report
from hedgerow.baselines import Majority
from hedgerow.classifier import Classifier, lexicon, load
from hedgerow.classifier.folder import find, model_hash, read_manifest
from hedgerow.errors import HedgerowError
from hedgerow.files import replaced_folder, sha256, write_json
from hedgerow.labels import AXES, Example, Prediction, Stance
from hedgerow.scores import axis_scores, compare, span_scores

ROOT = Path(__file__).resolve().parents[1]
FILES = ("report.json", "report.md")
MISTAKES = 15  # of each axis
SEEN = "seen in training"
JUDGED = re.compile(r"considered|regarded|viewed as", re.IGNORECASE)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure a model on a labelled corpus.")
    parser.add_argument("--model", default="base", help="a shipped model's name, 'lexicon', or a model folder")
    parser.add_argument("--corpus", type=Path, nargs="+", required=True, help="labelled files (JSON lines)")
    parser.add_argument("--out", type=Path, required=True, help="the folder for report.json and report.md")
    options = parser.parse_args(arguments)
    try:
        measured = measure(options.model, options.corpus)
        measured["command"] = shown_command("run", vars(options))
        with replaced_folder(options.out, may_hold=FILES) as folder:
            write_json(folder / "report.json", measured)
            (folder / "report.md").write_text(to_markdown(measured), "utf-8")
    except HedgerowError as error:
        print(f"evaluation.run: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"evaluation.run: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    print(_headline(measured))
    return 0


def measure(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Everything the report says, as plain data."""
    classifier = load(name)
    gold = corpus.load(files)
    train = ROOT / "data" / "corpus" / "train.jsonl"
    baselines = {"lexicon": Classifier(lexicon()), "majority": Classifier(Majority.fit(corpus.load([train])))}
    if name != "linear":
        baselines = {"linear": load("linear"), **baselines}
    texts = [example.text for example in gold]
    predicted = list(classifier.predict(texts))
    rivals = {rival: list(baseline.predict(texts)) for rival, baseline in baselines.items()}
    hashes = [sha256(path) for path in files]
    seen = set() if name == "lexicon" else {part["sha256"] for part in read_manifest(find(name))["data"]["train"]}
    own = all(ROOT / "data" in path.resolve().parents for path in files)
    return {
        "model": {"name": name, "sha256": None if name == "lexicon" else model_hash(find(name))},
        "corpus": [
            {"file": "/".join(path.resolve().parts[-2:]), "sha256": digest, SEEN: digest in seen}
            for path, digest in zip(files, hashes, strict=True)
        ],
        "date": datetime.now(UTC).date().isoformat(),
        "rows": len(gold),
        "groups": len({example.unit for example in gold}),
        "commit": commit(),
        "versions": {"hedgerow": hedgerow.__version__, "python": platform.python_version(), "numpy": np.__version__},
        "scores": _scores(gold, predicted),
        "slices": _slices(gold, predicted),
        "baselines": {rival: _scores(gold, found) for rival, found in rivals.items()},
        "against": {
            rival: {axis: compare(gold, predicted, found, axis) for axis in AXES} for rival, found in rivals.items()
        },
        "mistakes": {axis: _mistakes(gold, predicted, axis, with_text=own) for axis in AXES},
    }


def _scores(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    return {**{axis: axis_scores(gold, predicted, axis) for axis in AXES}, "spans": span_scores(gold, predicted)}


def to_markdown(measured: dict[str, Any]) -> str:
    """The report as one Markdown page."""
    model = measured["model"]
    own = measured["scores"]
    files = ", ".join(f"`{part['file']}` ({part['sha256'][:12]})" for part in measured["corpus"])
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    parts = [
        f"# {model['name']} on {', '.join(part['file'] for part in measured['corpus'])}\n",
        f"- command: `{measured['command']}`\n- date: {measured['date']}, commit: {measured['commit']}\n"
        f"- model: `{model['name']}`, sha256 {(model['sha256'] or 'none, rules')[:12]}\n- corpus: {files}, "
        f"{measured['rows']:,} sentences in {measured['groups']:,} groups\n- versions: {versions}\n",
        "Figures in brackets are 95 % intervals (2,000 bootstrap draws of whole groups). Majority is fitted on "
        "data/corpus/train.jsonl.\n",
        *(f"**{part['file']} was training data of this model.**\n" for part in measured["corpus"] if part[SEEN]),
        "## Macro-F1, accuracy and kappa beside the baselines\n",
        _rivals(measured) + "\n",
        "How much better than each, paired on the same rows (macro-F1; p of accuracy by an exact McNemar test):\n",
        _against(measured) + "\n",
    ]
    for axis in AXES:
        parts += [f"## {axis}\n", report.class_table(own[axis]), report.confusion_table(own[axis])]
    slices = [[name, row["n"], row["right"]] for name, row in sorted(measured["slices"].items())]
    parts += ["## Slices\n", report.markdown(["slice", "n", "stance right"], slices) + "\n"]
    parts += ["## Spans\n", "Strict: same offsets and type. Overlapping: same type, a character shared.\n"]
    parts += [report.span_table(own["spans"]), "## The most confident mistakes\n"]
    for axis in AXES:
        parts += [f"### {axis}\n", _mistake_table(measured["mistakes"][axis]) + "\n"]
    return "\n".join(parts)


def _rivals(measured: dict[str, Any]) -> str:
    header = [
        "model",
        "n",
        *(f"{axis} {total}" for axis in AXES for total in ("macro-F1", "accuracy", "kappa")),
        "spans F1",
    ]
    rows = []
    for name, scores in _by_name(measured):
        totals = [scores[axis][total] for axis in AXES for total in ("macro_f1", "accuracy", "kappa")]
        figures = [f"{total['value']:.3f} [{total['low']:.3f}, {total['high']:.3f}]" for total in totals]
        rows.append([name, measured["rows"], *figures, f"{scores['spans']['all']['strict']['f1']:.3f}"])
    return report.markdown(header, rows)


def _against(measured: dict[str, Any]) -> str:
    rows = []
    for rival, axes in measured["against"].items():
        cells = []
        for axis in AXES:
            difference = axes[axis]["macro_f1 difference"]
            cells += [f"{difference['value']:+.3f} [{difference['low']:+.3f}, {difference['high']:+.3f}]"]
            cells += [f"{axes[axis]['mcnemar p']:.2g}"]
        rows.append([rival, *cells])
    return report.markdown(["than", *(f"{axis} {what}" for axis in AXES for what in ("difference", "p"))], rows)


def _by_name(measured: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(measured["model"]["name"], measured["scores"]), *measured["baselines"].items()]


def _slices(gold: Sequence[Example], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """`distanced` rows by "is considered / regarded / viewed as", about a fifth in published text, and the others."""
    table: dict[str, Any] = {}
    for example, prediction in zip(gold, predicted, strict=True):
        if example.stance is Stance.DISTANCED:
            passive = any(JUDGED.search(span.text) for span in example.spans)
            row = table.setdefault(
                f"distanced, {'' if passive else 'not '}by a passive of judging", {"n": 0, "right": 0}
            )
            row["n"] += 1
            row["right"] += prediction.stance is Stance.DISTANCED
    return table


def _mistakes(
    gold: Sequence[Example], predicted: Sequence[Prediction], axis: str, *, with_text: bool
) -> list[dict[str, Any]]:
    """The wrong answers given with the highest scores."""
    wrong = []
    for example, prediction in zip(gold, predicted, strict=True):
        said, right = getattr(prediction, axis), getattr(example, axis)
        if said != right:
            score = round(float(getattr(prediction, f"{axis}_scores")[said]), 3)
            row: dict[str, Any] = {"id": example.id, "gold": str(right), "predicted": str(said), "score": score}
            wrong.append(row | ({"text": example.text} if with_text else {}))
    return sorted(wrong, key=lambda row: (-row["score"], row["id"]))[:MISTAKES]


def _mistake_table(mistakes: list[dict[str, Any]]) -> str:
    columns = ["score", "gold", "predicted", "id", *(["text"] if mistakes and "text" in mistakes[0] else [])]
    return report.markdown(columns, [[row[name] for name in columns] for row in mistakes])


def _headline(measured: dict[str, Any]) -> str:
    lines = [f"{measured['rows']:,} sentences"]
    for name, scores in _by_name(measured):
        totals = "  ".join(f"{axis} {scores[axis]['macro_f1']['value']:.3f}" for axis in AXES)
        lines.append(f"{name:>12}: macro-F1 {totals}  spans F1 {scores['spans']['all']['strict']['f1']:.3f}")
    lines += [f"{part['file']} was training data of this model" for part in measured["corpus"] if part[SEEN]]
    return "\n".join(lines)


def shown_command(module: str, options: Mapping[str, Any]) -> str:
    """The command that `options` came from, as one would type it."""
    words = ["python", "-m", *f"evaluation.{module}".split()]
    for name, value in options.items():
        words += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    return shlex.join(words)


def commit(*measured_by: str) -> str:
    """The commit measured on, and whether what is measured was changed since; "unknown" outside a git checkout.

    `measured_by` are files or folders that count beside the package, the models, the data and this file.
    """
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return "unknown"
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return "unknown"
    changed = _git("status", "--porcelain", "--", "hedgerow", "model", "data", "evaluation/run.py", *measured_by)
    return f"{commit} with changes" if changed else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False).stdout.decode().strip()


if __name__ == "__main__":
    sys.exit(main())
