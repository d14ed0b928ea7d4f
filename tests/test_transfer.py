"""Transfer: parts by corpus, scores over the labels a part has, others' corpora as questions, fits that are kept."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from evaluation.benchmarks.linear_cache import cached_linear
from evaluation.benchmarks.questions import QUESTIONS, Question, answer_of, ask
from evaluation.benchmarks.transfer import MIN_ROWS, can_be_fitted, main, page_of, split_parts, yes_scores
from hedgerow import Certainty, CorpusError, Prediction, Stance, corpus
from hedgerow.labels import Example
from hedgerow.metrics import measures
from hedgerow.metrics.scoring import present_macro_f1
from hedgerow.report import Report, page_files
from hedgerow.training.recipe import LinearRecipe, read_recipe

pytestmark = pytest.mark.slow

Write = Callable[..., Path]
HEDGED = Question("theirs.jsonl", "hedged", lambda row: bool(row["labels"]["speculative"]), "speculative")


def example(number: int, home: str | None = None) -> Example:
    return Example(str(number), f"Row {number}.", Certainty.CERTAIN, Stance.ASSERTED, corpus=home)


def test_parts_are_composed_real_both_and_each_corpus() -> None:
    cut = split_parts([example(0)], [example(1, "gum"), example(2, "factappeal"), example(3, "gum")])
    sizes = {name: len(rows) for name, rows in cut.items()}
    assert sizes == {"composed": 1, "real": 3, "composed and real": 4, "factappeal": 1, "gum": 2}


def test_a_small_corpus_or_one_without_a_label_is_not_fitted_alone() -> None:
    every = [
        Example(f"{number}-{certainty}-{stance}", "A row.", certainty, stance)
        for number in range(MIN_ROWS // (len(Certainty) * len(Stance)) + 1)
        for certainty in Certainty
        for stance in Stance
    ]
    assert can_be_fitted(every)
    assert not can_be_fitted(every[: MIN_ROWS - 1])
    assert not can_be_fitted([row for row in every if row.stance is not Stance.DISPUTED] * 2)


def test_macro_f1_is_scikit_learns_over_the_labels_that_gold_has() -> None:
    gold, found = ["a", "a", "b", "b"], ["a", "c", "b", "b"]
    score = present_macro_f1(measures.confusion_by_group(gold, found, ["a", "b", "c"], list("1234")))
    assert score["value"] == pytest.approx(f1_score(gold, found, labels=["a", "b"], average="macro"), abs=1e-4)
    assert score["labels"] == 2
    assert score["low"] <= score["value"] <= score["high"]


def test_the_scores_of_yes_are_scikit_learns() -> None:
    gold, said = [True, True, False, False, True], [True, False, True, False, True]
    theirs = precision_recall_fscore_support(gold, said, average="binary")
    ours = yes_scores(gold, said, list("12345"))
    assert [ours[name]["value"] for name in ("precision", "recall", "f1")] == pytest.approx(theirs[:3], abs=1e-4)


@pytest.mark.parametrize(
    ("certainty", "stance", "hedged", "attributed"),
    [
        ("certain", "asserted", False, False),
        ("possible", "asserted", True, False),
        ("certain", "endorsed", False, True),
    ],
)
def test_a_prediction_answers_both_questions(certainty: str, stance: str, hedged: bool, attributed: bool) -> None:
    prediction = Prediction("x", Certainty(certainty), Stance(stance), {}, {})
    assert (answer_of(prediction, "hedged"), answer_of(prediction, "attributed")) == (hedged, attributed)


def row(text: str, speculative: bool) -> dict[str, object]:
    return {"id": text, "text": text, "doc": "d", "labels": {"speculative": speculative}}


def test_a_question_is_not_asked_about_training_sentences(corpus_file: Write) -> None:
    folder = corpus_file(row("a", True), row("b", False), row("c", True), name="theirs.jsonl").parent
    asked = ask(folder, HEDGED, known={"b"}, limit=9)
    assert [(one.text, one.group, one.yes) for one in asked] == [("a", "d", True), ("c", "d", True)]
    assert len(ask(folder, HEDGED, known=(), limit=2)) == 2


def test_a_file_of_another_form_is_rejected_by_line(corpus_file: Write) -> None:
    folder = corpus_file(row("a", True), {"text": "b"}, name="theirs.jsonl").parent
    with pytest.raises(CorpusError, match=r"theirs\.jsonl:2: not a row of this corpus"):
        ask(folder, HEDGED, known=(), limit=9)
    with pytest.raises(CorpusError, match="no rows of the part"):
        ask(folder, Question("theirs.jsonl", "hedged", lambda _: None, ""), known=(), limit=9)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_shared_files_answer_both_ways(shared: Path, name: str) -> None:
    asked = ask(shared / "corpora" / "benchmarks", QUESTIONS[name], known=(), limit=200)
    assert {one.yes for one in asked} == {True, False}


def test_a_fit_is_cached_until_its_rows_change(recipe: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "evaluation.benchmarks.linear_cache")
    settings, rows = read_recipe(recipe), corpus.load([recipe.parent / "train.jsonl"])
    assert isinstance(settings, LinearRecipe)
    fits = [cached_linear(settings, part, tmp_path / "fit") for part in (rows, rows, [*rows, example(99)])]
    messages = [record.getMessage() for record in caplog.records if record.name.endswith("linear_cache")]
    assert messages == ["fit: 17 sentences to train on", "fit: 18 sentences to train on"]
    said = [[prediction.certainty for prediction in fit.predict(["It may rain."])] for fit in fits]
    assert said[0] == said[1] == [Certainty.POSSIBLE]


def test_a_missing_label_is_rejected(recipe: Path, tmp_path: Path) -> None:
    settings = read_recipe(recipe)
    assert isinstance(settings, LinearRecipe)
    with pytest.raises(CorpusError, match="fit: no example of certainty 'probable'"):
        cached_linear(settings, [example(1)], tmp_path / "fit")


def test_missing_corpora_are_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpora", str(tmp_path), "--out", str(tmp_path / "r")]) == 2
    assert "train.jsonl: missing; name the folder of real/ and benchmarks/" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_the_page_has_whole_parts_and_published_corpora_apart() -> None:
    def score(value: float) -> dict[str, float]:
        return {"value": value, "low": value - 0.1, "high": value + 0.1}

    parts = {"composed": 4, "real": 5, "composed and real": 9, "gum": 3}
    scores = [
        {"name": name, "certainty": score(0.5 + size / 100), "stance": score(0.4)} for name, size in parts.items()
    ]
    yes = {name: score(0.6) for name in ("precision", "recall", "f1")}
    asked = {"name": "Theirs", "file": "theirs.jsonl", "asks": "hedged", "rule": "speculative", "sentences": 7}
    figures = {
        "measured_on": [{"name": name, "sentences": size} for name, size in parts.items()],
        "transfer": [
            {"name": "gum", "sentences": 1234, "scores": scores},
            {"name": "base", "sentences": None, "scores": scores},
        ],
        "questions": [{**asked, "yes": 2, "models": {"base": yes}}],
    }
    files = page_files(page_of(replace(Report.begin("transfer", "c"), figures=figures)))
    assert "| trained on | composed (4) | real (5) | composed and real (9) |" in files["report.md"]
    assert "| gum (1,234) | 0.530 [0.430, 0.630] |" in files["report.md"]
    assert (
        "| **base, shipped** | 0.540 [0.440, 0.640] | 0.550 [0.450, 0.650] | 0.590 [0.490, 0.690] |"
        in files["report.md"]
    )
    assert "| Theirs | hedged | 7 | 2 | base | 0.600 [0.500, 0.700] |" in files["report.md"]
    assert "- **Theirs**: yes is speculative" in files["report.md"]
    assert files["report.html"].count("<caption>Published corpora, macro-F1 of") == 2
