"""Export: what goes out to an annotation tool comes back equal, and the tool's configuration knows every label."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import hedgerow
from hedgerow import CorpusError, InputError, corpus
from hedgerow.cli.corpus import app
from hedgerow.cli.label import app as label_command
from hedgerow.corpus.exchange import TOOLS, Reading, Source, Unit, heads_of, read_annotations, read_items, write_export
from hedgerow.corpus.exchange.offsets import boundaries, from_code_points, to_code_points
from hedgerow.head import Head
from hedgerow.labels import Certainty, SpanType, Stance
from hedgerow.summary import find_labelled
from hedgerow.summary import read_labelled as summary_rows
from hedgerow.training import TrainingInputs, train_model
from hedgerow.view.labelled_rows import read_rows as view_rows
from hedgerow.writers.files import open_writer
from hedgerow.writers.records import LabelledSentence
from tests.annotation_files import EMOJI, ROWS, span, utf16, write_lines

ROOT = Path(__file__).parents[1]
Write = Callable[..., Path]


def export(file: Path, tool: str, *own: str, unit: Unit | None = None) -> Path:
    """Export a file and return the tool's main file."""
    items = read_items(file, own)
    source = Source(heads_of(items), unit or TOOLS[tool].unit)
    return write_export(items, tool, file.parent / tool, source).files[0]


def back(path: Path, tool: str, **reading: Any) -> list[dict[str, Any]]:
    return [example.to_dict() for example in read_annotations([path], tool, Reading(**reading)).examples]


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("own", [[], ["quality", "cues"]])
def test_a_corpus_comes_back_equal(corpus_file: Write, tool: str, own: list[str]) -> None:
    """Emoji, CRLF, combining marks, spans in each other, heads of one's own, fields of every type."""
    assert back(export(corpus_file(*ROWS), tool, *own), tool) == ROWS


OWN_SPAN = [span("The bus may stop.", "bus", "modal")]
PARTLY: list[dict[str, Any]] = [  # rows of every kind: labelled on a part of the heads, and found without any span
    {"id": "axis", "text": "One axis.", "certainty": "certain"},
    {"id": "axis-and-field", "text": "  Two spaces.", "stance": "asserted", "hedgerow": "mine", "certainty_score": "x"},
    {"id": "spans", "text": "He may go.", "spans": [span("He may go.", "may", "modal")]},
    {"id": "no-spans", "text": "No cue.", "spans": []},
    {"id": "label", "text": "A label.", "topic": "x: y", "reader": "certain"},
    {"id": "number", "text": "A number.", "topic": 3, "rank": True},
    {"id": "fraction", "text": "A fraction.", "topic": 2.0, "rank": False},
    {"id": "own-span", "text": "The bus may stop.", "events": OWN_SPAN},
    {"id": "no-own-span", "text": "No event.", "events": []},
    {"id": "not-labelled", "text": "Null and empty.", "spans": [], "topic": None, "reader": ""},
]


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_not_labelled_and_what_has_no_span_come_back_as_they_were(corpus_file: Write, tool: str) -> None:
    path = corpus_file(*PARTLY)
    assert back(export(path, tool, "topic", "reader", "rank", "events"), tool) == PARTLY
    without = [row for row in PARTLY if tool == "csv" or row.keys() & {"certainty", "stance", "spans"}]
    assert back(export(path, tool), tool) == without


def test_a_changed_label_that_was_no_text_is_the_new_one(corpus_file: Write) -> None:
    path = export(
        corpus_file({"id": "a", "text": "A.", "rank": True}, {"id": "b", "text": "B.", "rank": 3}), "csv", "rank"
    )
    path.write_text(path.read_text("utf-8").replace("A.,true", "A.,false").replace("B.,3", "B.,"), "utf-8")
    path.write_text(path.read_text("utf-8") + "c,C.,4,\n", "utf-8")
    assert back(path, "csv") == [{"id": "a", "text": "A.", "rank": "false"}, {"id": "c", "text": "C.", "rank": "4"}]


