"""Heads of one's own and absent axes on the way out: measured, compared, summed up, shown and written."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hedgerow
from evaluation import agreement, compare, label_errors, leaks, parts
from evaluation import cross_validate as cross_validation
from evaluation import learning_curve as curve
from evaluation import thresholds as threshold_report
from evaluation.command import Measured
from evaluation.head_scores import head_scores
from evaluation.render import page_of
from hedgerow.corpus import CorpusPart
from hedgerow.corpus.exchange import Reading, read_annotations
from hedgerow.errors import CorpusError, InputError, ModelError
from hedgerow.head import Head
from hedgerow.labelling.options import Options, read_options
from hedgerow.labelling.thresholds import check_thresholds
from hedgerow.labels import SPANS, Certainty, Example, Span, SpanType
from hedgerow.measuring.measurement import evaluate_to_folder
from hedgerow.metrics import axis_scores, full_scores, measurable_heads, mistakes, slice_scores, span_scores
from hedgerow.metrics.paired import compare_by_label, compare_spans, list_changes
from hedgerow.report import Report, to_markdown
from hedgerow.results import Prediction, expected_level
from hedgerow.summary import find_labelled, read_labelled, summarise
from hedgerow.training.recipe import LinearRecipe, read_recipe
from hedgerow.view import About, ViewedDocument, write_page
from hedgerow.view.fragment import write_fragment
from hedgerow.view.labelled_rows import read_rows
from hedgerow.writers.files import make_writer
from hedgerow.writers.records import LabelledSentence
from tests.conftest import RECIPE, SENTENCES, trained_folder
from tests.html_elements import elements

TONE = Head("tone", "label", ("calm", "angry"))
GRADE = Head("grade", "label", ("low", "mid", "high"), is_ordered=True)
CLAIMS = Head("claims", "span", ("vague", "panel"))
HEADS = [TONE, GRADE, CLAIMS, Head(SPANS, "span", tuple(map(str, SpanType)))]
TEXTS = ("It may be loud.", "It was quiet.", "It is far too loud.", "It rained.")
GRADES = ("low", "mid", "high")


def said(text: str, tone: float, grade: tuple[float, float, float], *claims: Span) -> Prediction:
    """A prediction of a model with heads of its own only; `tone` is the score of angry."""
    scores = {"tone": {"calm": 1 - tone, "angry": tone}, "grade": dict(zip(GRADES, grade, strict=True))}
    return Prediction(
        text, other_scores=scores, other_spans={"claims": claims}, levels={"grade": expected_level(grade)}
    )


def claim(text: str, start: int, end: int, kind: str = "vague") -> Span:
    return Span(start, end, kind, text[start:end])


def gold_rows() -> list[Example]:
    """Four rows of four groups; the last is not labelled on grade, the third not with claims."""
    labels: list[dict[str, Any]] = [
        {"tone": "angry", "grade": "high", "claims": [{"start": 3, "end": 6, "type": "vague"}]},
        {"tone": "calm", "grade": "low", "claims": []},
        {"tone": "angry", "grade": "high"},
        {"tone": "calm", "claims": [{"start": 0, "end": 2, "type": "panel"}]},
    ]
    return [
        Example(str(at), text, None, None, None, extra=own)
        for at, (text, own) in enumerate(zip(TEXTS, labels, strict=True))
    ]


PREDICTED = [
    said(TEXTS[0], 0.9, (0.1, 0.2, 0.7), claim(TEXTS[0], 3, 6)),
    said(TEXTS[1], 0.2, (0.2, 0.7, 0.1)),
    said(TEXTS[2], 0.4, (0.0, 0.2, 0.8)),
    said(TEXTS[3], 0.1, (0.8, 0.1, 0.1), claim(TEXTS[3], 0, 2, "vague")),
]


def test_own_heads_get_the_figures_of_the_codebooks_heads() -> None:
    gold = gold_rows()
    assert measurable_heads(gold, PREDICTED) == ("tone", "grade", "claims")
    assert measurable_heads(gold, PREDICTED, ["grade"]) == ("grade",)
    full = full_scores(gold, PREDICTED)
    as_certainty = {"calm": Certainty.CERTAIN, "angry": Certainty.POSSIBLE}
    twin = [Example(row.id, row.text, as_certainty[row.extra["tone"]], None, None) for row in gold]
    model = []
    for one in PREDICTED:
        scores = dict.fromkeys(Certainty, 0.0) | {
            as_certainty[label]: score for label, score in one.other_scores["tone"].items()
        }
        model.append(Prediction(one.text, max(scores, key=scores.__getitem__), certainty_scores=scores))
    codebook = full_scores(twin, model)["certainty"]
    assert set(full["tone"]) == set(codebook) - {"order"}
    for figure in ("accuracy", "ece", "brier", "coverage", "bins"):
        assert full["tone"][figure] == codebook[figure], figure
    assert full["tone"]["confusion"] == {"labels": ["calm", "angry"], "counts": [[2, 0], [1, 1]]}
    assert full["tone"]["classes"]["angry"]["recall"]["value"] == 0.5
    assert slice_scores(gold, PREDICTED, seed=1)["negation"]["not_negated"]["tone"]["accuracy"]["value"] == 0.75
    (mistake,) = mistakes(gold, PREDICTED, "tone", with_text=False)
    assert mistake == {"id": "2", "gold": "angry", "predicted": "calm", "score": 0.6}


def test_an_ordered_head_has_a_rank_correlation_and_the_mean_error_of_its_level() -> None:
    levels = full_scores(gold_rows(), PREDICTED)["grade"]["levels"]
    # gold levels 1, 0, 1; expected levels 0.8, 0.45, 0.9; steps from gold to prediction 0, 1, 0
    assert (levels["n"], levels["mean_step"]["value"]) == (3, 0.3333)
    assert levels["level_error"]["value"] == round((0.2 + 0.45 + 0.1) / 3, 4)
    assert levels["rank_correlation"] == 0.866
    alone = full_scores(gold_rows()[:1], PREDICTED[:1])["grade"]["levels"]
    assert alone["rank_correlation"] is None


def test_own_spans_are_measured_by_their_own_types() -> None:
    scores = span_scores(gold_rows(), PREDICTED, "claims")
    assert list(scores) == ["panel", "vague", "all"]
    assert scores["all"]["strict"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert scores["panel"]["strict"]["support"] == 1
    none = [said(text, 0.5, (1.0, 0.0, 0.0)) for text in TEXTS]
    table = compare_spans(gold_rows(), none, PREDICTED, "claims")
    total = {name: table["all"][name] for name in ("old", "new", "support")}
    assert total == {"old": 0.0, "new": 0.5, "support": 2}
    assert compare_by_label(gold_rows(), none, PREDICTED, "tone")["accuracy"]["new"] == 0.75
    graded = compare_by_label(gold_rows(), none, PREDICTED, "grade")
    assert (graded["level_error"]["old"], graded["level_error"]["new"]) == (0.6667, 0.25)  # gold levels 1, 0, 1
    assert graded["level_error"]["difference"]["value"] == -0.4167
    assert "level_error" not in compare_by_label(gold_rows(), none, PREDICTED, "tone")
    assert compare.shared_heads(HEADS, [GRADE, TONE]) == {"grade", "tone"}
    with pytest.raises(InputError, match="head 'grade': one model has the labels low, mid, high, the other high, low;"):
        compare.shared_heads(HEADS, [replace(GRADE, labels=("high", "low"))])
    pooled = head_scores(gold_rows(), PREDICTED)
    assert pooled["heads"]["grade"]["levels"] == full_scores(gold_rows(), PREDICTED)["grade"]["levels"]
    assert "levels" not in pooled["heads"]["tone"]
    leaks_of = leaks._scores(gold_rows(), PREDICTED, HEADS)
    assert leaks_of["spans"] is None
    assert leaks_of["own_spans"]["claims"]["value"] == 0.5
    assert [change.outcome for change in list_changes(gold_rows(), none, PREDICTED, "tone")] == ["fixed"]


def test_what_is_no_label_of_ones_own_is_a_clear_error() -> None:
    listed = [Example("a", TEXTS[0], None, None, None, extra={"tone": ["calm"], "claims": [3]})]
    with pytest.raises(CorpusError, match=r"row 'a': tone \['calm'\] is not a label; write a text, number or boolean"):
        axis_scores(listed, PREDICTED[:1], "tone")
    with pytest.raises(CorpusError, match="row 'a': claims 3 is not a span"):
        span_scores(listed, PREDICTED[:1], "claims")
    with pytest.raises(ModelError, match="the model has no head 'tone'"):
        axis_scores(gold_rows(), [Prediction(text) for text in TEXTS], "tone")


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def own_rows(again: str, **constant: Any) -> list[dict[str, Any]]:
    """Rows with tone and grade, of which every third has no grade."""
    rows = []
    for at, (text, *_) in enumerate(SENTENCES):
        grade = {} if at % 3 == 2 else {"grade": 1 + at % 2}
        tone = {"tone": "angry" if at % 2 else "calm"}
        row = {"id": f"{again}{at}", "text": f"{text[:-1]}{again}{text[-1]}", "group": f"{again}{at // 2}"}
        rows.append({**row, **tone, **grade, **constant})
    return rows


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A linear model with a head of its own, and an ordered one whose values are numbers in the corpus."""
    folder = tmp_path_factory.mktemp("own")
    write(folder / "train.jsonl", *own_rows(""))
    write(folder / "dev.jsonl", *own_rows(" again"))
    heads = """
[[heads]]
name = "tone"
kind = "label"
labels = ["calm", "angry"]
[[heads]]
name = "grade"
kind = "ordered"
[heads.map]
"1" = "low"
"2" = "high"
"""
    (folder / "recipe.toml").write_text(RECIPE + heads, "utf-8")
    return trained_folder(folder / "recipe.toml", folder / "model")


