"""Agreement: figures are those of scikit-learn and of Krippendorff's own example; rows must be the same rows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from evaluation.agreement import main
from hedgerow import Certainty, Stance
from hedgerow.labels import Example
from hedgerow.metrics.agreement import alpha, axis_agreement
from tests.html_elements import elements

Write = Callable[..., Path]
MAY = {"start": 0, "end": 3, "type": "modal", "text": "May"}


def row(name: str, certainty: str = "certain", text: str | None = None, **more: object) -> dict[str, object]:
    return {"id": name, "text": text or f"May {name}.", "certainty": certainty, "stance": "asserted", **more}


def test_kappa_is_scikit_learns_and_the_rows_that_differ_are_named() -> None:
    labels = [("certain", "certain"), ("certain", "possible"), ("possible", "possible"), ("probable", "probable")]
    pairs = [
        tuple(Example(str(at), "x", Certainty(label), Stance.ASSERTED) for label in both)
        for at, both in enumerate(labels)
    ]
    found = axis_agreement(pairs, "certainty")  # type: ignore[arg-type]
    one, other = map(list, zip(*labels, strict=True))
    assert found["kappa"]["value"] == pytest.approx(cohen_kappa_score(one, other), abs=1e-4)
    assert found["kappa"]["low"] <= found["kappa"]["value"] <= found["kappa"]["high"]
    assert found["differing"] == [{"id": "1", "first": "certain", "second": "possible"}]
    alike = axis_agreement(pairs, "stance")  # type: ignore[arg-type]
    assert alike["kappa"] is alike["alpha"] is None


def test_alpha_is_that_of_krippendorffs_example() -> None:
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability", B: 12 units, three of them differ.
    assert alpha("aabbdcccedda", "babbbccceddd", "abcde") == pytest.approx(0.692, abs=5e-4)


def test_two_files_give_a_report_with_spans(corpus_file: Write, tmp_path: Path) -> None:
    first = corpus_file(row("a", "possible", spans=[MAY]), row("b"), name="first.jsonl")
    second = corpus_file(
        row("b"), row("a", "possible", spans=[{**MAY, "end": 5, "text": "May a"}]), name="second.jsonl"
    )
    assert main([str(first), str(second), "--out", str(tmp_path / "r")]) == 0
    figures = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))["figures"]
    assert figures["axes"]["certainty"]["kappa"]["value"] == 1
    assert figures["spans"]["types"]["modal"] == {"strict": 0, "overlapping": 1, "counts": [1, 1]}
    assert figures["spans"]["differing"] == ["a"]
    assert "No row differs." in (tmp_path / "r" / "report.md").read_text("utf-8")
    page = elements((tmp_path / "r" / "report.html").read_text("utf-8"))
    assert "agreement of" in next(one.text for one in page if one.tag == "h1").lower()
    assert len([one for one in page if one.attributes.get("class") == "cell"]) == 4 * 4 + 5 * 5  # of both matrices


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([row("a")], "first.jsonl: 1 row ('b') not in"),
        ([row("a"), row("b"), row("c")], "second.jsonl: 1 row ('c') not in"),
        ([row("a"), row("b", text="May be.")], "1 row ('b') with two texts"),
    ],
)
def test_rows_of_one_file_only_are_listed_in_the_error(
    corpus_file: Write, other: list[dict[str, object]], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = corpus_file(row("a"), row("b"), name="first.jsonl"), corpus_file(*other, name="second.jsonl")
    assert main([str(first), str(second)]) == 2
    assert message in capsys.readouterr().err


def test_what_a_person_decided_is_what_is_compared(
    corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = [row(name, "possible") for name in "abc"]
    first = corpus_file(*model, name="model.jsonl")
    copy = corpus_file(*model, name="person.jsonl")
    assert main([str(first), str(copy)]) == 2
    assert "person.jsonl: the same rows with the same labels, so one is a copy" in capsys.readouterr().err
    assert main([str(first), str(copy), "--person"]) == 2
    assert "person.jsonl: 3 rows without a decision in the field 'reviewed'" in capsys.readouterr().err
    blind = [row("a", reviewed="blind"), row("b", "possible", reviewed="blind")]
    answer = {"certainty": "probable", "stance": "asserted"}
    revised = row("c", "possible", reviewed="revised", first_answer=answer)  # changed when it had seen "possible"
    person = corpus_file(*blind, revised, name="person.jsonl")
    assert main([str(first), str(person), "--person", "--out", str(tmp_path / "r")]) == 0
    figures = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))["figures"]
    assert [one["id"] for one in figures["axes"]["certainty"]["differing"]] == ["a", "c"]
    assert figures["seen"] == []
    capsys.readouterr()
    person = corpus_file(*blind, revised | {"reviewed": "open"}, name="person.jsonl")
    assert main([str(first), str(person), "--person"]) == 2
    assert "1 row decided with labels in view (c); decide them with hedgerow serve --blind" in capsys.readouterr().err
    third = corpus_file(row("a"), row("b"), row("c"), name="third.jsonl")
    for others in ([person], [person, third]):
        assert main([str(first), *map(str, others)]) == 0
        told = capsys.readouterr().out
        named = f"{person.parent.name}/person.jsonl"
        assert f"> **1 row of {named} decided with labels in view (`reviewed`: `open`): agreement" in told
