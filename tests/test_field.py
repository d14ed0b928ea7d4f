"""Field cases: counts by kind and set, splits and labels in context, and no sentence in the report."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluation.field.__main__ import main
from evaluation.field.cases import SentenceCase, TextCase, load
from evaluation.field.judging import cue_errors, is_split_right, judge_sentence, judge_text
from evaluation.render import render
from hedgerow import Certainty, Prediction, Span, SpanType, Stance

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MAY: dict[str, Any] = {
    "id": "s1",
    "set": "reported",
    "phenomenon": "hedge: may",
    "confidence": "hi",
    "text": "The ferry may sail in May.",
    "certainty": "possible",
    "stance": "asserted",
    "cues": {"must": [["modal", "may"]], "mustnot": ["May"]},
}
SENTENCES: list[dict[str, Any]] = [
    MAY,
    MAY | {"id": "s2", "text": "The kettle may boil.", "certainty": "certain|probable", "cues": {}},
    MAY | {"id": "s3", "text": "The lamp is lit.", "certainty": "possible|certain", "confidence": "mid", "cues": {}},
    {
        "id": "s4",
        "set": "probe",
        "phenomenon": "probe: negated or unreal report",
        "confidence": "hi",
        "text": "The mayor denied that the well was dry.",
        "certainty": "certain",
        "stance": "asserted",
    },
]
TEXTS: list[dict[str, Any]] = [
    {
        "id": "t1",
        "phenomenon": "split: two",
        "text": "It is lit. It may\nrain.",
        "gold": ["It is lit.", "It may rain."],
    },
    {"id": "t2", "phenomenon": "split probe: one", "text": "It rains. It may go.", "gold": ["It rains. It may go."]},
    {
        "id": "t3",
        "phenomenon": "read(): weather",
        "text": "It may hail. It rained. Snow fell. It froze.",
        "gold": [
            {"text": "It may hail.", "certainty": "possible", "stance": "asserted"},
            {"text": "It rained.", "certainty": "possible", "stance": "asserted", "confidence": "gap"},
            {"text": "Snow fell. It froze.", "certainty": "certain", "stance": "asserted", "confidence": "hi"},
        ],
    },
]


@pytest.fixture
def field(tmp_path: Path) -> Path:
    return write(tmp_path / "field", SENTENCES, TEXTS)


def write(folder: Path, sentences: list[dict[str, Any]], texts: list[dict[str, Any]]) -> Path:
    folder.mkdir()
    for name, rows in (("sentences", sentences), ("texts", texts)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def report_on(field: Path, out: Path, *more: str) -> dict[str, Any]:
    """Return the figures of a report on two models."""
    assert main(["--models", "lexicon", "linear", "--field", str(field), "--out", str(out), *more]) == 0
    written: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    return written


def of_lexicon(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "model"} for row in rows if row["model"] == "lexicon"]


def test_sentences_are_counted_by_set_and_kind_and_either_label_is_right(field: Path, tmp_path: Path) -> None:
    report = report_on(field, tmp_path / "r")
    reported, probe = of_lexicon(report["sets"])
    assert {name: reported[name] for name in ("set", "n", "both", "certainty", "stance")} == {
        "set": "reported", "n": 3, "both": 2, "certainty": 2, "stance": 3,
    }  # fmt: skip
    assert reported["both_rate"] == {"value": 0.6667, "low": 0.2077, "high": 0.9385}
    assert (probe["n"], probe["both"], probe["certainty"]) == (1, 0, 1)
    assert of_lexicon(report["kinds"])[0] == {
        "set": "reported", "kind": "hedge: may", "n": 3, "both": 2, "certainty": 2, "stance": 3,
    }  # fmt: skip
    assert [(row["confidence"], row["n"]) for row in of_lexicon(report["confidence"])] == [
        ("hi", 2), ("mid", 1), ("hi", 1),
    ]  # fmt: skip


def test_a_stance_that_turns_the_meaning_over_and_cues_are_counted(field: Path, tmp_path: Path) -> None:
    report = report_on(field, tmp_path / "r")
    kind = "probe: negated or unreal report"
    assert of_lexicon(report["reversed"]) == [{"set": "probe", "kind": kind, "n": 1, "reversed": 1}]
    assert of_lexicon(report["cues"]) == [{"set": "reported", "n": 2, "right": 2}]


def test_texts_are_split_and_read_and_what_cannot_be_aligned_is_wrong(field: Path, tmp_path: Path) -> None:
    report = report_on(field, tmp_path / "r")
    assert [(row["set"], row["n"], row["right"]) for row in report["splits"]] == [
        ("reported", 1, 1), ("reported", 1, 0), ("probe", 1, 0),
    ]  # fmt: skip
    assert of_lexicon(report["read"]) == [
        {"set": "reported", "kind": "read(): weather", "n": 2, "both": 1, "certainty": 1, "stance": 1}
    ]
    assert [(row["id"], row["predicted"][0]) for row in report["failures"]["read"]] == [
        ("t3:3", {"model": "lexicon", "certainty": None, "stance": None})
    ]
    assert {row["id"]: row["sentences"] for row in report["failures"]["splits"]} == {
        "t2": {"gold": 1, "found": 2}, "t3": {"gold": 3, "found": 4},
    }  # fmt: skip


def test_the_report_has_ids_and_labels_of_failures_and_no_sentence(
    field: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = report_on(field, tmp_path / "r")
    failed = {row["id"]: row for row in report["failures"]["sentences"]}
    assert failed["s4"]["gold"] == {"certainty": "certain", "stance": "asserted"}
    assert failed["s4"]["predicted"][0] == {"model": "lexicon", "certainty": "certain", "stance": "disputed"}
    page = (tmp_path / "r" / "report.md").read_text("utf-8")
    assert "### By kind: reported" in page
    assert "| kind | n | lexicon | linear |" in page
    assert "| hedge: may | 3 | 2 (2, 3) |" in page
    assert "| s4 | certain, asserted | certain, disputed |" in page
    assert "| t3:3 | certain, asserted | no such sentence | no such sentence |" in page
    texts = [row["text"] for row in (*SENTENCES, *TEXTS)]
    html = (tmp_path / "r" / "report.html").read_text("utf-8")
    contents = (page, html, json.dumps(report), capsys.readouterr().out)
    assert not any(text in content for text in texts for content in contents)
    assert render(tmp_path / "r") == {"report.md": page, "report.html": html}
    assert "<summary>Labels of sentences: " in html, "long tables of ids are folded"


def test_failures_are_printed_with_their_sentences(
    field: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--models", "lexicon", "--field", str(field), "--failures"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# Models on field cases")
    for part in ("The mayor denied that the well was dry.", "  lexicon: certain, disputed", "  found: It may go."):
        assert part in shown
    assert "The ferry may sail" not in shown, "it is right"
    assert [path.name for path in tmp_path.iterdir()] == ["field"], "without --out nothing is written"


def test_words_must_lie_in_a_span_of_their_type_and_a_source_may_cover_what_is_no_cue() -> None:
    case = SentenceCase.model_validate(MAY)
    may = Span(10, 13, SpanType.MODAL, "may")
    assert case.text[10:13] == "may"
    assert cue_errors(case, said(case.text, may)) == []
    assert cue_errors(case, said(case.text, Span(10, 18, SpanType.MODAL, "may sail"))) == []
    assert cue_errors(case, said(case.text, Span(10, 12, SpanType.MODAL, "ma"))) == ["no modal"]
    assert cue_errors(case, said(case.text, Span(10, 13, SpanType.EPISTEMIC, "may"))) == ["no modal"]
    assert cue_errors(case, said(case.text, may, Span(22, 25, SpanType.MODAL, "May"))) == ["modal"]
    assert cue_errors(case, said(case.text, may, Span(22, 25, SpanType.SOURCE_NAMED, "May"))) == []


def said(text: str, *spans: Span) -> Prediction:
    return Prediction(text, Certainty.POSSIBLE, Stance.ENDORSED, {}, {}, spans)


def test_a_right_stance_is_not_reversed() -> None:
    case = SentenceCase.model_validate(SENTENCES[3] | {"stance": "asserted|endorsed"})
    verdict = judge_sentence(case, said(case.text))
    assert (verdict.stance_is_right, verdict.is_right, verdict.is_reversed) == (True, False, False)


def test_sentences_that_are_there_twice_are_aligned_in_order() -> None:
    gold = [{"text": "It may.", "certainty": label, "stance": "endorsed"} for label in ("possible", "certain")]
    case = TextCase.model_validate({"id": "t", "phenomenon": "read()", "text": "It may. It may.", "gold": gold})
    assert is_split_right(case)
    first, second = judge_text(case, [said("It may."), said("It may.")])
    assert (first.id, first.is_right, second.id, second.is_right) == ("t:1", True, "t:2", False)


def test_without_the_field_cases_the_message_says_what_to_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--models", "lexicon", "--field", str(tmp_path), "--out", str(tmp_path / "r")]) == 2
    message = capsys.readouterr().err
    assert f"evaluation.field: {tmp_path}: no sentences.jsonl and texts.jsonl in it" in message
    assert "name their folder with --field FOLDER" in message
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"certainty": "maybe"}, "certainty.0 'maybe': Input should be 'certain', 'probable'"),
        ({"set": "other"}, "set 'other': Input should be 'reported' or 'probe'"),
        ({"text": " "}, "field 'text' is empty"),
        ({"cues": {"must": [["modal", "can"]]}}, "the words 'can' of 'cues' are not in the sentence"),
        ({"cues": {"mustnot": ["ma"]}}, "the words 'ma' of 'cues' are not in the sentence"),
        ({"id": "s1"}, "id 's1' is at"),
    ],
)
def test_a_bad_case_is_named_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    field = write(tmp_path / "field", [MAY, MAY | {"id": "s9"} | change], TEXTS)
    assert main(["--models", "lexicon", "--field", str(field)]) == 2
    shown = capsys.readouterr().err
    assert f"{field / 'sentences.jsonl'}:2: " in shown
    assert message in shown


def test_a_case_that_the_codebook_does_not_decide_is_not_counted(tmp_path: Path) -> None:
    gap = MAY | {"id": "s9", "confidence": "gap"}
    assert [case.id for case in load(write(tmp_path / "field", [MAY, gap], TEXTS)).sentences] == [MAY["id"]]


def test_a_gold_sentence_with_one_label_is_rejected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = {"id": "t9", "phenomenon": "whole texts", "text": "It may rain.", "gold": [{"text": "It may rain."}]}
    text["gold"][0]["certainty"] = "possible"  # type: ignore[index]
    field = write(tmp_path / "field", [MAY], [*TEXTS, text])
    assert main(["--models", "lexicon", "--field", str(field)]) == 2
    assert "'It may rain.' has a label for one axis only" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error_and_the_report_is_written(tmp_path: Path) -> None:
    field = write(tmp_path / "field", [MAY], TEXTS)
    command = [sys.executable, "-m", "evaluation.field", "--models", "lexicon", "--field", str(field)]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "report")], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        ran.stdout.close()
        assert ran.stderr is not None
        assert ran.stderr.read() == b""
    assert ran.returncode == 1
    assert (tmp_path / "report" / "report.json").is_file()


def test_the_cases_are_read_and_none_is_in_the_corpus_or_a_behaviour_case(shared: Path) -> None:
    cases = load(shared / "field")
    held = {plain(case.text) for case in cases.sentences}
    own = [path for folder in ("data", "evaluation/behaviour") for path in (ROOT / folder).rglob("*.jsonl")]
    rows = [json.loads(line) for path in own for line in path.read_bytes().splitlines()]
    known = {plain(text) for row in rows for text in (row.get("text", ""), *row.get("texts", ()))}
    report = "".join(path.read_text("utf-8") for path in (ROOT / "evaluation" / "reports" / "field").iterdir())
    texts = [*(case.text for case in cases.sentences), *(case.text for case in cases.texts)]
    assert not [text for text in texts if text in report]
    assert held & known == {"no injuries were reported"}, "a stock phrase of the codebook, also a behaviour case"


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