def test_a_model_of_own_heads_alone_is_evaluated(model: Path, tmp_path: Path) -> None:
    dev = model.parent / "dev.jsonl"
    told = evaluate_to_folder(str(model), CorpusPart([dev]), tmp_path / "report", command="c")
    report = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))["figures"]
    assert list(report["scores"]) == ["tone", "grade"]
    assert report["scores"]["grade"]["levels"]["n"] == report["labelled"]["grade"] < report["labelled"]["tone"]
    assert report["not_measured"] == {SPANS: "no row is labelled on it"}
    assert (report["baselines"], report["comparisons"]) == ({}, {})
    assert "macro-F1 tone " in told
    assert "Not measured: spans, because no row is labelled on it." in told
    page = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert f"{report['labelled']['grade']} of {report['rows']} sentences are labelled on grade" in page
    assert "## Head tone" in page
    assert "rank correlation" in page
    assert "certainty" not in page
    assert "0.000 [0.000, 0.000] |" not in page.split("## Head tone")[0]


def test_what_model_and_rows_share_is_measured_and_nothing_else(model: Path, tmp_path: Path) -> None:
    rows = [row | {"certainty": "possible"} for row in own_rows(" once")]
    mixed = write(tmp_path / "mixed.jsonl", *rows)
    told = evaluate_to_folder("lexicon", CorpusPart([mixed]), tmp_path / "a", command="c")
    report = json.loads((tmp_path / "a" / "report.json").read_text("utf-8"))["figures"]
    assert list(report["scores"]) == ["certainty"]
    assert report["not_measured"] == {"stance": "no row is labelled on it", SPANS: "no row is labelled on it"}
    assert set(report["baselines"]) == {"linear", "majority"}
    assert "stance 0" not in told
    other = write(tmp_path / "other.jsonl", {"id": "a", "text": "It may.", "mood": "x"})
    for name, heads in (("lexicon", "certainty, stance, spans"), (str(model), "spans, tone, grade")):
        with pytest.raises(CorpusError, match=rf"other.jsonl: no row is labelled on a head of the model \({heads}\)"):
            evaluate_to_folder(name, CorpusPart([other]), tmp_path / "b", command="c")
        with pytest.raises(CorpusError, match="no row is labelled on a head"):
            compare.measure(name, name, [other], with_text=False)
        with pytest.raises(CorpusError, match="no row is labelled on a head"):
            parts.measure([name], {"x": CorpusPart([other])}, [])
    wrong = write(tmp_path / "wrong.jsonl", {"id": "a", "text": "It may.", "tone": "cross"})
    with pytest.raises(CorpusError, match=r"wrong.jsonl:1: tone 'cross' is not a label of this head; one of calm"):
        evaluate_to_folder(str(model), CorpusPart([wrong]), tmp_path / "b", command="c")
    assert not (tmp_path / "b").exists()


