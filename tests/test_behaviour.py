"""Behaviour cases are well formed and the project's own; the runner measures them, and rejects bad ones whole."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from evaluation.behaviour.__main__ import main
from evaluation.behaviour.cases import Case, LabelCase, bundled_cases, load
from evaluation.behaviour.verdict import find_error, is_comparison, is_passed_by_default
from hedgerow import sentences
from hedgerow.classifier import load as load_model
from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.labels import Certainty, Stance
from hedgerow.predictors import folder
from hedgerow.report import Report
from hedgerow.results import Prediction
from tests.html_elements import elements

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "evaluation" / "reports" / "base-behaviour" / "report.json"
CASE: dict[str, Any] = {
    "id": "a",
    "kind": "label",
    "texts": ["The ferry may sail."],
    "expect": {"certainty": "possible"},
    "why": "2: may",
}
TINY: list[dict[str, Any]] = [
    CASE,
    {**CASE, "id": "b", "texts": ["The ferry left at noon."]},
    {"id": "c", "kind": "same", "texts": ["It may rain.", "It may snow."], "why": "2: may"},
    {"id": "d", "kind": "no_lower", "texts": ["It might hail.", "It hailed."], "why": "2: might"},
    {"id": "e", "kind": "no_higher", "texts": ["It might thaw.", "It thawed."], "why": "2: might"},
    {
        "id": "f",
        "kind": "spans",
        "texts": ["In May it may freeze."],
        "expect": {"marked": {"may": "modal"}, "unmarked": ["May"]},
        "why": "4: a month",
    },
]
Write = Callable[..., Path]


def test_families_have_fifteen_cases_or_more() -> None:
    families = Counter(located.family for located in load(bundled_cases()))
    assert sorted(families) == [
        *("assistants", "cues", "direction", "eyewitness", "headline_marks", "headlines", "inferential_modals"),
        *("invariance", "length", "long_sentences", "lookalikes", "negated_hedges", "negated_reports"),
        *("nested_sources", "note_that", "other_senses", "scare_quotes", "second_clauses", "subordinate_hedges"),
        *("tag_questions", "typos", "varieties"),
    ]
    assert min(families.values()) >= 15
    assert families["negated_reports"] >= 40


def test_no_constant_answer_passes_half_of_a_family() -> None:
    families: dict[str, list[Case]] = {}
    for located in load(bundled_cases()):
        if located.family != "lookalikes" and not is_comparison(located.case):  # a lookalike is no cue
            families.setdefault(located.family, []).append(located.case)
    for family, cases in families.items():
        for certainty, stance in product(Certainty, Stance):
            passed = sum(find_error(case, [constant(case, certainty, stance)]) is None for case in cases)
            assert passed < len(cases) / 2, (family, certainty, stance)


def test_a_negated_report_expects_both_labels_so_that_a_reversed_meaning_fails() -> None:
    for located in load(bundled_cases()):
        if located.family == "negated_reports" and isinstance(located.case, LabelCase):
            assert located.case.expect.certainty, located.place
            assert located.case.expect.stance, located.place


def constant(case: Case, certainty: Certainty, stance: Stance) -> Prediction:
    return Prediction(case.texts[0], certainty, stance, {}, {})


def test_every_text_is_one_sentence_and_a_long_one_is_long() -> None:
    for located in load(bundled_cases()):
        for text in located.case.texts:
            assert sentences.split(text) == [(0, len(text))], located.place
            assert located.family != "long_sentences" or len(text.split()) > 35, located.place


def test_no_sentence_is_in_the_bundled_corpus() -> None:
    assert not own() & texts_of(*(ROOT / "data").rglob("*.jsonl"))


def test_no_sentence_shares_eight_words_in_a_row_with_the_bundled_corpus_or_the_codebook() -> None:
    codebook = plain((ROOT / "data" / "CODEBOOK.md").read_text("utf-8"))
    known = {run for text in {*texts_of(*(ROOT / "data").rglob("*.jsonl")), codebook} for run in runs(text)}
    assert not [text for text in own() if known & set(runs(text))]


@pytest.mark.slow
def test_no_sentence_is_in_a_shared_corpus(shared: Path) -> None:
    assert not own() & texts_of(*(shared / "corpora").rglob("*.jsonl"))


def own() -> set[str]:
    return {plain(text) for located in load(bundled_cases()) for text in located.case.texts}


def texts_of(*paths: Path) -> set[str]:
    rows = (json.loads(line) for path in paths for line in path.read_bytes().splitlines())
    return {plain(row["text"]) for row in rows if "text" in row}


def runs(text: str) -> list[tuple[str, ...]]:
    """Return the runs of eight words of a plain text."""
    words = text.split()
    return [tuple(words[at : at + 8]) for at in range(len(words) - 7)]


def plain(text: str) -> str:
    """`text` without what may differ between two copies of one sentence: case, marks, spaces."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def test_a_tiny_file_is_measured_beside_the_baselines(
    corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = corpus_file(*TINY, name="weather.jsonl")
    assert main(["--model", "lexicon", "--cases", str(cases), "--out", str(tmp_path / "r")]) == 0
    figures = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))["figures"]
    assert figures["rates"]["lexicon"]["family"]["weather"] == figures["rates"]["lexicon"]["all"]
    assert figures["rates"]["lexicon"]["all"] == {
        "n": 6,
        "passed": 4,
        "rate": {"value": 0.6667, "low": 0.3, "high": 0.9032},
    }
    assert list(figures["rates"]) == ["lexicon", "linear", "majority"]
    assert {row["id"]: row["error"] for row in figures["failures"]} == {
        "b": "certain for possible",
        "e": "possible / certain",
    }
    own = figures["rates"]["lexicon"]
    assert {name: (row["n"], row["passed"]) for name, row in own["counted"]["family"].items()} == {"weather": (3, 2)}
    assert own["counted"]["all"] == own["counted"]["family"]["weather"]
    assert (own["default_fails"]["n"], own["default_fails"]["passed"]) == (3, 2)
    page = (tmp_path / "r" / "report.md").read_text("utf-8")
    assert "passes 3 that compare sentences" in page
    for part in ("| weather | 6 | 0.667 [0.300, 0.903] |", "It might thaw. / It thawed.", "--model lexicon"):
        assert part in page
    drawn = elements((tmp_path / "r" / "report.html").read_text("utf-8"))
    assert "weather: 4/6" in [one.text for one in drawn if one.tag == "title"]
    assert len([one for one in drawn if one.attributes.get("class") == "whisker"]) == 1
    assert "missed: all 2 of 3, target 90%" in capsys.readouterr().out


