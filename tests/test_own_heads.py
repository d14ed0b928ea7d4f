"""Heads of one's own: their names, labels and values in a recipe and in rows, and linear models that learn them."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import hedgerow
from hedgerow import CorpusError, HedgerowError, RecipeError, corpus
from hedgerow.cli.corpus import app
from hedgerow.head import Head, name_error
from hedgerow.results import Prediction
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.heads import head_faults, to_heads
from hedgerow.training.inputs import LabelledData, load_labelled, resolve_files
from hedgerow.training.recipe import NetworkRecipe, read_recipe
from hedgerow.training.start import fresh_heads
from scripts.convert_0_1 import RECIPE_KEYS
from tests.conftest import NETWORK_RECIPE, RECIPE, SENTENCES

Rows = list[dict[str, Any]]
Heads = list[dict[str, Any]]
QUALITY = {"name": "quality", "kind": "label", "labels": ["good", "bad"]}
GRADE = {"name": "grade", "kind": "ordered", "map": {"1": "low", "2": "low", "3": "high"}}
WEASEL = {"name": "weasels", "kind": "span", "labels": ["vague", "many"]}


def head_table(head: dict[str, Any]) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in head.items() if name != "map"]
    table = [f"{json.dumps(value)} = {json.dumps(label)}" for value, label in head.get("map", {}).items()]
    return "\n".join(["[[heads]]", *lines, *(["[heads.map]", *table] if table else []), ""])


def network_recipe_of(folder: Path, heads: Heads, auxiliary: str = "") -> Path:
    start, rest = NETWORK_RECIPE.split("[[heads]]", 1)
    optimisation = rest[rest.index("[optimisation]") :]
    path = folder / "recipe.toml"
    path.write_text(start + auxiliary + "".join(map(head_table, heads)) + optimisation, "utf-8")
    return path


def linear_recipe_of(folder: Path, heads: Heads) -> Path:
    path = folder / "recipe.toml"
    path.write_text(RECIPE + "".join(map(head_table, heads)), "utf-8")
    return path


def write(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def own_rows(prefix: str, *labels: dict[str, Any], again: str = "") -> Rows:
    """Rows with the labels in turn, and no axis."""
    return [
        {"id": f"{prefix}-{at}", "text": f"{text[:-1]}{again}{text[-1]}", **labels[at % len(labels)]}
        for at, (text, *_) in enumerate(SENTENCES)
    ]


def write_corpora(folder: Path, *labels: dict[str, Any]) -> None:
    write(folder / "train.jsonl", own_rows("train", *labels))
    write(folder / "dev.jsonl", own_rows("dev", *labels, again=" again"))


def command(*arguments: object) -> Result:
    """Run `hedgerow corpus`; the fault that the program would print is the result's `exception`."""
    return CliRunner().invoke(app, list(map(str, arguments)))


def load(recipe_file: Path) -> LabelledData:
    recipe = read_recipe(recipe_file)
    return load_labelled(recipe, resolve_files(recipe, recipe_file, TrainingInputs()))


@pytest.mark.parametrize("name", ["Quality", "sci_cert", "_x", "values", "class", "credibility_score", "noise_level"])
def test_a_head_can_have_any_name(name: str) -> None:
    assert name_error(name) is None


@pytest.mark.parametrize(
    "name",
    ["length", "type", "id", "labels", "text", "row", "time", "kind", "x_scores", "input_ids", "score", "Certainty",
     "cues", "sources", "hedgerow_sentences", "picked", "model", "reviewed", "first_answer", "certainty_score",
     "certainty_certain", "stance_level", "certanty", "span", "two words", "3d", "naïve", "a-b", ""],
)  # fmt: skip
def test_a_name_that_something_else_has_is_rejected_with_the_recipe(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecipeError, match=r"give the head another name|write it with letters"):
        read_recipe(network_recipe_of(tmp_path, [QUALITY | {"name": name}]))