def shown_page(kind: str, measured: Measured) -> str:
    """Return the page of what a command measured, as Markdown."""
    report = replace(
        Report.begin(kind, "c"),
        models=tuple(measured.models),
        corpus=tuple(measured.corpus),
        figures=measured.figures,
    )
    return to_markdown(page_of(report))


def test_the_other_commands_measure_what_there_is(model: Path) -> None:
    dev, own_recipe = model.parent / "dev.jsonl", read_recipe(model.parent / "recipe.toml")
    assert isinstance(own_recipe, LinearRecipe)
    found = compare.measure(str(model), str(model), [dev], with_text=False)
    assert list(found.figures["axes"]) == ["tone", "grade"]
    compared = shown_page("comparison", found)
    assert "| tone macro-F1 |" in compared
    assert "| grade level error (less is better) |" in compared
    assert f"Labelled are {found.figures['labelled']['grade']} on grade" in compared
    leaked = leaks.measure([dev], [dev], str(model))
    assert "own_spans" in leaked.figures["scores"][0]
    assert "| all rows | " in shown_page("leaks", leaked)
    on_parts = shown_page("parts", parts.measure([str(model), "lexicon"], {"dev": CorpusPart([dev])}, []))
    assert "| model | lexicon |" in on_parts.replace(str(model), "model")
    assert "–" in on_parts
    assert "Tone calibration error" in on_parts
    figures, _ = label_errors.measure(own_recipe, CorpusPart([dev]).load(hedgerow.load(model).heads), 2)
    assert set(figures["axes"]) == {"tone", "grade"}
    assert figures["axes"]["grade"]["rows"] < figures["axes"]["tone"]["rows"] == figures["rows"]
    assert "Labelled are" in shown_page("label_errors", Measured(figures))
    chosen = threshold_report.measure(str(model), [dev], 0.6, None)
    assert set(chosen.figures["heads"]) == {"tone", "grade"}
    assert "| all of grade |" in shown_page("thresholds", chosen)