def test_targets_do_not_count_what_a_model_with_one_answer_passes() -> None:
    cases = [located.case for located in load(bundled_cases())]
    compared = [case for case in cases if is_comparison(case)]
    assert all(is_passed_by_default(case) for case in compared)
    assert len(compared) >= 83
    assert sum(map(is_passed_by_default, cases)) > len(compared)
    uncommitted = "Will it rain?", "Will it snow?"
    predictions = load_model("lexicon").predict(uncommitted)
    assert all(find_error(case, predictions) is None for case in compared if case.kind == "same")


def test_a_file_of_comparisons_has_no_target(
    corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = corpus_file(*TINY[2:5], name="weather.jsonl")
    assert main(["--model", "lexicon", "--cases", str(cases), "--out", str(tmp_path / "r")]) == 0
    printed = capsys.readouterr().out
    assert "| all that do not compare | 0 | none | none | none |" in printed
    assert "every target is met" in printed


def test_missing_and_wrong_spans_are_listed_in_the_error(corpus_file: Write) -> None:
    expect = {"marked": {"Officials": "source_named", "may": "modal"}, "unmarked": ["said"]}
    case = {**CASE, "kind": "spans", "texts": ["Officials said it may rain."], "expect": expect}
    (located,) = load([corpus_file(case)])
    said = find_error(located.case, list(load_model("lexicon").predict(located.case.texts)))
    assert said is not None
    assert said.startswith("'Officials' not source_named: 'Officials' source_")
    assert said.endswith("; marked 'said' attribution")


def test_a_comparison_fails_outside_the_order(corpus_file: Write) -> None:
    case = {**TINY[3], "texts": ["Will it hail?", "It hailed."]}
    (located,) = load([corpus_file(case)])
    assert find_error(located.case, list(load_model("lexicon").predict(located.case.texts))) == "uncommitted / certain"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "lable"}, "kind is one of label, spans, same, no_lower, no_higher"),
        ({"expect": {"certainty": "maybe"}}, "expect.certainty 'maybe': Input should be 'certain', 'probable'"),
        ({"expect": {}}, "expects nothing; name a certainty, a stance or both"),
        ({"expected": {}}, "expected is not known; leave it out"),
        ({"texts": []}, "texts []: List should have at least 1 item"),
        ({"texts": [" "]}, "field 'texts' is empty; write each sentence as text"),
        ({"kind": "same"}, "expect is not known; leave it out"),
        ({"why": "may"}, "why 'may' names no section; write one such as '2: may'"),
        ({"kind": "spans", "expect": {"unmarked": ["might"]}}, "'might' is in the sentence 0 times"),
        ({"kind": "spans", "expect": {"marked": {"e": "modal"}}}, "'e' is in the sentence 2 times"),
        ({"kind": "spans", "expect": {}}, "expects nothing; name words under marked or unmarked"),
    ],
)
def test_a_bad_case_is_rejected_with_file_and_line(corpus_file: Write, change: dict[str, Any], message: str) -> None:
    path = corpus_file(TINY[2], {**CASE, **change}, name="weather.jsonl")
    with pytest.raises(InputError) as rejected:
        load([path])
    assert f"{path}:2: " in str(rejected.value)
    assert message in str(rejected.value)


