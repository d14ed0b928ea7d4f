"""Import: files of annotation tools become a corpus; every fault is named with its place and a cure."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hedgerow import CorpusError, InputError, corpus
from hedgerow.cli.corpus import app
from hedgerow.corpus.exchange import Reading, Unit, read_annotations
from hedgerow.labels import Example
from tests.annotation_files import BREAKS, EMOJI, choice, label_studio_task, mark, prodigy_task, utf16, write_lines

MAY = "He may go."
LABELS = [choice("certainty", "possible"), choice("stance", "asserted")]


def read(path: Path, tool: str, **reading: Any) -> list[Example]:
    return read_annotations([path], tool, Reading(**reading)).examples


def spans_of(example: Example) -> list[tuple[str, str]]:
    assert all(example.text[span.start : span.end] == span.text for span in example.spans or ())
    return [(span.text, str(span.type)) for span in example.spans or ()]


def label_studio(path: Path, *tasks: dict[str, Any]) -> Path:
    path.write_text(json.dumps(list(tasks), ensure_ascii=False, indent=2), "utf-8")
    return path


def test_a_json_export_of_label_studio_is_read_with_its_data(tmp_path: Path) -> None:
    results = [*LABELS, mark("spans", 3, 6, "may", "modal"), choice("topic", "courts")]
    (example,) = read(label_studio(tmp_path / "a.json", label_studio_task(MAY, results)), "label-studio")
    assert (example.id, example.group, example.certainty, example.stance) == ("a-204", "7", "possible", "asserted")
    assert spans_of(example) == [("may", "modal")]
    assert example.extra == {"topic": "courts", "source": "wire"}


@pytest.mark.parametrize("counted", [Unit.CODE_POINTS, Unit.UTF_16])
def test_offsets_of_label_studio_are_read_as_the_marked_words_say(tmp_path: Path, counted: Unit) -> None:
    """It counts code points since 2022, UTF-16 code units before."""
    at = EMOJI.index("police")
    start, end = (at, at + 6) if counted is Unit.CODE_POINTS else utf16(EMOJI, "police")
    task = label_studio_task(EMOJI, [*LABELS, mark("spans", start, end, "police", "source_unnamed")])
    (example,) = read(label_studio(tmp_path / "a.json", task), "label-studio")
    assert spans_of(example) == [("police", "source_unnamed")]
    assert [span.start for span in example.spans or ()] == [at]


def test_without_the_marked_words_the_option_says_what_is_counted(tmp_path: Path) -> None:
    task = label_studio_task(EMOJI, [*LABELS, mark("spans", *utf16(EMOJI, "said"), None, "attribution")])
    path = label_studio(tmp_path / "a.json", task)
    assert spans_of(read(path, "label-studio", offsets=Unit.UTF_16)[0]) == [("said", "attribution")]
    assert spans_of(read(path, "label-studio")[0]) != [("said", "attribution")]


def test_line_breaks_and_white_space_at_the_edges_of_marks_do_not_matter(tmp_path: Path) -> None:
    """Label Studio writes a line break as the two signs backslash and n; a selection often has a space too many."""
    task = label_studio_task(BREAKS, [*LABELS, mark("spans", 12, 18, "\\n\\nmay\t", "modal")])
    (example,) = read(label_studio(tmp_path / "a.json", task), "label-studio")
    assert spans_of(example) == [("may", "modal")]


def test_json_min_of_label_studio_is_read(tmp_path: Path) -> None:
    task = {
        "text": MAY, "id": 4, "certainty": "possible", "stance": {"choices": ["asserted"]}, "annotator": 1,
        "spans": [{"start": 3, "end": 6, "text": "may", "labels": ["modal"]}], "annotation_id": 9, "source": "wire",
        "created_at": "2026-03-09T21:52:49Z", "updated_at": "2026-03-09T21:52:49Z", "lead_time": 3.1,
    }  # fmt: skip
    (example,) = read(label_studio(tmp_path / "min.json", task), "label-studio")
    assert (example.id, example.stance, spans_of(example)) == ("min-4", "asserted", [("may", "modal")])
    assert example.extra == {"source": "wire"}


def test_controls_of_other_names_stand_for_the_heads_whose_labels_they_have(tmp_path: Path) -> None:
    results = [choice("how-sure", "Possible"), choice("voice", "Asserted"), mark("label", 3, 6, "may", "MODAL")]
    (example,) = read(label_studio(tmp_path / "a.json", label_studio_task(MAY, results)), "label-studio")
    assert (example.certainty, example.stance, spans_of(example)) == ("possible", "asserted", [("may", "modal")])


def test_a_head_of_ones_own_may_have_labels_of_the_codebook(tmp_path: Path) -> None:
    results = [*LABELS, choice("reader", "certain")]
    (example,) = read(label_studio(tmp_path / "a.json", label_studio_task(MAY, results)), "label-studio")
    assert (example.certainty, example.extra["reader"]) == ("possible", "certain")


def test_tasks_that_nobody_labelled_or_that_were_skipped_are_counted(tmp_path: Path) -> None:
    good = label_studio_task(MAY, LABELS)
    cancelled = label_studio_task("Skipped.", [], was_cancelled=True)
    empty = label_studio_task("Submitted empty.", [])
    new = label_studio_task("Not yet.", []) | {"annotations": [], "predictions": [{"result": LABELS}]}
    path = label_studio(tmp_path / "a.json", good, cancelled, empty, new)
    imported = read_annotations([path], "label-studio", Reading())
    assert len(imported.examples) == 1
    assert imported.skipped == {"passed over in the tool": 1, "without labels": 2}


def test_a_project_of_label_studio_asks_for_spans_if_it_has_one(tmp_path: Path) -> None:
    """Without any, its texts are not labelled on spans; in one of spans alone, a task without marks has none."""
    classified = read(label_studio(tmp_path / "a.json", label_studio_task(MAY, LABELS)), "label-studio")
    assert [one.spans for one in classified] == [None]
    marked = [label_studio_task(MAY, [mark("spans", 3, 6, "may", "modal")]), label_studio_task("No cue.", [])]
    examples = read(label_studio(tmp_path / "b.json", *marked), "label-studio")
    assert [len(one.spans or ()) for one in examples] == [1, 0]
    assert all(one.spans is not None for one in examples)


def test_what_a_corpus_cannot_hold_is_counted(tmp_path: Path) -> None:
    relation = {"from_id": "cD2", "to_id": "cD3", "type": "relation", "direction": "right"}
    comment = {"value": {"text": ["see page 2"]}, "from_name": "remark", "to_name": "text", "type": "textarea"}
    task = label_studio_task(MAY, [*LABELS, relation, comment])
    imported = read_annotations([label_studio(tmp_path / "a.json", task)], "label-studio", Reading())
    assert imported.lost == {"relations": 1}
    assert imported.examples[0].extra["remark"] == "see page 2"


def two_opinions(**second: Any) -> dict[str, Any]:
    task = label_studio_task(MAY, LABELS)
    other = label_studio_task(MAY, [choice("certainty", "certain"), choice("stance", "asserted")], completed_by=2)
    return task | {"annotations": [*task["annotations"], other["annotations"][0] | second]}


def test_two_annotators_who_differ_are_a_fault_unless_one_is_chosen(tmp_path: Path) -> None:
    path = label_studio(tmp_path / "a.json", two_opinions())
    with pytest.raises(
        CorpusError, match=r"task 1 \(id 204\): certainty 'certain' differs from 'possible' at .*keep one"
    ):
        read(path, "label-studio")
    assert read(path, "label-studio", annotator="2")[0].certainty == "certain"
    assert read(label_studio(path, two_opinions(ground_truth=True)), "label-studio")[0].certainty == "certain"
    with pytest.raises(CorpusError, match=r"nothing is labelled \(1 of other annotators\); see --annotator"):
        read(path, "label-studio", annotator="9")


def test_every_kind_of_doccano_project_is_read(tmp_path: Path) -> None:
    cats = ["certainty:possible", "stance:asserted", "topic:courts"]
    slots = write_lines(tmp_path / "slots.jsonl", {"id": 1, "text": MAY, "cats": cats, "entities": [[3, 6, "modal"]]})
    (example,) = read(slots, "doccano")
    assert (example.id, example.extra, spans_of(example)) == ("slots-1", {"topic": "courts"}, [("may", "modal")])
    labels = write_lines(tmp_path / "labels.jsonl", {"id": 8, "text": MAY, "label": cats, "Comments": []})
    marks = write_lines(tmp_path / "marks.jsonl", {"id": 9, "text": MAY, "label": [[3, 6, "modal"]], "Comments": []})
    entities = [{"id": 0, "label": "modal", "start_offset": 3, "end_offset": 6}]
    linked = write_lines(
        tmp_path / "linked.jsonl", {"id": 9, "text": MAY, "entities": entities, "relations": [{"id": 0}]}
    )
    for other in (marks, linked):
        imported = read_annotations([labels, other], "doccano", Reading())
        assert imported.examples[0].spans == example.spans
        assert imported.repeated == 1
    assert imported.lost == {"relations": 1}


@pytest.mark.parametrize(
    ("unit", "counted"), [(None, 18), (Unit.UTF_16, 18), (Unit.CODE_POINTS, 15), (Unit.GRAPHEMES, 12)]
)
def test_offsets_of_doccano_count_utf_16_unless_the_option_says_otherwise(
    tmp_path: Path, unit: Unit | None, counted: int
) -> None:
    if unit is Unit.GRAPHEMES:
        pytest.importorskip("regex")
    text = "👨🏻‍🚒 crews 😀😀 may return."
    start = {18: utf16(text, "may")[0], 15: text.index("may"), 12: len("x crews xx ")}[counted]
    row = {"text": text, "cats": ["possible", "asserted"], "entities": [[start, start + 3, "modal"]]}
    (example,) = read(write_lines(tmp_path / "a.jsonl", row), "doccano", offsets=unit)
    assert spans_of(example) == [("may", "modal")]


def test_a_dataset_of_prodigy_is_read_and_rejected_and_ignored_tasks_are_counted(tmp_path: Path) -> None:
    tokens = [{"text": "He", "start": 0, "end": 2, "id": 0, "ws": True}]
    spans = [{"start": 3, "end": 6, "label": "modal", "token_start": 1, "token_end": 1}]
    options = [{"id": "certainty:possible", "text": "Possible"}]
    accept = ["certainty:possible", "stance:asserted"]
    path = write_lines(
        tmp_path / "a.jsonl",
        prodigy_task(
            MAY, tokens=tokens, spans=spans, options=options, accept=accept, config={"choice_style": "multiple"}
        ),
        prodigy_task("Rejected.", spans=spans, answer="reject"),
        prodigy_task("Ignored.", answer="ignore"),
        prodigy_task("Open.") | {"answer": None},
    )
    imported = read_annotations([path], "prodigy", Reading())
    (example,) = imported.examples
    assert (example.id, example.extra, spans_of(example)) == ("a-1", {"source": "wire"}, [("may", "modal")])
    assert imported.skipped == {"rejected": 1, "ignored": 1, "without an answer": 1}


def test_the_passes_of_prodigy_over_a_text_are_merged(tmp_path: Path) -> None:
    spans = [{"start": 3, "end": 6, "label": "modal"}]
    passes = [
        prodigy_task(MAY, accept=["possible"]),
        prodigy_task(MAY, accept=["asserted"]),
        prodigy_task(MAY, spans=spans),
    ]
    imported = read_annotations([write_lines(tmp_path / "a.jsonl", *passes)], "prodigy", Reading())
    (example,) = imported.examples
    assert (example.certainty, example.stance, spans_of(example)) == ("possible", "asserted", [("may", "modal")])
    assert imported.repeated == 2


def test_a_table_is_read_whatever_its_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    spans = json.dumps([{"start": 3, "end": 6, "type": "modal"}]).replace('"', '""')
    path.write_text(
        f'\ufefftext;certainty;stance;spans;quality\r\n"{MAY}";possible;asserted;"{spans}";high\r\n;;;;\r\n'
    )
    (example,) = read(path, "csv")
    assert (example.id, example.extra, spans_of(example)) == ("a-2", {"quality": "high"}, [("may", "modal")])


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("label-studio", label_studio_task(MAY, [*LABELS, mark("spans", 3, 60, "may", "modal")]),
     r"id 204\): span 3..60 \(modal\) is not 'may' in the text, in code-points or utf-16; its words are at 3..6"),
    ("label-studio", label_studio_task(MAY, [*LABELS, mark("spans", 3, 6, "might", "modal")]),
     "words are not in the text"),
    ("label-studio", label_studio_task(MAY, [*LABELS, mark("spans", "/text()[1]", 6, "may", "modal")]),  # type: ignore[arg-type]
     "not in whole numbers; mark plain text, with the control <Text>"),
    ("label-studio", label_studio_task(MAY, [*LABELS, mark("spans", 2, 3, " ", "modal")]),
     "white space only; remove it"),
    ("label-studio", label_studio_task(MAY, [choice("certainty", "possible", "certain"), LABELS[1]]),
     "two labels of certainty, 'possible' and 'certain'; choose one"),
    ("label-studio", label_studio_task(MAY, [choice("certainty", "maybe"), LABELS[1]]),
     "certainty 'maybe' is not a label of the codebook; one of certain, probable"),
    ("label-studio", label_studio_task(MAY, [*LABELS, choice("length of it", "x")]),
     "head 'length of it' is not a name"),
    ("label-studio", label_studio_task(MAY, [*LABELS, choice("doc", "x")]), "head 'doc' is a field of every row"),
    ("label-studio", {"image": "a.png"}, r"not a task of Label Studio \(it has image\)"),
    ("label-studio", label_studio_task(MAY, LABELS) | {"data": {"sentence": MAY}},
     "it has sentence: name the field.*--text"),
    ("doccano", {"text": MAY, "cats": ["possible", "asserted"], "entities": [[3, 11, "modal"]]},
     r"a.json:1: span 3..11 \(modal\) is not a stretch of the text of 10 characters, in utf-16; see --offsets"),
    ("doccano", {"text": EMOJI, "cats": ["possible", "asserted"], "entities": [[1, 4, "modal"]]}, "not a stretch"),
    ("doccano", {"text": MAY, "cats": ["possible", "urgent"]},
     "'urgent' is not of the codebook; .*NAME:urgent.*--head"),
    ("doccano", {"text": MAY, "label": "possible#asserted"}, "is not a list; export the project as JSONL"),
    ("doccano", {"text": MAY, "label": [[3, 6]]}, r"the label \[3, 6\] is not \[start, end, label\]"),
    ("prodigy", prodigy_task(MAY, accept=["possible", "modal"]), "'modal' is a type of span.*mark words with it"),
    ("prodigy", prodigy_task(MAY, spans=[{"start": 0, "end": 2}]), "has no label"),
    ("prodigy", prodigy_task(MAY, accept=["possible", "asserted"], answer="yes"), "answer 'yes' is not accept, reject"),
    ("rows", {"id": "a", "text": MAY, "certainty": "possible", "stance": "asserted"}, "not a row of hedgerow label"),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "row", "message"), FAULTS)
def test_a_fault_is_one_line_with_place_value_and_cure(
    tmp_path: Path, tool: str, row: dict[str, Any], message: str
) -> None:
    path = write_lines(tmp_path / "a.json", row)
    with pytest.raises(CorpusError, match=message) as caught:
        read(path, tool)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}:1")
    assert "; " in line


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[{}, {", "a.json: task 1: not a task"),
        (b'[{"data": {"text": "x"}}', "the list of tasks has no end; the file was cut or changed"),
        (b'{"text": \xff}', "a.json:1: invalid UTF-8"),
        (b"[3]", "task 1: a JSON int, not an object"),
        (b"", "nothing is labelled (the file is empty)"),
    ],
)
def test_a_broken_file_is_a_fault(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        read(path, "label-studio")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("sentence\nx\n", "a.csv:1: no column 'text'; it has sentence"),
        ("text,text\nx,y\n", "a.csv:1: two columns are called 'text'"),
        ("text,certainty,stance\nHe may, go.,possible,asserted\n", "a.csv:2: 4 cells, but the header has 3"),
        (f"text,certainty,stance,spans\n{MAY},possible,asserted,may\n", "a.csv:2: spans 'may' is not JSON"),
        (f"text,certainty,stance,spans\n{MAY},possible,asserted,{{}}\n", "is not a JSON list"),
        ('text,certainty\n"never closed,possible\n', "broken row"),
    ],
)
def test_a_broken_table_is_a_fault(tmp_path: Path, table: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table, "utf-8")
    with pytest.raises(CorpusError) as caught:
        read(path, "csv")
    assert message in str(caught.value)


def test_labels_beyond_the_codebook_go_to_the_head_that_is_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"text": MAY, "cats": ["possible", "asserted", "urgent"]})
    assert read(path, "doccano", head="priority")[0].extra == {"priority": "urgent"}


def test_an_id_that_occurs_twice_is_a_fault_and_made_ids_differ(tmp_path: Path) -> None:
    cats = ["possible", "asserted"]
    rows = [{"text": text, "cats": cats, "hedgerow": {"id": "same"}} for text in ("One.", "Two.")]
    with pytest.raises(CorpusError, match=r"a.jsonl:2: id 'same' is already at .*a.jsonl:1; give one another id"):
        read(write_lines(tmp_path / "a.jsonl", *rows), "doccano")
    files = [write_lines(tmp_path / f"{name}.jsonl", {"id": 1, "text": name, "cats": cats}) for name in ("b", "c")]
    assert [one.id for one in read_annotations(files, "doccano", Reading()).examples] == ["b-1", "c-1"]


def test_only_tools_that_name_annotators_take_the_option(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--annotator ana: doccano does not name annotators"):
        read(tmp_path / "a.jsonl", "doccano", annotator="ana")


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def test_the_command_says_what_it_left_out_and_its_corpus_passes_the_check(tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    path = label_studio(tmp_path / "a.json", label_studio_task(MAY, LABELS), label_studio_task("New.", []))
    ran = run(path, "--from", "label-studio", "--out", out)
    assert (ran.exit_code, ran.stdout) == (0, f"{out}: 1 row\n")
    assert "skipped 1 text without labels" in ran.stderr
    assert corpus.check([out]) == []


def test_the_command_writes_nothing_if_there_is_a_fault(tmp_path: Path) -> None:
    out = tmp_path / "corpus.jsonl"
    path = write_lines(
        tmp_path / "a.jsonl", {"text": MAY, "cats": ["possible", "asserted"]}, {"text": "x", "cats": ["y"]}
    )
    assert isinstance(run(path, "--from", "doccano", "--out", out).exception, CorpusError)
    assert isinstance(run(path, "--from", "doccano", "--out", path).exception, InputError)
    assert not out.exists()


@pytest.mark.parametrize("option", [["--text-field", "body"], ["--offsets", "utf-16"], ["--head", "topic"]])
def test_options_that_rows_do_not_heed_are_wrong_usage(tmp_path: Path, option: list[str]) -> None:
    ran = run(tmp_path / "rows.jsonl", "--from", "rows", "--out", tmp_path / "out.jsonl", *option)
    assert isinstance(ran.exception, InputError)
    assert option[0] in str(ran.exception)