@pytest.mark.parametrize(
    ("heads", "message"),
    [
        ([QUALITY, QUALITY], "two heads have one name, 'quality'"),
        ([{"name": "stance_x", "kind": "label", "labels": ["a", "b"]}, {"name": "stance", "kind": "label",
          "labels": ["x", "y"]}], "heads.stance.labels' = ['x', 'y']: not the codebook's"),
        ([{"name": "certainty_possible", "kind": "label", "labels": ["a", "b"]}], "a column of the head 'certainty'"),
        ([QUALITY, {"name": "quality_bad", "kind": "label", "labels": ["a", "b"]}], "a column of the head 'quality'"),
        ([GRADE, {"name": "grade_level", "kind": "label", "labels": ["a", "b"]}], "a column of the head 'grade'"),
        ([{"name": "spans", "kind": "label"}], "heads.spans.kind' = 'label': the codebook's head is a 'span'"),
        ([{"name": "spans", "kind": "span", "labels": ["weasel"]}], "leave 'labels' out, or give a head of your own"),
        ([{"name": "stance", "kind": "label", "map": {"1": "asserted"}}], "heads.stance.map"),
        ([QUALITY | {"labels": []}], "at least two labels"),
        ([QUALITY | {"labels": ["good", " "]}], "one is empty"),
        ([QUALITY | {"labels": [1, "1"]}], "'1' is there twice"),
        ([QUALITY | {"labels": ["level", "x"]}], "outputs have a column quality_level for something else"),
        ([QUALITY | {"labels": ["scores", "x"]}], "outputs have a column quality_scores for something else"),
        ([GRADE | {"map": {"3..5": "hi", "1..3": "lo"}}], "heads.grade.map': 'hi' (3..5) is before 'lo' (1..3)"),
        ([GRADE | {"map": {"5": "hi", "none": "no", "1..2": "lo"}}], "'hi' (5) is before 'lo' (1..2)"),
        ([GRADE | {"map": {"1": "lo", "2": "hi", "1.0": "hi"}}], "'1' and '1.0' are one value, and have two labels"),
        ([QUALITY | {"map": {"True": "good", "true": "bad"}}], "'True' and 'true' are one value"),
        ([GRADE | {"labels": ["low", "mid"]}], "heads.grade.map.3' = 'high': not one of its labels, low, mid"),
        ([WEASEL | {"map": {"1": "vague"}}], "a span head has none"),
        ([QUALITY | {"kind": "rating"}], "heads.0.kind' = 'rating'"),
    ],
)  # fmt: skip
def test_a_wrong_head_is_rejected_with_the_recipe(tmp_path: Path, heads: Heads, message: str) -> None:
    with pytest.raises(RecipeError) as error:
        read_recipe(network_recipe_of(tmp_path, heads))
    assert message in str(error.value)


def test_all_faults_of_a_recipe_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        read_recipe(network_recipe_of(tmp_path, [QUALITY | {"name": "type"}, QUALITY | {"labels": ["a"]}]))
    assert [line.split("setting ")[1][:15] for line in str(error.value).splitlines()] == [
        "'heads.type': '", "'heads.quality.",
    ]  # fmt: skip


def test_a_span_head_of_a_linear_recipe_says_what_it_can_have(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"heads\.0\.kind' = 'span'.*'label' or 'ordered'"):
        read_recipe(linear_recipe_of(tmp_path, [WEASEL]))


def test_values_of_a_corpus_become_labels() -> None:
    grade, flag = to_heads(
        read_heads({"name": "grade", "kind": "ordered", "map": {"1": "low", "2.5": "mid", "true": "high"}},
                   {"name": "flag", "kind": "label", "labels": [True, False, 3, 2.0]})
    )  # fmt: skip
    assert grade == Head("grade", "label", ("low", "mid", "high"), True, {"1": "low", "2.5": "mid", "true": "high"})
    found = [grade.label_of(value) for value in (1, "1", 1.0, 2.5, True, "low", "no", None, ["low"])]
    assert found == ["low", "low", "low", "mid", "high", "low", None, None, None]
    assert [flag.label_of(value) for value in (True, "true", 3, "3", 2, False)] == [
        "true",
        "true",
        "3",
        "3",
        "2",
        "false",
    ]


def test_numbers_and_booleans_are_one_value_however_they_are_written() -> None:
    grade, flag, code = to_heads(
        read_heads({"name": "grade", "kind": "ordered", "map": {"1.0": "lo", "2": "hi", "True": "hi", "4..5": "hi"}},
                   {"name": "flag", "kind": "label", "labels": [True, False, 3]},
                   {"name": "code", "kind": "label", "labels": ["01", "1", "x"]})
    )  # fmt: skip
    assert [grade.label_of(value) for value in (1, "1", 1.0, "2.0", True, "TRUE", "4.0", "one", 3)] == [
        "lo", "lo", "lo", "hi", "hi", "hi", "hi", None, None,
    ]  # fmt: skip
    assert [flag.label_of(value) for value in ("True", "False", "3.0", 3.0, "yes")] == ["true", "false", "3", "3", None]
    assert [code.label_of(value) for value in ("01", 1, "1", "X")] == ["01", "1", "1", None]