@pytest.mark.slow
def test_curves_and_folds_have_the_heads_of_the_recipe(model: Path, tmp_path: Path) -> None:
    recipe, dev = model.parent / "recipe.toml", model.parent / "dev.jsonl"
    arguments = [str(recipe), "--corpus", str(dev), "--folds", "2", "--out", str(tmp_path / "folds")]
    assert cross_validation.main(arguments) == 0
    folds = json.loads((tmp_path / "folds" / "report.json").read_text("utf-8"))["figures"]
    assert set(folds["pooled"]["heads"]) == {"tone", "grade"}
    assert folds["pooled"]["spans"] is None
    assert folds["pooled"]["heads"]["grade"]["levels"]["n"] > 0
    assert "mean absolute error of the level" in (tmp_path / "folds" / "report.md").read_text("utf-8")
    assert curve.main([str(recipe), "--fractions", "1", "--out", str(tmp_path / "curve")]) == 0
    (part,) = json.loads((tmp_path / "curve" / "report.json").read_text("utf-8"))["figures"]["parts"]
    assert set(part["points"][0]["scores"]) == {"tone", "grade"}
    assert "certainty" not in (tmp_path / "curve" / "report.md").read_text("utf-8")


def test_two_labellings_agree_on_the_axis_that_they_have(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", {"id": "a", "text": "It may.", "stance": "asserted"}, {
        "id": "b", "text": "It was.", "stance": "disputed", "certainty": "certain"})  # fmt: skip
    second = write(tmp_path / "b.jsonl", {"id": "a", "text": "It may.", "stance": "asserted"}, {
        "id": "b", "text": "It was.", "stance": "asserted"})  # fmt: skip
    found = agreement.measure(first, second)
    assert (list(found.figures["axes"]), found.figures["spans"]) == (["stance"], None)
    compared = shown_page("agreement", found)
    assert "certainty |" not in compared
    assert "Labelled in both files are 0 on certainty, 0 on spans" in compared
    own = write(tmp_path / "c.jsonl", {"id": "a", "text": "It may.", "mood": "x"})
    with pytest.raises(CorpusError, match=r"no row has a certainty, a stance or spans in both; .* --head"):
        agreement.measure(own, write(tmp_path / "d.jsonl", {"id": "a", "text": "It may.", "mood": "y"}))


