"""Models beside each other on parts: every figure is that of a report on the part, and no sentence is shown."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.parts import main
from evaluation.render import render
from hedgerow import InputError
from hedgerow.classifier import load as load_model
from hedgerow.corpus import load
from hedgerow.corpus.selecting import parse_parts
from hedgerow.metrics import full_scores
from hedgerow.metrics.scoring import axis_confusion, macro_f1, strict_span_f1

Write = Callable[..., Path]
ARTICLE = Path(__file__).parents[1] / "data" / "examples" / "article.jsonl"
TEXTS = [
    ("He may go.", "possible"),
    ("It rained.", "certain"),
    ("Perhaps it will snow.", "possible"),
    ("She left at noon.", "certain"),
]


def rows(name: str, **more: object) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{name}-{at}",
            "text": f"{name}: {text}",
            "certainty": label,
            "stance": "asserted",
            "corpus": name,
            **more,
        }
        for at, (text, label) in enumerate(TEXTS)
    ]


@pytest.fixture
def report(tiny_model: Path, tmp_path: Path, corpus_file: Write) -> dict[str, Any]:
    """The report on two parts with two passes, one without, and one that takes rows of both."""
    dev = [row | {"picked": at > 1} for at, row in enumerate(rows("web"))]
    files = {
        "dev": corpus_file(*dev, name="dev.jsonl"),
        "articles": corpus_file(*rows("press", doc="d"), name="articles.jsonl"),
        "other": corpus_file(*rows("speech"), name="other.jsonl"),
    }
    (tmp_path / "agreement").mkdir()
    for name in ("dev", "articles"):
        for letter in "ab":
            (tmp_path / "agreement" / f"{name}.pass-{letter}.jsonl").write_bytes(files[name].read_bytes())
    parts = [f"{name}={path}" for name, path in files.items()]
    running = [f"running={files[name]}" for name in ("articles", "dev")]
    command = ["--models", "lexicon", str(tiny_model), "--part", *parts, "--part", *running]
    assert main([*command, "--where", "running:picked=false", "--out", str(tmp_path / "r")]) == 0
    written: dict[str, Any] = json.loads((tmp_path / "r" / "report.json").read_text())
    return written


def figures(report: dict[str, Any], model: str) -> dict[str, dict[str, Any]]:
    return {row["part"]: row for row in report["figures"]["by_part"] if row["model"] == model}


def test_parts_are_measured_by_name_and_those_with_two_passes_together(report: dict[str, Any]) -> None:
    sizes = {name: (row["rows"], row["groups"]) for name, row in figures(report, "lexicon").items()}
    assert sizes == {"dev": (4, 4), "articles": (4, 1), "other": (4, 4), "running": (6, 3), "pooled": (8, 5)}
    found = report["figures"]
    assert found["pooled"] == ["dev", "articles"]
    assert {part["part"]: part["two_passes"] for part in found["parts"]}["other"] is False
    assert {(row["corpus"], row["rows"]) for row in found["by_corpus"]} == {("web", 4), ("press", 4), ("speech", 4)}


def test_the_figures_are_those_of_a_report_on_the_part(tmp_path: Path) -> None:
    command = ["--models", "lexicon", "--part", f"article={ARTICLE}", "--out", str(tmp_path / "r")]
    assert main(command) == 0
    (row,) = json.loads((tmp_path / "r" / "report.json").read_text())["figures"]["by_part"]
    gold = load([ARTICLE])
    predicted = load_model("lexicon").predict([example.text for example in gold])
    scores = full_scores(gold, predicted)
    for axis in ("certainty", "stance"):
        assert row[axis] == {"macro_f1": scores[axis]["macro_f1"], "calibration_error": scores[axis]["ece"]}
        assert macro_f1(axis_confusion(gold, predicted, axis)).to_dict() == scores[axis]["macro_f1"]
    strict = scores["spans"]["all"]["strict"]
    low, high = strict["interval"]["f1"]
    assert row["spans"]["strict_f1"] == {"value": strict["f1"], "low": low, "high": high}
    assert strict_span_f1(gold, predicted).to_dict()["value"] == strict["f1"]


def test_the_page_has_models_in_columns_and_no_sentence(report: dict[str, Any], tmp_path: Path) -> None:
    page = (tmp_path / "r" / "report.md").read_text()
    model = report["models"][1]["name"]
    assert f"| part | n | lexicon | {model} |" in page
    assert "| running | " in page
    assert "picked=false | 6 | 3 | two |" in page
    assert "`pooled` is dev, articles together" in page
    assert re.search(r"\| articles \| 4 \(few\) \| \d\.\d+ \| \d\.\d+ \|", page), "one group has no interval"
    assert "### Stance macro-F1\n\n| corpus | n | lexicon |" in page
    html = (tmp_path / "r" / "report.html").read_text()
    for text, _ in TEXTS:
        assert not any(text in content for content in (page, html, json.dumps(report)))
    assert render(tmp_path / "r") == {"report.md": page, "report.html": html}
    assert f'<th scope="col">lexicon</th><th scope="col">{model}</th>' in html


def test_training_data_are_counted(tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = f"train={tiny_model.parent / 'train.jsonl'}"
    assert main(["--models", str(tiny_model), "--part", part, "--out", str(tmp_path / "r")]) == 0
    warning = f"train: 17 of 17 sentences were in the training data of {tiny_model}."
    assert warning in capsys.readouterr().out
    assert f"> **{warning}**" in (tmp_path / "r" / "report.md").read_text()


def test_a_part_may_be_pooled_by_name(tmp_path: Path, corpus_file: Write) -> None:
    parts = [f"{name}={corpus_file(*rows(name), name=f'{name}.jsonl')}" for name in ("web", "press", "speech")]
    command = ["--models", "lexicon", "--part", *parts, "--pool", "web", "speech", "--out", str(tmp_path / "r")]
    assert main(command) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert figures(report, "lexicon")["pooled"]["rows"] == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--part", "dev"], "--part dev: not NAME=FILE"),
        (["--part", "pooled=dev.jsonl"], "'pooled' is the name of the parts together"),
        (["--part", "dev=no.jsonl"], "no.jsonl: No such file"),
        (["--part", "dev=no.jsonl", "--where", "picked=false"], "--where picked=false: not NAME:FIELD=VALUE"),
        (["--part", "dev=no.jsonl", "--where", "dev:picked"], "--where picked: not FIELD=VALUE"),
        (["--part", "dev=no.jsonl", "--pool", "news"], "--pool news: no part has this name; parts are dev"),
    ],
)
def test_a_wrong_option_is_rejected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["--models", "lexicon", *options, "--out", str(tmp_path / "r")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_files_of_one_name_are_one_part() -> None:
    files = ["a=1.jsonl", "b=2.jsonl", "a=3.jsonl"]
    parts = parse_parts(files, ["a:picked=false", "a:corpus=web"], option="--part")
    assert [path.name for path in parts["a"].files] == ["1.jsonl", "3.jsonl"]
    assert parts["a"].conditions == ["picked=false", "corpus=web"]
    assert parts["b"].conditions == []


@pytest.mark.parametrize(
    ("files", "conditions", "message"),
    [
        (["a"], [], "--measure a: not NAME=FILE, such as dev=dev.jsonl"),
        (["a=1.jsonl"], ["b:picked=false"], "b:picked=false: not NAME:FIELD=VALUE with the name of a part (a)"),
        ([], ["a:picked=false"], "the name of a part (there is none, add --measure NAME=FILE)"),
    ],
)
def test_an_error_names_the_option_and_the_argument(files: list[str], conditions: list[str], message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_parts(files, conditions, option="--measure")
    assert message in str(error.value)