@pytest.mark.parametrize("tool", ["label-studio", "doccano", "prodigy"])
def test_spans_that_were_all_removed_in_the_tool_are_none(corpus_file: Write, tool: str) -> None:
    row = {"id": "a", "text": "He may go.", "certainty": "possible", "spans": [span("He may go.", "may", "modal")]}
    path = export(corpus_file(row), tool)
    task = json.loads(path.read_text("utf-8"))[0] if tool == "label-studio" else json.loads(path.read_text("utf-8"))
    if tool == "label-studio":
        task["annotations"][0]["result"] = task["annotations"][0]["result"][:1]
    else:
        task["entities" if tool == "doccano" else "spans"] = []
    assert back(write_lines(path, task), tool) == [row | {"spans": []}]


def labelled_row(index: int, **heads: Any) -> dict[str, Any]:
    text = f"It may go {index}."
    return {"doc": "a.txt", "index": index, "start": 0, "end": len(text), "text": text, **heads}


MAY = {"start": 3, "end": 6, "type": "modal", "text": "may", "score": 0.9}


def test_rows_of_a_model_that_only_marks_spans_are_a_corpus_and_suggestions(tmp_path: Path) -> None:
    rows = [labelled_row(0, spans=[MAY], events=[MAY]), labelled_row(1, spans=[], events=[])]
    path = write_lines(tmp_path / "rows.jsonl", *rows)
    found = read_annotations([path], "rows", Reading()).examples
    assert [[span.text for span in one.spans or ()] for one in found] == [["may"], []]
    assert [len(one.extra["events"]) for one in found] == [1, 0]
    assert [(item.is_suggestion, set(item.spans)) for item in read_items(path)] == [(True, {"spans", "events"})] * 2
    task = json.loads(export(path, "label-studio").read_text("utf-8"))[1]
    assert (task["predictions"][0]["result"], "annotations" in task) == ([], False)
    corpus_rows = write_lines(tmp_path / "corpus.jsonl", *(one.to_dict() for one in found))
    assert [item.is_suggestion for item in read_items(corpus_rows)] == [False, False]
    ran = run("pick", path, "--n", 1, "--by", "margin", "--out", tmp_path / "next.jsonl")
    assert "the model only marks spans; use --by random" in str(ran.exception)


def test_rows_of_a_model_without_a_span_head_have_no_spans_and_stay_so(tmp_path: Path) -> None:
    prediction = hedgerow.Prediction("It may.", other_scores={"tone": {"dry": 0.9, "wet": 0.1}}, marks_spans=False)
    assert "spans" not in prediction.to_dict()
    assert hedgerow.Prediction.from_dict(prediction.to_dict()) == prediction
    sentence = LabelledSentence("a.txt", 0, prediction)
    head = Head("tone", "label", ("dry", "wet"))
    path = tmp_path / "rows.csv"
    with open_writer(path, [head]) as writer:
        writer.write(sentence)
    assert "spans" not in path.read_text("utf-8")
    jsonl = write_lines(tmp_path / "rows.jsonl", sentence.to_dict())
    for rows in (path, jsonl):
        (found,) = read_annotations([rows], "rows", Reading()).examples
        assert (found.spans, found.extra["tone"]) == (None, "dry")
        assert [row.prediction.marks_spans for row in view_rows(find_labelled(rows))] == [False]
        assert [row.label("tone") for row in summary_rows([rows])] == ["dry"]
    with pytest.raises(InputError, match="no label with its scores, and no spans"):
        list(view_rows(find_labelled(write_lines(jsonl, labelled_row(0)))))


@pytest.mark.parametrize("tool", ["label-studio", "doccano", "prodigy"])
@pytest.mark.parametrize("unit", [Unit.CODE_POINTS, Unit.UTF_16])
def test_a_corpus_comes_back_equal_in_another_unit(corpus_file: Write, tool: str, unit: Unit) -> None:
    assert back(export(corpus_file(*ROWS), tool, unit=unit), tool, offsets=unit) == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_the_bundled_corpus_comes_back_equal(tmp_path: Path, tool: str) -> None:
    rows = [json.loads(line) for line in (ROOT / "data/corpus/dev.jsonl").read_text("utf-8").splitlines()]
    assert back(export(write_lines(tmp_path / "dev.jsonl", *rows), tool), tool) == rows