def labelled(folder: Path, suffix: str, *sentences: LabelledSentence) -> Path:
    path = folder / f"a{suffix}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = make_writer(suffix, file, HEADS)
        for sentence in sentences:
            writer.write(sentence)
        writer.close()
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_own_heads_come_through_every_format(tmp_path: Path, suffix: str) -> None:
    """Labels, scores, levels and spans; a label that was left empty; a head without a span in its first row."""
    pytest.importorskip("pyarrow")
    sentences = [
        LabelledSentence("d", at, one, abstained=frozenset({"tone"} if at == 1 else ()))
        for at, one in enumerate((PREDICTED[1], PREDICTED[0], PREDICTED[2]))
    ]
    path = labelled(tmp_path, suffix, *sentences)
    viewed = list(read_rows(find_labelled(path)))
    assert [one.abstained for one in viewed] == [one.abstained for one in sentences]
    for one, other in zip(viewed, sentences, strict=True):
        assert one.prediction.label_heads == ("tone", "grade")
        assert one.prediction.other_scores == {
            head: {label: pytest.approx(score) for label, score in scores.items()}
            for head, scores in other.prediction.other_scores.items()
        }
        assert one.prediction.levels == {"grade": pytest.approx(other.prediction.levels["grade"])}
        assert one.prediction.other_spans["claims"] == other.prediction.other_spans["claims"]
    summary = summarise(read_labelled([path]))
    assert summary.scheme.heads == {"tone": ("calm", "angry"), "grade": GRADES}
    assert {(one.axis, one.label): one.count for one in summary.whole.estimates} == {
        ("tone", "calm"): 2, ("tone", "angry"): 0, ("grade", "low"): 0, ("grade", "mid"): 1, ("grade", "high"): 2,
    }  # fmt: skip
    assert summary.abstained == {"tone": 1, "grade": 0}
    assert summary.own_phrases == {"claims": (("vague", "may", 1),)}
    imported = read_annotations([path], "rows", Reading()).examples
    assert [example.extra.get("tone") for example in imported] == ["calm", None, "calm"]
    assert [example.extra["grade"] for example in imported] == ["mid", "high", "high"]
    assert imported[1].extra["claims"] == [{"start": 3, "end": 6, "type": "vague", "text": "may"}]
    if suffix == ".csv":
        (header, *_) = csv.reader(path.read_text("utf-8").splitlines())
        assert [name for name in header if name.startswith(("certainty", "stance"))] == []
        assert {"tone", "tone_calm", "grade_level", "claims"} <= {*header}