def test_an_order_against_the_numbers_is_meant_if_the_labels_are_named() -> None:
    ranks = {"name": "rank", "kind": "ordered", "labels": ["low", "high"], "map": {"1": "high", "2..9": "low"}}
    jumbled = {"name": "grade", "kind": "ordered", "map": {"1": "low", "3": "high", "2": "low", "n/a": "low"}}
    assert not list(head_faults(read_heads(ranks, jumbled)))


def read_heads(*heads: dict[str, Any]) -> Any:
    from hedgerow.training.recipe import HeadRecipe

    return [HeadRecipe(**{**head, "labels": tuple(head.get("labels", ()))}) for head in heads]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"quality": "god"}, "quality 'god' is not a label of this head; one of good, bad (perhaps 'good')"),
    ({"quality": ["good"]}, "quality ['good'] is a list; a sentence has one label"),
    ({"quality": {"good": 1}}, "is an object"),
    ({"quality": 3}, "quality 3 is not a label"),
    ({"quality": True}, "quality true is not a label"),
    ({"grade": 4}, "grade 4 is not a label of this head; one of 1, 2, 3"),
    ({"weasels": "some"}, "weasels 'some' is not a list of spans; write each span as"),
    ({"weasels": [{"start": 0, "end": 3, "type": "odd"}]}, "a span of type 'odd'; types are vague, many"),
    ({"weasels": [{"start": 0, "end": 99, "type": "vague"}]}, "is outside the text"),
    ({"weasels": [{"start": 0, "end": 3, "type": "vague", "text": "xyz"}]}, "does not match the text"),
    ({"weasels": [{"start": 0.5, "end": 3, "type": "vague"}]}, "'start': Input should be a valid integer"),
    ({"weasels": [{"start": 0, "end": 3, "type": "vague"}] * 2}, "occurs twice"),
    ({"spans": [{"start": 0, "end": 3, "type": "modal", "text": "xyz"}]}, "does not match the text"),
]


@pytest.mark.parametrize("name", ["train", "dev", "aux", "aux_dev"])
def test_every_fault_of_every_file_is_named_in_one_pass(tmp_path: Path, name: str) -> None:
    span = {"start": 0, "end": 3, "type": "vague"}
    good = {"quality": "good", "grade": 1, "weasels": [span]}, {"quality": "bad", "grade": "3", "weasels": []}
    write_corpora(tmp_path, *good)
    for file in ("aux", "aux_dev"):
        write(tmp_path / f"{file}.jsonl", own_rows(file, *good, again=f" at {file}"))
    path = tmp_path / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    faulty = [row | fault for row, (fault, _) in zip(rows, FAULTS, strict=False)]
    write(path, faulty + rows[len(FAULTS) :])
    auxiliary = '[[corpora.auxiliary]]\nfile = "aux.jsonl"\nreader = "plain"\ndev = ["aux_dev.jsonl"]\n'
    with pytest.raises(CorpusError) as error:
        load(network_recipe_of(tmp_path, [QUALITY, GRADE, WEASEL], auxiliary))
    lines = str(error.value).splitlines()
    assert len(lines) == len(FAULTS)
    for number, (line, (_, message)) in enumerate(zip(sorted(lines, key=place), FAULTS, strict=True), 1):
        assert line.startswith(f"{path}:{number}: ")
        assert message in line


def place(line: str) -> int:
    return int(line.split(".jsonl:")[1].split(":")[0])


