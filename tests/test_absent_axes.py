"""An axis may be absent: rows that are not labelled on everything, and models without a head for everything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hedgerow
from hedgerow import corpus
from hedgerow.classifier import Classifier
from hedgerow.classifier.context import DocumentContext
from hedgerow.corpus.rows import parse_row
from hedgerow.corpus.stand_off import StandOffRow, restore, strip_text
from hedgerow.errors import CorpusError, HedgerowError, ModelError
from hedgerow.head import CODEBOOK_HEADS
from hedgerow.labels import SPANS, Certainty, Example, Span, SpanType, Stance, labelled_axes, labelled_on
from hedgerow.metrics import axis_scores, full_scores, labelled_pairs, measurable_heads, slice_scores, span_scores
from hedgerow.metrics.agreement import axis_agreement, span_agreement
from hedgerow.metrics.paired import compare, compare_spans
from hedgerow.predictors.folder import MANIFEST, read_manifest
from hedgerow.predictors.majority import Majority
from hedgerow.predictors.network.heads import Heads
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence
from hedgerow.summary import summarise
from hedgerow.summary.origin import find_labelled
from hedgerow.summary.rows import read_labelled
from hedgerow.training.linear import fit_linear
from hedgerow.training.model_folder import measure, totals, write_manifest
from hedgerow.training.recipe import LinearRecipe, read_recipe
from hedgerow.view.fragment import write_fragment
from hedgerow.view.labelled_rows import read_rows
from hedgerow.view.sentence_markup import describe
from hedgerow.writers.files import make_writer
from hedgerow.writers.records import LabelledSentence
from hedgerow.writers.terminal import TerminalWriter

TEXT = "He may go."
MAY = Span(3, 6, SpanType.MODAL, "may")
ROWS: list[dict[str, Any]] = [
    {"certainty": "possible"},
    {"stance": "asserted"},
    {"spans": []},
    {"spans": [MAY.to_dict()]},
    {"topic": "sport"},
    {"rating": 3},
    {"certainty": "possible", "stance": "asserted", "spans": [MAY.to_dict()], "topic": "sport"},
]
NULLS: dict[str, Any] = {"certainty": None, "stance": None, "spans": None}


def row(**fields: Any) -> list[Example | tuple[str, str]]:
    return list(parse_row(json.dumps({"id": "a", "text": TEXT, **fields}).encode()))


def example(**fields: Any) -> Example:
    (found,) = row(**fields)
    assert isinstance(found, Example), found
    return found


@pytest.mark.parametrize("labels", ROWS, ids=str)
def test_a_row_has_what_it_is_labelled_on_and_null_is_absent(labels: dict[str, Any]) -> None:
    found = example(**labels)
    assert found.to_dict() == {"id": "a", "text": TEXT, **labels}
    assert example(**(NULLS | labels)) == found
    for head in ("certainty", "stance", SPANS, "topic", "rating"):
        assert found.is_labelled_on(head) == (head in labels)
        assert labelled_on([found], head) == ([found] if head in labels else [])
    assert labelled_axes([found]) == tuple(axis for axis in ("certainty", "stance") if axis in labels)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "no 'certainty', no 'stance', no 'spans', and no label of your own; label the row"),
        (NULLS | {"topic": None, "doc": "d", "group": "g", "speaker": "A"}, "no label of your own"),
        ({"Certainty": "certain"}, "no 'certainty', but 'Certainty'; correct its name"),
        ({"certanty": "certain", "stance": "asserted"}, "no 'certainty', but 'certanty'"),
        ({"certainty": "certain", "span": []}, "no 'spans', but 'span'"),
        ({"certainty": ""}, "certainty '' is not a label of the codebook"),
        ({"stance": "asserted", "spans": {}}, "spans {}"),
    ],
)
def test_a_row_without_a_label_and_a_misspelt_field_are_errors(fields: dict[str, Any], expected: str) -> None:
    (error,) = row(**fields)
    assert not isinstance(error, Example)
    assert expected in "; ".join(error)


def test_a_field_that_is_only_something_like_an_axis_is_ones_own() -> None:
    assert example(distance="near", instance="x").extra == {"distance": "near", "instance": "x"}


def test_corpora_are_counted_split_and_kept_without_text_by_what_is_labelled() -> None:
    rows = [example(id=str(at), text=f"Text {at}.", **ROWS[at % 5 if at % 5 != 3 else 4]) for at in range(40)]
    counts = corpus.stats(rows)
    assert counts["labelled"] == {"certainty": 8, "stance": 8, "spans": 8}
    assert (counts["certainty"]["possible"], counts["pairs"]["possible"]["asserted"]) == (8, 0)
    assert "labelled" not in corpus.stats([example(**ROWS[-1])])
    parts = corpus.split(rows, {"train": 0.5, "dev": 0.5}, seed=1)
    assert [len(labelled_on(part, "certainty")) for part in parts.values()] == [4, 4]
    for labels in ROWS[:4]:
        stripped = strip_text({"id": "a", "corpus": "c", "doc": None, "text": TEXT, **labels})
        (restored,) = restore([StandOffRow.model_validate(stripped)], [TEXT]).examples
        assert restored.to_dict() == {"id": "a", "corpus": "c", "text": TEXT, **labels}


CERTAIN = {Certainty.CERTAIN: 0.9, Certainty.PROBABLE: 0.1, Certainty.POSSIBLE: 0.0, Certainty.UNCOMMITTED: 0.0}
ASSERTED = {label: 0.8 if label is Stance.ASSERTED else 0.05 for label in Stance}
ONLY_CERTAINTY = Prediction(TEXT, Certainty.CERTAIN, certainty_scores=CERTAIN, spans=(MAY,))
ONLY_STANCE = Prediction(TEXT, stance=Stance.ASSERTED, stance_scores=ASSERTED)
ONLY_OWN = Prediction(TEXT, other_scores={"topic": {"sport": 0.7, "news": 0.3}})


@pytest.mark.parametrize("prediction", [ONLY_CERTAINTY, ONLY_STANCE, ONLY_OWN], ids=repr)
def test_a_prediction_has_the_fields_of_its_heads_only(prediction: Prediction) -> None:
    fields = prediction.to_dict()
    assert Prediction.from_dict(fields) == prediction
    heads = [name.removesuffix("_scores") for name in fields if name.endswith("_scores")]
    assert list(prediction.label_heads) == heads
    assert [name for name in ("certainty", "stance", "topic") if name in fields] == heads
    for head in {"certainty", "stance", "topic", "x"} - set(heads):
        with pytest.raises(KeyError, match=head):
            prediction.scores(head)
    assert "None" not in repr(prediction)
    assert (prediction.certainty_score is None) == (prediction is not ONLY_CERTAINTY)
    abstained = LabelledSentence("d", 0, prediction).abstaining(1.0)
    assert abstained.abstained == set(heads)
    restored = Prediction.from_dict(abstained.to_dict())
    assert (restored.certainty, restored.stance) == (prediction.certainty, prediction.stance)
    assert example(**{name: value for name, value in fields.items() if name in ("certainty", "stance", "spans")})


@pytest.mark.parametrize(("axis", "prediction"), [("certainty", ONLY_CERTAINTY), ("stance", ONLY_STANCE)])
def test_every_writer_leaves_the_other_axis_out(
    axis: str, prediction: Prediction, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "stance" if axis == "certainty" else "certainty"
    heads = [head for head in CODEBOOK_HEADS if head.name != other]
    for suffix in (".jsonl", ".csv", ".parquet"):
        with (tmp_path / f"a{suffix}").open("w", encoding="utf-8", newline="") as file:
            writer = make_writer(suffix, file, heads)
            writer.write(LabelledSentence("d", 0, prediction))
            writer.close()
        (viewed,) = read_rows(find_labelled(tmp_path / f"a{suffix}"))
        assert (viewed.prediction.label_heads, viewed.label(other)) == ((axis,), None)
        assert other not in describe(viewed)
    (cells,) = csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8")))
    parquet = pytest.importorskip("pyarrow.parquet").read_table(tmp_path / "a.parquet").to_pylist()[0]
    for fields in (json.loads((tmp_path / "a.jsonl").read_text("utf-8")), cells, parquet):
        assert fields[axis] == getattr(prediction, axis)
        assert not any(name.startswith(other) for name in fields)
    assert axis in write_fragment(prediction)
    for suffix in (".jsonl", ".csv", ".parquet"):
        summary = summarise(read_labelled([tmp_path / f"a{suffix}"]))
        assert {one.axis for one in summary.whole.estimates} == {axis}
    TerminalWriter().write(LabelledSentence("d", 0, prediction))
    assert "None" not in capsys.readouterr().out


def test_the_context_of_a_document_changes_a_stance_only_if_there_is_one() -> None:
    for prediction, stance in ((ONLY_CERTAINTY, None), (ONLY_STANCE, Stance.ATTRIBUTED)):
        context = DocumentContext()
        context.read(prediction, Sentence(0, "“It is late.", True))
        read = context.read(prediction, Sentence(20, "He may go.", False))
        assert read.stance == stance
        assert bool(read.stance_scores) == (stance is not None)


class _Encoding:
    """The tokens of one word, as far as heads read them."""

    offsets = ((0, 0), (3, 6), (0, 0))
    word_ids = (None, 0, None)
    overflowing = ()


@pytest.mark.parametrize("kept", [("stance",), ("certainty",), (SPANS,), ("topic",), ("stance", SPANS, "topic")])
def test_a_network_predicts_with_the_heads_that_it_has(kept: tuple[str, ...]) -> None:
    known = {
        "certainty": ("label", [*map(str, Certainty)], [[0.0, 0.0, 5.0, 0.0]]),
        "stance": ("label", [*map(str, Stance)], [[5.0, 0.0, 0.0, 0.0, 0.0]]),
        SPANS: ("span", ["O", "B-modal", "I-modal"], [[[5.0, 0.0, 0.0], [0.0, 5.0, 0.0], [5.0, 0.0, 0.0]]]),
        "topic": ("label", ["news", "sport"], [[0.0, 5.0]]),
    }
    described = ({"name": name, "kind": known[name][0], "labels": known[name][1]} for name in kept)
    heads = Heads([entry | {"temperature": 1.0} for entry in described])
    logits = {name: np.array(known[name][2]) for name in kept}
    (prediction,) = heads.predictions(logits, np.ones((1, 3), dtype=np.int64), [TEXT], [_Encoding()])
    assert [head.name for head in heads.described()] == list(kept)
    assert prediction.certainty == (Certainty.POSSIBLE if "certainty" in kept else None)
    assert prediction.stance == (Stance.ASSERTED if "stance" in kept else None)
    assert [span.text for span in prediction.spans] == (["may"] if SPANS in kept else [])
    assert list(prediction.other_scores) == (["topic"] if "topic" in kept else [])


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> LinearRecipe:
    path = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    path.write_text(
        'kind = "linear"\nseed = 1\n[corpora]\ntrain = ["t"]\ndev = ["d"]\n'
        "[features]\nword_ngrams = [1, 1]\ncharacter_ngrams = [2, 2]\nmin_sentences = 1\nmax_features = 200\n"
        "[regression]\nC = 1.0\nclass_weight_power = 0.5\nmax_iter = 300\n",
        "utf-8",
    )
    found = read_recipe(path)
    assert isinstance(found, LinearRecipe)
    return found


def stance_rows() -> list[Example]:
    phrases = ("rain fell", "she said so", "as she showed", "he allegedly ran", "that is false")
    words = dict(zip(Stance, phrases, strict=True))
    return [
        Example(f"{label}{at}", f"On day {at} {words[label]}.", None, label, None, group=f"g{at}")
        for label in Stance
        for at in range(4)
    ]


@pytest.mark.slow
def test_a_linear_model_of_one_axis_is_fitted_written_loaded_and_measured(recipe: LinearRecipe, tmp_path: Path) -> None:
    rows = [*stance_rows(), Example("c", "No stance here.", None, None, (), extra={"topic": "sport"})]
    folder = tmp_path / "one"
    folder.mkdir()
    fitted = fit_linear(recipe, rows, folder)
    for name in ("recipe.toml", "metrics.json"):
        (folder / name).write_text("{}", "utf-8")
    write_manifest(folder, "linear", fitted, {"sentences": len(rows)})
    assert read_manifest(folder)["labels"] == {"stance": [*map(str, Stance)]}
    classifier = hedgerow.load(folder)
    assert [head.name for head in classifier.heads] == ["stance", SPANS]
    (prediction,) = classifier.predict(["He allegedly ran."])
    assert (prediction.certainty, prediction.stance) == (None, Stance.DISTANCED)
    assert "certainty" not in prediction.to_dict()
    scores = measure(classifier, rows)
    assert set(scores) == {"sentences", "stance", SPANS}
    assert scores["stance"]["confusion"]["counts"][0][0] == 4
    assert set(totals(scores)) == {"stance", SPANS}
    (folder / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError, match="changed since training"):
        hedgerow.load(folder)


def test_labels_that_are_not_the_codebooks_and_rows_without_an_axis_are_rejected(
    recipe: LinearRecipe, tmp_path: Path
) -> None:
    manifest: Mapping[str, Any] = {"schema": 1, "kind": "linear", "files": {}}
    wrong: list[Any] = [{"stance": ["yes", "no"]}, {"mood": ["good"]}, None, []]
    for labels in wrong:
        (tmp_path / MANIFEST).write_text(json.dumps({**manifest, "labels": labels}), "utf-8")
        with pytest.raises(ModelError, match="its labels are not those of this version's codebook"):
            read_manifest(tmp_path)
    with pytest.raises(CorpusError, match="no row is labelled on certainty or stance"):
        fit_linear(recipe, [example(topic="sport")], tmp_path)
    with pytest.raises(CorpusError, match="no row is labelled on certainty or stance"):
        Majority.fit([example(spans=[])])


def test_the_majority_of_one_axis_says_nothing_of_the_other() -> None:
    model = Majority.fit(stance_rows())
    (prediction,) = Classifier(model).predict([TEXT])
    assert [head.name for head in model.heads] == ["stance"]
    assert (prediction.certainty, prediction.axes, dict(prediction.certainty_scores)) == (None, ("stance",), {})


GOLD = [
    Example("1", "May.", Certainty.POSSIBLE, None, (Span(0, 3, SpanType.MODAL, "May"),)),
    Example("2", "Is.", Certainty.CERTAIN, None, None),
    Example("3", "Was.", None, None, ()),
]


def test_figures_are_of_the_labelled_rows_only() -> None:
    predicted = [
        Prediction(row.text, Certainty.CERTAIN, Stance.ASSERTED, CERTAIN, ASSERTED, row.spans or (MAY,)) for row in GOLD
    ]
    assert measurable_heads(GOLD, predicted) == ("certainty", SPANS)
    assert axis_scores(GOLD, predicted, "certainty")["accuracy"]["value"] == 0.5
    assert span_scores(GOLD, predicted)["all"]["strict"] == {"precision": 0.5, "recall": 1, "f1": 0.6667, "support": 1}
    full = full_scores(GOLD, predicted)
    assert set(full) == {"certainty", SPANS}
    assert full["certainty"]["order"]["n"] == 2
    assert compare(GOLD, predicted, predicted, "certainty")["mcnemar_p"] == 1
    assert compare_spans(GOLD, predicted, predicted)["all"]["support"] == 1
    slices = slice_scores(GOLD, predicted, seed=1)
    assert "stance" not in slices["length"]["words_1_to_10"]
    assert sum(row["n"] for row in slices["number_of_cues"].values()) == 2
    pairs = [(row, row) for row in GOLD]
    assert axis_agreement(pairs, "certainty")["alpha"] == 1
    assert span_agreement(pairs)["types"]["all"]["counts"] == [1, 1]


def test_a_head_that_cannot_be_measured_is_a_clear_error() -> None:
    predicted = [Prediction(row.text, stance=Stance.ASSERTED, stance_scores=ASSERTED) for row in GOLD]
    assert measurable_heads(GOLD, predicted) == (SPANS,)
    cases: list[tuple[type[HedgerowError], str, str]] = [
        (CorpusError, "stance", "no row is labelled on 'stance'"),
        (ModelError, "certainty", "the model has no head 'certainty'"),
    ]
    for error, head, message in cases:
        with pytest.raises(error, match=message):
            labelled_pairs(GOLD, predicted, head)
    with pytest.raises(CorpusError, match="no row is labelled on 'stance' in both files"):
        axis_agreement([(row, row) for row in GOLD], "stance")