def test_a_page_shows_own_labels_and_spans_and_nothing_of_absent_axes() -> None:
    text = TEXTS[0]
    marked = said(text, 0.9, (0.1, 0.2, 0.7), claim(text, 3, 6), claim(text, 3, 9, "panel"))
    documents = [ViewedDocument(name, (LabelledSentence(name, 0, marked),), text) for name in ("a", "b")]
    page = write_page(documents, About())
    nodes = elements(page)
    (sentence, _) = [node for node in nodes if node.attributes.get("id", "").endswith("-1") and node.tag == "span"]
    assert {"data-c", "data-t", "data-cs", "data-ts"}.isdisjoint(sentence.attributes)
    assert json.loads(sentence.attributes["data-own"] or "")[0] == ["tone", "angry", [["calm", 10], ["angry", 90]]]
    marks = [node for node in nodes if node.tag == "mark" and node.attributes.get("data-k")]
    assert {(node.attributes["data-k"], node.attributes["class"]) for node in marks} == {("panel", "h-cue h-own")}
    assert json.loads(sentence.attributes["data-more"] or "") == [["vague", "may", None]]
    chips = {(node.attributes["data-filter"], node.attributes["data-value"]) for node in nodes if
             "data-filter" in node.attributes}  # fmt: skip
    assert {("own:tone", "angry"), ("own:grade", "high"), ("kind", "vague"), ("kind", "panel")} <= chips
    assert not {what for what, _ in chips} & {"certainty", "stance"}
    assert "h-none" not in page.split("</style>")[1]
    for absent in ("Certainty", "Stance", ">certainty<"):
        assert absent not in page.split("</style>")[1].split("<script>")[0], absent
    assert "tone angry 90 %" in write_fragment(marked)
    assert "vague: may" in write_fragment(marked)


def test_a_page_of_a_model_that_only_marks_has_no_counts_of_labels() -> None:
    only = Prediction(TEXTS[0], spans=(Span(3, 6, SpanType.MODAL, "may"),))
    page = write_page([ViewedDocument("a", (LabelledSentence("a", 0, only),), TEXTS[0])] * 2, About())
    assert "The model gives sentences no label." in page
    assert "No sentence has a label." in page


def test_thresholds_by_head_leave_other_labels_as_they_are() -> None:
    options = read_options(None, {"abstain": "tone=0.95,grade=0.1"})
    assert options.abstain == {"tone": 0.95, "grade": 0.1}
    assert Options(abstain="0.5").abstain == 0.5
    careful = LabelledSentence("d", 0, PREDICTED[0]).abstaining(options.abstain)
    assert (careful.label("tone"), careful.label("grade")) == (None, "high")
    check_thresholds(options.abstain, HEADS)
    with pytest.raises(InputError, match=r"abstain claims=0.5: not a label head of the model; those are tone, grade"):
        check_thresholds({"claims": 0.5}, HEADS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("tone=2", "--abstain tone=2: input should be less than or equal to 1"),
        ("tone=", "--abstain tone=: input should be a valid number"),
        ("tone=0.5,tone=0.6", "head 'tone' is there twice"),
        ("often", "--abstain often: input should be a valid number, or HEAD=NUMBER"),
        ({"tone": "x"}, "input should be a valid number"),
        ({}, "name a head"),
    ],
)
def test_a_wrong_threshold_is_named(given: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_options(None, {"abstain": given})
    assert message in str(error.value)


def test_a_threshold_of_a_head_that_the_model_lacks_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It may rain.", "utf-8")
    for out in ("rows.jsonl", "run"):
        with pytest.raises(InputError, match=r"abstain tone=0.5: not a label head of the model; those are certainty"):
            hedgerow.label_files(tmp_path / "a.txt", tmp_path / out, model="lexicon", abstain={"tone": 0.5})
        assert not (tmp_path / out).exists()
    hedgerow.label_files(tmp_path / "a.txt", tmp_path / "rows.jsonl", model="lexicon", abstain={"stance": 1.0})
