"""Evaluation runs: the report is written whole or not at all, and shows no sentence that is not ours."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluation.run import main
from hedgerow.cli.evaluate import app, evaluate
from hedgerow.corpus import load as load_corpus
from hedgerow.corpus.selecting import CorpusPart, parse_conditions
from hedgerow.io.atomic import sha256
from hedgerow.measuring.headline import NOT_MEASURED
from hedgerow.predictors.folder import model_hash, shipped, trained
from hedgerow.predictors.majority import Majority
from hedgerow.report import Report, with_interval

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "evaluation" / "reports"
ARTICLE = ROOT / "data" / "examples" / "article.jsonl"


def test_a_run_writes_three_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--model", "linear", "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]) == 0
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == ["report.html", "report.json", "report.md"]
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert set(report["figures"]["baselines"]) == {"lexicon", "majority"}
    assert set(report["figures"]["comparisons"]["lexicon"]["stance"]) == {
        "mcnemar_p",
        "macro_f1_difference",
        "macro_f1_p",
    }
    assert report["figures"]["rows"] == 33
    for measured in (report["figures"]["scores"], *report["figures"]["baselines"].values()):
        for axis in ("certainty", "stance"):
            for total in ("macro_f1", "accuracy", "kappa"):
                figure = measured[axis][total]
                assert figure["low"] <= figure["value"] <= figure["high"]
    page = (tmp_path / "r" / "report.md").read_text()
    html = (tmp_path / "r" / "report.html").read_text()
    for part in ("uncommitted", "disputed", "source_vague", "majority", "gold \\ predicted"):
        assert f"| {part} |" in page
        assert f">{part}</th>" in html
    assert report["figures"]["warnings"] == ["1 independent group, too few for intervals that can be trusted."]
    assert "linear: macro-F1 certainty" in capsys.readouterr().out


def test_a_report_shows_only_sentences_of_the_project(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_bytes(ARTICLE.read_bytes())
    for path, shown in ((ARTICLE, True), (elsewhere, False)):
        main(["--model", "lexicon", "--corpus", str(path), "--out", str(tmp_path / "r")])
        report = json.loads((tmp_path / "r" / "report.json").read_text())
        mistakes = report["figures"]["mistakes"]["certainty"]
        assert mistakes
        assert all(("text" in mistake) == shown for mistake in mistakes)


def test_with_text_shows_all_sentences_but_not_in_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_bytes(ARTICLE.read_bytes())
    command = ["--model", "lexicon", "--corpus", str(elsewhere), "--with-text", "--out"]
    assert main([*command, str(tmp_path / "r")]) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert all("text" in mistake for mistake in report["figures"]["mistakes"]["certainty"])
    for place in (REPORTS / "with-text", ROOT / "model" / "with-text"):
        assert main([*command, str(place)]) == 2
        assert "shows sentences, and this folder is in the project" in capsys.readouterr().err
        assert not place.exists()


def test_hedgerow_evaluate_writes_the_same_report_and_names_its_own_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate([ARTICLE], tmp_path / "command", model="lexicon")
    printed = capsys.readouterr().out
    assert main(["--model", "lexicon", "--corpus", str(ARTICLE), "--out", str(tmp_path / "module")]) == 0
    assert capsys.readouterr().out == printed
    command, module = (json.loads((tmp_path / name / "report.json").read_text()) for name in ("command", "module"))
    assert command.pop("command").startswith(f"hedgerow evaluate --model lexicon --corpus {ARTICLE} --out ")
    assert module.pop("command").startswith("python -m evaluation.run --model lexicon ")
    assert command == module


def test_hedgerow_evaluate_shows_its_defaults_exit_codes_and_an_example() -> None:
    page = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for part in ("default: base", "Exit codes: 0 measured; 2 wrong usage", "Example: hedgerow evaluate --model linear"):
        assert part in page


def test_the_counts_of_majority_are_those_of_the_bundled_training_data() -> None:
    fitted = Majority.fit(load_corpus([ROOT / "data" / "corpus" / "train.jsonl"]))
    assert Majority.bundled().label(["It may rain."]) == fitted.label(["It may rain."])
    scores = Majority.bundled().label(["x"])[0].certainty_scores, fitted.label(["x"])[0].certainty_scores
    assert scores[0] == scores[1]


def test_a_model_is_no_baseline_of_itself(tmp_path: Path) -> None:
    main(["--model", "lexicon", "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")])
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert set(report["figures"]["baselines"]) == {"linear", "majority"}


def test_a_label_without_gold_sentences_gives_a_warning(tmp_path: Path, corpus_file: Callable[..., Path]) -> None:
    path = corpus_file(row("a", "He may go."), row("b", "Perhaps."))
    assert main(["--model", "lexicon", "--corpus", str(path), "--out", str(tmp_path / "r")]) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert report["figures"]["scores"]["certainty"]["classes"]["certain"]["support"] == 0
    (warning,) = [text for text in report["figures"]["warnings"] if "certainty" in text]
    assert warning.startswith("No sentence is certain, probable, uncommitted in gold")
    assert warning in (tmp_path / "r" / "report.html").read_text()


def test_two_labellings_beside_a_corpus_are_its_annotator_agreement(
    tmp_path: Path, corpus_file: Callable[..., Path]
) -> None:
    path = corpus_file(row("a", "He may go."), row("b", "Perhaps."))
    (tmp_path / "agreement").mkdir()
    first, second = (tmp_path / "agreement" / f"corpus.pass-{name}.jsonl" for name in "ab")
    first.write_bytes(path.read_bytes())
    second.write_text(
        "".join(json.dumps(line) + "\n" for line in (row("b", "Perhaps."), row("a", "He may go.", "certain")))
    )
    command = ["--model", "lexicon", "--corpus", str(path), "--out", str(tmp_path / "r")]
    assert main(command) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert report["figures"]["annotator_agreement"]["certainty"]["accuracy"]["value"] == 0.5
    assert [part["file"] for part in report["figures"]["annotator_agreement"]["passes"]] == [first.name, second.name]
    assert "He may go" not in json.dumps(report["figures"]["annotator_agreement"])
    assert "| annotator agreement |" in (tmp_path / "r" / "report.md").read_text()
    second.write_text(json.dumps(row("c", "Other.")) + "\n")
    assert main(command) == 2


def row(name: str, text: str, certainty: str = "possible") -> dict[str, Any]:
    return {"id": name, "text": text, "certainty": certainty, "stance": "asserted", "spans": []}


def test_a_corpus_the_model_was_trained_on_is_marked(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tiny_model.parent / "train.jsonl"
    assert main(["--model", str(tiny_model), "--corpus", str(corpus), "--out", str(tmp_path / "r")]) == 0
    assert "train.jsonl was training data of this model" in capsys.readouterr().out
    assert "was training data of this model" in (tmp_path / "r" / "report.md").read_text()


@pytest.mark.parametrize(("kept", "added", "warning"), [
    (slice(5, 9), 0, "4 of 4 sentences were in the training data of this model."),
    (slice(0, 17), 3, "17 of 20 sentences were in the training data of this model."),
])  # fmt: skip
def test_a_subset_or_a_longer_version_of_the_training_data_is_recognised(
    tiny_model: Path, tmp_path: Path, corpus_file: Callable[..., Path], kept: slice, added: int, warning: str
) -> None:
    rows = [json.loads(line) for line in (tiny_model.parent / "train.jsonl").read_text().splitlines()]
    copies = [own | {"id": f"copy-{own['id']}", "text": own["text"].upper()} for own in rows[kept]]
    path = corpus_file(*copies, *(row(f"new-{n}", f"He may go {n} times.") for n in range(added)))
    assert main(["--model", str(tiny_model), "--corpus", str(path), "--out", str(tmp_path / "r")]) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert report["figures"]["seen_sentences"] == len(copies)
    assert warning in report["figures"]["warnings"]
    assert warning in (tmp_path / "r" / "report.md").read_text()


def test_a_model_that_does_not_say_what_it_was_trained_on_is_not_accused(tiny_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    manifest = json.loads((model / "hedgerow.json").read_text())
    del manifest["files"]["training_texts.bin"]
    (model / "hedgerow.json").write_text(json.dumps(manifest))
    for name, seen in ((str(model), None), ("lexicon", 0)):
        assert main(["--model", name, "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]) == 0
        report = json.loads((tmp_path / "r" / "report.json").read_text())
        assert report["figures"]["seen_sentences"] == seen
        assert not any("training data" in warning for warning in report["figures"]["warnings"])
        assert report["figures"]["calibration"] is None
        assert "This model has no temperature" in (tmp_path / "r" / "report.md").read_text()


def test_a_calibration_error_where_temperatures_were_fitted_has_the_cross_fitted_one_beside_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    """A folder without hashes: the part is known by its file."""
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    manifest = json.loads((model / "hedgerow.json").read_text())
    axis = {"temperature": 1.5, "sentences": 9, "ece": {"before": 0.25, "after": 0.125}}
    manifest["calibration"] = {"on": "dev", "certainty": axis, "stance": axis}
    (model / "hedgerow.json").write_text(json.dumps(manifest))
    for name, fitted, sentence in (
        ("dev", 9, "not cross-fitted: the temperature was fitted on 9 of these 9 sentences"),
        ("train", None, "The model does not say whether these sentences were in it."),
    ):
        corpus = tiny_model.parent / f"{name}.jsonl"
        assert main(["--model", str(model), "--corpus", str(corpus), "--out", str(tmp_path / "r")]) == 0
        facts = json.loads((tmp_path / "r" / "report.json").read_text())["figures"]["calibration"]
        assert (facts["on"], facts["sentences"], facts["fitted_rows"]) == ("dev", 9, fitted)
        assert facts["cross_fitted"] == {"certainty": 0.125, "stance": 0.125}
        page = (tmp_path / "r" / "report.md").read_text()
        assert sentence in page
        assert ("The cross-fitted calibration error on `dev`, 9 sentences, is 0.125." in page) == (fitted is not None)


def test_the_sentences_that_temperatures_were_fitted_on_are_recognised_in_another_file(
    tiny_network: Path, tmp_path: Path, corpus_file: Callable[..., Path]
) -> None:
    rows = [json.loads(line) for line in (tiny_network.parent / "dev.jsonl").read_text().splitlines()]
    path = corpus_file(*rows[:4], row("new", "He may go."))
    assert main(["--model", str(tiny_network), "--corpus", str(path), "--out", str(tmp_path / "r")]) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert (report["figures"]["calibration"]["fitted_rows"], report["figures"]["seen_sentences"]) == (4, 0)


def test_a_subset_is_measured_by_a_condition(tmp_path: Path, corpus_file: Callable[..., Path]) -> None:
    picked = [row(f"p-{n}", f"He may go {n} times.") | {"picked": n > 2} for n in range(5)]
    files = [corpus_file(*picked, row("neither", "Perhaps."), name="dev.jsonl"),
             corpus_file(row("whole", "It could snow."), name="articles.jsonl")]  # fmt: skip
    command = [
        "--model",
        "lexicon",
        "--corpus",
        *map(str, files),
        "--where",
        "picked=false",
        "--out",
        str(tmp_path / "r"),
    ]
    assert main(command) == 0
    report = json.loads((tmp_path / "r" / "report.json").read_text())
    assert (report["figures"]["rows"], report["figures"]["where"]) == (4, ["picked=false"])
    assert "--where picked=false" in report["command"]
    assert report["figures"]["warnings"][0].startswith("4 independent groups")
    page = (tmp_path / "r" / "report.md").read_text()
    assert "articles.jsonl, where picked=false\n" in page


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("picked", "--where picked: not FIELD=VALUE"),
        ("pikced=true", "where pikced=true: no row has the field 'pikced'; it has id, text"),
        ("picked=maybe", "where picked=maybe: no row is left; picked is one of false, true"),
    ],
)
def test_a_condition_that_fits_no_row_is_rejected(
    tmp_path: Path, corpus_file: Callable[..., Path], capsys: pytest.CaptureFixture[str], condition: str, message: str
) -> None:
    rows = (row(str(n), f"He may go {n} times.") | {"picked": n == 1} for n in range(3))
    command = ["--model", "lexicon", "--corpus", str(corpus_file(*rows)), "--out", str(tmp_path / "r")]
    assert main([*command, "--where", condition]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_bad_corpus_or_model_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jsonl").write_text("{")
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "cut.jsonl").write_bytes(ARTICLE.read_bytes()[:-40])
    (tmp_path / "twice.jsonl").write_bytes(ARTICLE.read_bytes().splitlines(keepends=True)[0] * 2)
    (tmp_path / "label.jsonl").write_text(json.dumps(row("a", "He may go.", "maybe")) + "\n")
    for corpus, model, message in (
        (tmp_path / "bad.jsonl", "linear", "bad.jsonl:1: broken JSON"),
        (tmp_path / "empty.jsonl", "linear", "empty.jsonl: no rows"),
        (tmp_path / "nope.jsonl", "linear", "nope.jsonl: No such file"),
        (tmp_path / "cut.jsonl", "linear", "cut.jsonl:33: broken JSON"),
        (tmp_path / "twice.jsonl", "linear", "twice.jsonl:2: id 'article-01' is already at"),
        (tmp_path / "label.jsonl", "linear", "label.jsonl:1: certainty 'maybe' is not a label of the codebook"),
        (ARTICLE, "nope", "nope: no shipped model"),
    ):
        assert main(["--model", model, "--corpus", str(corpus), "--out", str(tmp_path / "r")]) == 2
        assert message in capsys.readouterr().err
        assert not (tmp_path / "r").exists()


def test_a_missing_library_is_reported_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    assert main(["--model", "lexicon", "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]) == 2
    assert "pip install 'hedgerow[eval]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_other_labels_is_rejected(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    manifest = json.loads((other / "hedgerow.json").read_text())
    manifest["labels"]["certainty"] = ["yes", "no"]
    (other / "hedgerow.json").write_text(json.dumps(manifest))
    assert main(["--model", str(other), "--corpus", str(ARTICLE), "--out", str(tmp_path / "r")]) == 2
    assert "its labels are not those of this version's codebook" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("model", sorted(trained()))
@pytest.mark.parametrize("corpus", ["test", "running"])
def test_every_shipped_model_has_its_reports(model: str, corpus: str) -> None:
    assert (REPORTS / f"{model}-{corpus}" / "report.json").is_file(), "run `make report`"


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*/report.json")), ids=lambda path: path.parent.name)
def test_a_committed_report_belongs_to_the_shipped_weights(path: Path) -> None:
    for model in Report.read(path).models:
        if model.sha256 is not None and model.name in shipped():
            assert model.sha256 == model_hash(shipped()[model.name]), "the weights are others; run `make report`"


def test_the_report_on_the_test_part_belongs_to_the_bundled_corpus() -> None:
    report = Report.read(REPORTS / "linear-test" / "report.json")
    assert report.corpus[0].sha256 == sha256(ROOT / "data" / "corpus" / "test.jsonl")


def test_the_readme_gives_the_figures_of_the_reports() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    figures = {row["model"]: row for row in read("parts")["by_part"] if row["part"] == "running"}
    measured = [row for row in read("throughput")["speeds"] if row["threads"] == 1]
    speeds = {row["name"]: row for row in sorted(measured, key=lambda row: int(row["rows"]))}
    for model in shipped():
        row = figures[model]
        axes = [row[axis]["macro_f1"] for axis in ("certainty", "stance")]
        speed = f"{speeds[model]['sentences_per_second']:,.0f}"
        cells = [speed, *map(with_interval, [*axes, row["spans"]["strict_f1"]])]
        assert any(line.endswith(f"| {' | '.join(cells)} |") and model in line for line in lines), cells


def test_the_card_gives_the_figures_of_the_reports() -> None:
    lines = (ROOT / "model" / "README.md").read_text("utf-8").splitlines()
    figures = {(row["model"], row["part"]): row for row in read("parts")["by_part"]}
    for model, name in (("base", "**base** (the default)"), ("small", "small"), ("linear", "linear"), ("lexicon",) * 2):
        running, pooled = figures[model, "running"], figures[model, "pooled"]
        axes = [part[axis]["macro_f1"] for part in (running, pooled) for axis in ("certainty", "stance")]
        cells = [*map(with_interval, axes), f"{pooled['spans']['strict_f1']['value']:.3f}"]
        row = f"| {name} | {' | '.join(cells)} |"
        assert row in lines, row
    for model, name in (("base", "**base**"), ("small", "small")):
        row = card_row(name, read(f"{model}-test")["scores"])
        assert row in lines, row
    for name in ("linear", "lexicon", "majority"):
        row = card_row(name, read("base-test")["baselines"][name])
        assert row in lines, row


def read(name: str) -> Mapping[str, Any]:
    return Report.read(REPORTS / name / "report.json").figures


def card_row(name: str, scores: dict[str, Any]) -> str:
    figures = [with_interval(scores[axis]["macro_f1"]) for axis in ("certainty", "stance")]
    spans = f"{scores['spans']['all']['strict']['f1']:.3f}" if "spans" in scores else NOT_MEASURED
    return f"| {name} | {' | '.join(figures)} | {spans} |"


@pytest.mark.parametrize(
    ("name", "certainty", "stance"), [("linear-running", 0.62, 0.58), ("linear-bundled-running", 0.46, 0.36)]
)
def test_the_linear_model_keeps_its_scores_on_published_text(name: str, certainty: float, stance: float) -> None:
    scores = read(name)["scores"]
    assert scores["certainty"]["macro_f1"]["value"] >= certainty
    assert scores["stance"]["macro_f1"]["value"] >= stance


def test_the_report_on_bundled_training_is_of_files_of_the_shared_corpora(shared: Path) -> None:
    """The shared corpora grow and change, so the files are looked up by their hashes."""
    report = Report.read(REPORTS / "linear-bundled-running" / "report.json")
    files = {sha256(path): path for path in (shared / "corpora" / "real").glob("*.jsonl")}
    measured = [files.get(entry.sha256) for entry in report.corpus]
    if None in measured:
        pytest.skip("the shared corpora no longer hold the files that this report was measured on")
    part = CorpusPart([path for path in measured if path], parse_conditions(report.figures["where"]))
    assert report.figures["rows"] == len(part.load())


def test_a_report_on_real_text_holds_no_sentence() -> None:
    paths = list(REPORTS.glob("*-running/report.json"))
    assert paths
    for path in paths:
        figures = Report.read(path).figures
        assert not any("text" in mistake for axis in figures["mistakes"].values() for mistake in axis)