def test_a_missing_field_a_repeated_id_or_sentence_and_broken_json_are_rejected(corpus_file: Write) -> None:
    wanting = {name: value for name, value in CASE.items() if name != "why"}
    path = corpus_file(CASE, {**wanting, "id": "z"}, CASE, b"{", name="weather.jsonl")
    with pytest.raises(InputError) as rejected:
        load([path])
    lines = str(rejected.value).splitlines()
    assert [line.removeprefix(f"{path}:")[:2] for line in lines] == ["2:", "4:", "3:", "3:"]
    assert "no 'why'; a case has id, kind, texts and why" in lines[0]
    assert "broken JSON" in lines[1]
    assert f"id 'a' is at {path}:1 already; keep one of the two" in lines[2]
    assert "sentence 'The ferry may sail.' is at" in lines[3]


def test_bad_input_writes_nothing(corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, empty = (
        corpus_file(*rows, name=name)
        for name, rows in (("good.jsonl", TINY), ("bad.jsonl", [b"{"]), ("empty.jsonl", []))
    )
    for cases, model, message in (
        (bad, "lexicon", "bad.jsonl:1: broken JSON"),
        (empty, "lexicon", "empty.jsonl: no cases"),
        (tmp_path / "nope.jsonl", "lexicon", "nope.jsonl: No such file"),
        (good, "nope", "nope: no shipped model"),
    ):
        assert main(["--model", model, "--cases", str(cases), "--out", str(tmp_path / "r")]) == 2
        assert message in capsys.readouterr().err
        assert not (tmp_path / "r").exists()


def test_the_committed_report_belongs_to_the_shipped_weights_and_cases() -> None:
    report = Report.read(REPORT)
    assert report.model.sha256 == folder.model_hash(folder.trained()["base"])
    assert {one.file: one.sha256 for one in report.corpus} == {
        f"behaviour/{path.name}": sha256(path) for path in bundled_cases()
    }