Change = Callable[[Rows, Rows], tuple[Rows, Rows]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda train, dev: (train, dev[:1]), "dev.jsonl: dev has one row"),
        (lambda train, dev: ([row for row in train if row["quality"] == "bad"], dev), "no example of quality 'good'"),
        (lambda train, dev: (train, [row | {"doc": "a"} for row in dev]), "all rows with 'quality' are of one group"),
        (lambda train, dev: (train, [{"id": r["id"], "text": r["text"], "m": 1} for r in dev]), "no row is labelled"),
        (lambda train, dev: (train, [*dev, train[0] | {"id": "x"}]), "also in the training data, row 'train-0' (/"),
        (lambda train, dev: ([row | {"quality": True} for row in train], dev),
         f"train.jsonl:1: quality true is not a label of this head, and in {len(SENTENCES) - 1} other rows; one of"),
        (lambda train, dev: (train[:1] * 2 + train, dev), "id 'train-0' is already at"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_learnt_or_measured_are_rejected(tmp_path: Path, change: Change, message: str) -> None:
    labels = {"quality": "good"}, {"quality": "bad"}
    train, dev = change(own_rows("train", *labels), own_rows("dev", *labels, again=" again"))
    write(tmp_path / "train.jsonl", train)
    write(tmp_path / "dev.jsonl", dev)
    recipe = network_recipe_of(tmp_path, [QUALITY])
    with pytest.raises(CorpusError) as error:
        train_model(recipe, tmp_path / "model")
    assert message in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dev.jsonl", "recipe.toml", "train.jsonl"]


def test_rows_of_an_auxiliary_corpus_are_kept_apart_from_what_is_measured(tmp_path: Path) -> None:
    labels = {"quality": "good"}, {"quality": "bad"}
    write_corpora(tmp_path, *labels)
    dev = own_rows("aux", *labels, again=" again")
    auxiliary = '[[corpora.auxiliary]]\nfile = "aux.jsonl"\nreader = "plain"\n'
    recipe = network_recipe_of(tmp_path, [QUALITY], auxiliary)
    write(tmp_path / "aux.jsonl", dev[:2])
    with pytest.raises(CorpusError, match=r"dev.jsonl:1: .* also in .* row 'aux-0' \(.*aux.jsonl:1\); remove one"):
        load(recipe)
    write(tmp_path / "aux.jsonl", [{"text": "A row without an id.", "mood": "dry"}])
    with pytest.raises(CorpusError, match=r"aux.jsonl: no row is labelled on a head of the recipe; it has quality"):
        load(recipe)
    without, numbered = {"text": "A row without an id.", "quality": "good"}, {"id": 7, "text": "B.", "quality": "bad"}
    write(tmp_path / "aux.jsonl", [without, numbered])
    assert [example.id for example in load(recipe).auxiliary] == ["aux:1", "7"]


def test_copies_with_another_label_are_warned_of_with_their_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    labels = {"quality": "good"}, {"quality": "bad"}
    write_corpora(tmp_path, *labels)
    rows = own_rows("train", *labels)
    copies = [row | {"id": f"copy-{at}", "text": row["text"].upper()} for at, row in enumerate(rows[:3])]
    write(tmp_path / "train.jsonl", [*rows, copies[0] | {"quality": "bad"}, copies[1]])  # the second says the same
    write(tmp_path / "aux.jsonl", [copies[2] | {"quality": "bad"}])
    auxiliary = '[[corpora.auxiliary]]\nfile = "aux.jsonl"\nreader = "plain"\n'
    load(network_recipe_of(tmp_path, [QUALITY], auxiliary))
    assert "2 rows to train on: the text, but for case" in caplog.text
    assert "such as 'copy-0' and 'train-0' (quality 'bad' and 'good'); correct or remove" in caplog.text


def test_only_heads_that_do_not_go_on_from_a_model_need_every_label(tmp_path: Path) -> None:
    heads: Heads = [{"name": "certainty", "kind": "label"}, {"name": "spans", "kind": "span"}, QUALITY]
    path = network_recipe_of(tmp_path, heads)
    path.write_text(path.read_text("utf-8").replace('backbone = "encoder"', 'start_from = "base"'), "utf-8")
    recipe = read_recipe(path)
    assert isinstance(recipe, NetworkRecipe)
    assert [head.name for head in fresh_heads(recipe, tmp_path, to_heads(recipe.heads))] == ["quality"]


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [("certainty",), ("stance",), ("quality", "grade"), ("stance", "grade"), ()])
def test_a_linear_model_learns_the_heads_that_are_named(tmp_path: Path, wanted: tuple[str, ...]) -> None:
    rows: Rows = [
        {"id": f"a-{at}", "text": text, "certainty": certainty, "stance": stance, "quality": ("good", "bad")[at % 2],
         "grade": at % 3 + 1}
        for at, (text, certainty, stance) in enumerate(SENTENCES)
    ]  # fmt: skip
    named: Heads = [{"name": "certainty", "kind": "label"}, {"name": "stance", "kind": "label"}, QUALITY, GRADE]
    fields = wanted or ("certainty",)
    kept = [{"id": row["id"], "text": row["text"], **{name: row[name] for name in fields}} for row in rows]
    write(tmp_path / "train.jsonl", [*kept, {"id": "b", "text": "No label of a head.", "mood": 3}])
    dev = [row | {"text": f"{str(row['text'])[:-1]} again."} for row in kept]
    write(tmp_path / "dev.jsonl", dev)
    recipe = linear_recipe_of(tmp_path, [head for head in named if head["name"] in wanted])
    trained = train_model(recipe, tmp_path / "model")
    assert trained is not None
    assert [name for name in trained.metrics if name not in ("sentences", "spans")] == list(fields)
    assert all(scores["macro_f1"]["value"] > 0.5 for name, scores in trained.metrics.items() if name in fields)
    model = hedgerow.load(tmp_path / "model")
    assert [head.name for head in model.heads] == [
        *(name for name in fields if name in ("certainty", "stance")), "spans", *(n for n in fields if n[0] in "qg"),
    ]  # fmt: skip
    prediction = model("The bridge may close again.")
    assert prediction.label_heads == fields
    assert [span.text for span in prediction.spans] == ["may"]
    if "grade" in fields:
        assert prediction.levels == {"grade": pytest.approx(prediction.scores("grade")["high"])}
        (grade,) = (head for head in model.heads if head.name == "grade")
        assert (grade.is_ordered, grade.label_of(2)) == (True, "low")
        row = prediction.to_dict()
        assert row["grade_level"] == pytest.approx(prediction.levels["grade"], abs=1e-4)
        assert Prediction.from_dict(row).levels == {"grade": row["grade_level"]}