def test_offsets_are_in_the_unit_of_the_tool(corpus_file: Write) -> None:
    path = corpus_file(*ROWS)
    (doccano, *_) = [json.loads(line) for line in export(path, "doccano").read_text("utf-8").splitlines()]
    assert doccano["entities"][1] == [*utf16(EMOJI, "police"), "source_unnamed"]
    task = json.loads(export(path, "label-studio").read_text("utf-8"))[0]
    start = EMOJI.index("police")
    assert task["annotations"][0]["result"][3]["value"] == {
        "start": start, "end": start + 6, "text": "police", "labels": ["source_unnamed"],
    }  # fmt: skip


def test_a_mark_inside_a_grapheme_cluster_cannot_be_counted_in_graphemes(corpus_file: Write) -> None:
    pytest.importorskip("regex")
    path = corpus_file(ROWS[0])
    assert back(export(path, "doccano", unit=Unit.GRAPHEMES), "doccano", offsets=Unit.GRAPHEMES) == [ROWS[0]]
    with pytest.raises(InputError, match=r"span 3..4 'e' \(booster\) of .* inside one of the graphemes; .*--offsets"):
        export(corpus_file(ROWS[2]), "doccano", unit=Unit.GRAPHEMES)


@given(st.text(st.sampled_from("ae\u0301é😀👨\u200d\U0001f692\U0001f3fb\r\n \ufe0f"), min_size=1), st.data())
@settings(deadline=None, max_examples=30)
def test_offsets_in_utf_16_are_those_of_the_encoding(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = from_code_points(text, start, end, Unit.UTF_16)
    assert found is not None
    assert text.encode("utf-16-le")[2 * found[0] : 2 * found[1]].decode("utf-16-le") == text[start:end]
    assert to_code_points(text, *found, Unit.UTF_16) == (start, end)
    assert len(boundaries(text, Unit.UTF_16)) == len(text.encode("utf-16-le")) // 2 + 1


def test_half_of_a_surrogate_pair_is_no_offset() -> None:
    assert to_code_points("😀a", 1, 3, Unit.UTF_16) is None
    assert to_code_points("😀a", 2, 3, Unit.UTF_16) == (1, 2)


def test_the_configuration_of_label_studio_has_every_label_with_a_hint(corpus_file: Write) -> None:
    folder = export(corpus_file(*ROWS), "label-studio", "quality", "cues").parent
    view = ElementTree.parse(folder / "labels.xml").getroot()
    controls = {
        control.get("name"): [label.get("value") for label in control]
        for control in view
        if control.tag in ("Labels", "Choices")
    }
    assert controls == {
        "certainty": list(Certainty), "stance": list(Stance), "spans": list(SpanType),
        "quality": ["high", "low"], "cues": ["weasel"],
    }  # fmt: skip
    assert {control.get("toName") for control in view if control.get("toName")} == {view.find("Text").get("name")}  # type: ignore[union-attr]
    assert all(label.get("hint") for label in view.iter("Label") if label.get("value") != "weasel")


def test_the_label_lists_of_doccano_have_every_label_of_the_texts(corpus_file: Write) -> None:
    path = export(corpus_file(*ROWS), "doccano", "quality", "cues")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for name, used in (
        ("category_labels.json", {label for row in rows for label in row["cats"]}),
        ("span_labels.json", {entity[2] for row in rows for entity in row["entities"]}),
    ):
        listed = [label["text"] for label in json.loads((path.parent / name).read_text("utf-8"))]
        assert used <= set(listed)
        assert len(listed) == len(set(listed))


def test_the_recipe_of_prodigy_knows_every_label_and_the_tokens_meet_the_spans(corpus_file: Write) -> None:
    path = export(corpus_file(*ROWS), "prodigy", "quality", "cues")
    recipe: dict[str, Any] = {}
    source = (path.parent / "recipe.py").read_text("utf-8")
    exec(compile(source.split("@prodigy")[0].replace("import prodigy", ""), "recipe.py", "exec"), recipe)
    compile(source, "recipe.py", "exec")
    options = {option["id"] for option in recipe["OPTIONS"]}
    for line in path.read_text("utf-8").splitlines():
        task = json.loads(line)
        assert set(task["accept"]) <= options
        for marked in task["spans"]:
            assert marked["label"] in recipe["SPANS"]
            assert task["tokens"][marked["token_start"]]["start"] == marked["start"]
            assert task["tokens"][marked["token_end"]]["end"] == marked["end"]
        assert all(task["text"][token["start"] : token["end"]] == token["text"] for token in task["tokens"])


def label(folder: Path, *suffixes: str) -> Path:
    """Return rows of `hedgerow label` in the first format, with the others of the same name beside."""
    texts = f'text,id,src\n"{EMOJI} So be it.",x1,bbc\n"He may resign.",x2,"a,b"\n"So be it.",x3,\n'
    (folder / "texts.csv").write_text(texts, "utf-8")
    for suffix in suffixes:
        arguments = [str(folder / "texts.csv"), "--model", "lexicon", "--out", str(folder / f"rows{suffix}")]
        assert CliRunner().invoke(label_command, arguments).exit_code == 0
    return folder / f"rows{suffixes[0]}"


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return rows of `hedgerow label`, with the scores of spans that the lexicon does not give."""
    path = label(tmp_path_factory.mktemp("labelled"), ".jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    scored = [row | {"spans": [span | {"score": 0.75} for span in row["spans"]]} for row in rows]
    return write_lines(path, *scored)


def test_labelled_rows_are_a_corpus(labelled: Path) -> None:
    """A text that comes again is left out; ids are those of the input rows, or made of them."""
    imported = read_annotations([labelled], "rows", Reading())
    assert [example.id for example in imported.examples] == ["x1#0", "x1#1", "x2"]
    assert [item.id for item in read_items(labelled)] == ["x1#0", "x1#1", "x2", "x3"]
    assert imported.repeated == 1
    assert imported.examples[2].extra["row"] == {"src": "a,b"}
    assert not any("scores" in name for example in imported.examples for name in example.to_dict())
    assert [span.text for span in imported.examples[0].spans or ()][:1] == ["may"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_labelled_rows_are_the_same_corpus_in_every_format(tmp_path: Path, suffix: str) -> None:
    rows = label(tmp_path, ".jsonl", suffix)
    assert back(rows.with_suffix(suffix), "rows") == back(rows, "rows")
    assert [item.scores for item in read_items(rows.with_suffix(suffix))] == [item.scores for item in read_items(rows)]


def test_a_label_on_which_the_model_abstained_is_absent(labelled: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in labelled.read_text("utf-8").splitlines()]
    nothing = {"certainty": None, "stance": None}
    path = write_lines(tmp_path / "rows.jsonl", rows[0], rows[1] | {"stance": None}, rows[2] | nothing)
    imported = read_annotations([path], "rows", Reading())
    assert imported.skipped == {"without a label (the model abstained)": 1}
    assert [example.stance is None for example in imported.examples] == [False, True]
    assert len(read_items(path)) == 3


def test_labelled_rows_are_suggestions_with_scores(labelled: Path, tmp_path: Path) -> None:
    folder = {tool: write_export(read_items(labelled), tool, tmp_path / tool, source()) for tool in TOOLS}
    row = json.loads(labelled.read_text("utf-8").splitlines()[0])
    task = json.loads(folder["label-studio"].files[0].read_text("utf-8"))[0]
    (prediction,) = task["predictions"]
    assert "annotations" not in task
    assert prediction["result"][0]["score"] == row["certainty_scores"][row["certainty"]]
    assert prediction["score"] == min(row["certainty_scores"][row["certainty"]], row["stance_scores"][row["stance"]])
    assert prediction["result"][2]["score"] == row["spans"][0]["score"]
    prodigy = json.loads(folder["prodigy"].files[0].read_text("utf-8").splitlines()[0])
    assert "answer" not in prodigy
    assert prodigy["meta"]["certainty"] == row["certainty_scores"][row["certainty"]]
    assert folder["doccano"].notes[0] == "doccano keeps no scores: the labels of 4 texts are written without scores"
    for tool in ("label-studio", "prodigy"):  # suggestions that nobody looked at are no labels
        with pytest.raises(CorpusError, match="nothing is labelled"):
            read_annotations(folder[tool].files[:1], tool, Reading())


def source() -> Source:
    return Source(heads_of([]), Unit.CODE_POINTS, "hedgerow/small")


def test_a_model_suggests_labels_for_texts_without_any(corpus_file: Write, tmp_path: Path) -> None:
    path = corpus_file({"id": 5, "text": "He may resign.", "source": "wire"}, {"text": "So be it."})
    assert run("export", path, "--to", "label-studio", "--out", tmp_path / "bare").stderr == (
        "hedgerow: 2 texts without labels\n"
    )
    ran = run("export", path, "--to", "label-studio", "--out", tmp_path / "out", "--model", "lexicon")
    assert ran.stdout.splitlines() == [str(tmp_path / "out" / name) for name in ("tasks.json", "labels.xml")]
    first, second = json.loads((tmp_path / "out" / "tasks.json").read_text("utf-8"))
    assert first["data"]["hedgerow"] == {"id": "5", "source": "wire"}
    assert first["predictions"][0]["model_version"] == "hedgerow/lexicon"
    assert second["data"]["hedgerow"] == {"id": "2"}


def test_the_main_file_may_be_named_and_the_others_are_beside_it(corpus_file: Write, tmp_path: Path) -> None:
    ran = run("export", corpus_file(*ROWS), "--to", "doccano", "--out", tmp_path / "batch.jsonl")
    names = ["batch.jsonl", "batch.category_labels.json", "batch.span_labels.json"]
    assert ran.stdout.splitlines() == [str(tmp_path / name) for name in names]
    assert "1 text with spans in each other, of which doccano keeps one" in ran.stderr


@pytest.mark.parametrize(
    ("row", "arguments", "message"),
    [
        (ROWS[0], ["--out", "a.json"], "--out a.json: doccano reads .jsonl files"),
        (ROWS[0], ["--out", "out", "--head", "doc"], "--head doc: a field of every row"),
        (ROWS[0], ["--out", "out", "--head", "topic"], "--head topic: no row of .* has this field"),
        (ROWS[1], ["--out", "out", "--head", "nested"], "corpus.jsonl:1: nested .* is no label and no list of spans"),
        (ROWS[0] | {"stance": "said"}, ["--out", "out"], "corpus.jsonl:1: stance 'said' is not a label"),
        ({"id": "a"}, ["--out", "out"], "corpus.jsonl:1: field 'text' is NoneType"),
    ],
)
def test_a_fault_in_the_file_or_the_options_writes_nothing(
    corpus_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Any, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    error = run("export", corpus_file(row), "--to", "doccano", *arguments).exception
    assert isinstance(error, CorpusError | InputError)
    assert pytest.raises(type(error), match=message)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.jsonl"]


def test_the_file_that_is_read_is_not_replaced(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "texts.jsonl", *ROWS)
    assert "is one of the files to read" in str(run("export", path, "--to", "doccano", "--out", tmp_path).exception)


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_a_model_trains_on_an_imported_corpus(recipe: Path, tmp_path: Path, tool: str) -> None:
    rows = [json.loads(line) for line in (ROOT / "data/corpus/train.jsonl").read_text("utf-8").splitlines()]
    pairs = [(certainty, stance) for certainty in Certainty for stance in Stance]
    chosen = [row for pair in pairs for row in [row for row in rows if (row["certainty"], row["stance"]) == pair][:3]]
    path = export(write_lines(tmp_path / "chosen.jsonl", *chosen), tool)
    imported = tmp_path / "imported.jsonl"
    assert run("import", path, "--from", tool, "--out", imported).exit_code == 0
    assert corpus.check([imported]) == []
    train_model(recipe, tmp_path / "model", TrainingInputs(corpora=[imported]))
    assert hedgerow.load(tmp_path / "model")("It may rain.").text == "It may rain."