@pytest.mark.slow
def test_a_linear_model_needs_a_row_for_each_label_of_its_heads(tmp_path: Path) -> None:
    write_corpora(tmp_path, {"quality": "good"})
    with pytest.raises(CorpusError, match="no example of quality 'bad'; a model cannot learn it"):
        train_model(linear_recipe_of(tmp_path, [QUALITY]), tmp_path / "model")
    write_corpora(tmp_path, {"quality": "good"}, {"quality": "bad"})
    with pytest.raises(HedgerowError, match=r"name heads of your own with --head, or in \[\[heads\]\]"):
        train_model(linear_recipe_of(tmp_path, []), tmp_path / "model")
    write_corpora(tmp_path, {"spans": []})
    with pytest.raises(CorpusError, match=r"train.jsonl: no row is labelled on certainty or stance; name labels"):
        load(linear_recipe_of(tmp_path, []))


def test_keys_of_early_recipes_are_known(tmp_path: Path) -> None:
    text = network_recipe_of(tmp_path, [QUALITY]).read_text("utf-8")
    (tmp_path / "old.toml").write_text(text.replace("batch_size", "batch"), "utf-8")
    with pytest.raises(RecipeError, match=f"renamed to 'optimisation.{RECIPE_KEYS['batch']}'"):
        read_recipe(tmp_path / "old.toml")


def test_any_json_or_csv_becomes_a_corpus_by_the_names_of_its_fields(tmp_path: Path) -> None:
    found = [
        {"id": 4, "finding": "Sleep helps memory.", "how-sure": 4.5, "split": "train", "year": 2020},
        {"id": 5, "finding": "Sleep may help.", "how-sure": 2, "split": "train"},
        {"id": 6, "finding": "Sleep is odd.", "how-sure": None, "split": "train"},
        {"id": 7, "finding": "Sleep is long.", "how-sure": 6, "split": "test"},
    ]
    file, out = write(tmp_path / "findings.jsonl", found), tmp_path / "corpus.jsonl"
    names = ["--text-field", "finding", "--field", "sureness=how-sure"]
    ran = command("import", file, "--from", "json", *names, "--where", "split=train", "--out", out)
    assert ran.exit_code == 0, ran.stderr
    assert "skipped 1 text without labels" in ran.stderr
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == [
        {"id": "4", "text": "Sleep helps memory.", "split": "train", "year": 2020, "sureness": 4.5},
        {"id": "5", "text": "Sleep may help.", "split": "train", "sureness": 2},
    ]
    (tmp_path / "findings.csv").write_text("finding,how-sure,area\nSleep helps memory.,4.5,sleep\n", "utf-8")
    ran = command("import", tmp_path / "findings.csv", "--from", "csv", *names, "--out", out)
    assert ran.exit_code == 0, ran.stderr
    assert json.loads(out.read_text("utf-8")) == {
        "id": "findings-2", "text": "Sleep helps memory.", "area": "sleep", "sureness": "4.5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "json", "--field", "sureness"], "--field sureness: not NAME=FIELD"),
        (["--from", "json", "--field", "length=how-sure"], "'length' is a name that training uses itself"),
        (["--from", "json", "--field", "a=b"], "no row has the field 'b'; they have finding, how-sure"),
        (["--from", "json"], "field 'text' is not a text (the row has finding, how-sure); see --text-field"),
        (["--from", "json", "--field", "certainty=how-sure"], "certainty 3 is not a text; a scale of your own needs"),
        (["--from", "doccano", "--field", "a=b"], "--field a=b: doccano has known names; leave it out"),
        (["--from", "csv", "--where", "a=b"], "--where a=b: rows are chosen --from json only"),
    ],
)
def test_a_wrong_name_of_a_field_is_rejected(tmp_path: Path, options: list[str], message: str) -> None:
    file = write(tmp_path / "findings.jsonl", [{"finding": "Sleep helps.", "how-sure": 3}])
    text = [] if options == ["--from", "json"] else ["--text-field", "finding"]
    ran = command("import", file, *options, *text, "--out", tmp_path / "corpus.jsonl")
    assert isinstance(ran.exception, HedgerowError)
    assert message in str(ran.exception)
    assert not (tmp_path / "corpus.jsonl").exists()


def test_numbers_belong_to_the_first_range_that_has_them(tmp_path: Path) -> None:
    ranges = {"1..3": "low", "3..4.5": "mid", "4.5..6": "high", "9": "high"}
    (head,) = to_heads(read_heads({"name": "sureness", "kind": "ordered", "map": ranges}))
    found = [head.label_of(value) for value in (1, 3, 3.1, "4.5", 4.667, 6, 9, 7, "no")]
    assert found == ["low", "low", "mid", "mid", "high", "high", "high", None, None]
    for wrong in ("1..", "3..1", "a..b"):
        with pytest.raises(RecipeError, match="is not a range of numbers; write the least one, two dots"):
            read_recipe(network_recipe_of(tmp_path, [GRADE | {"map": {wrong: "low", "2": "high"}}]))


def test_corpora_of_own_labels_are_counted_split_and_corrected(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "type": "vague"}]
    rows = own_rows("a", {"quality": "good", "weasels": spans}, {"quality": "good"}, {"quality": 2})
    more = own_rows("b", {"quality": "good"}, again=" again")
    file = write(tmp_path / "corpus.jsonl", rows + more[:13])
    counts = corpus.stats(corpus.load([file]), heads=["quality", "weasels"])
    assert (counts["quality"], counts["weasels"]) == ({"2": 5, "good": 25}, {"vague": 6})
    assert counts["labelled"] == {"certainty": 0, "stance": 0, "spans": 0, "quality": 30, "weasels": 6}
    parts = corpus.split(corpus.load([file]), {"train": 0.6, "dev": 0.4}, seed=13, heads=["quality"])
    rare = {part: sum(row.extra["quality"] == 2 for row in rows) for part, rows in parts.items()}
    assert rare == {"train": 3, "dev": 2}
    digest = sha256(rows[0]["text"].encode()).hexdigest()
    right = {"id": "a-0", "sha256": digest, "quality": "bad", "was": {"quality": "good"}, "reason": "a slip"}
    corrected = corpus.correct(corpus.load([file]), write(tmp_path / "right.jsonl", [right]))
    assert (corrected[0].extra["quality"], corrected[0].extra["weasels"]) == ("bad", spans)
    for fault, message in (({"qualty": 1}, "no row has the field 'qualty'"), ({"was": {"quality": "x"}}, "leave this")):
        with pytest.raises(CorpusError, match=message):
            corpus.correct(corpus.load([file]), write(tmp_path / "wrong.jsonl", [right | fault]))
    ran = command("check", file)
    assert ran.exit_code == 0
    assert "no row has the field 'mood'" in str(command("stats", file, "--head", "mood").exception)
