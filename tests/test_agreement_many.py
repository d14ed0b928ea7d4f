"""Agreement of three annotators and more: alpha is the library's, gaps are left out, pairs and labels are shown."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import krippendorff
import numpy as np
import pytest

from evaluation.agreement import main
from evaluation.render import render
from hedgerow.metrics import measures
from hedgerow.metrics.reliability import (
    against_rest,
    alpha_score,
    coincidences,
    nominal_alpha,
    ordinal_alpha,
)

Write = Callable[..., Path]
LABELS = ["possible", "probable", "certain", "uncommitted"]


def units(rng: random.Random, annotators: int) -> list[list[str | None]]:
    rows = []
    for _ in range(80):
        truth = rng.choice(LABELS)
        rows.append([rng.choice([truth, truth, truth, rng.choice(LABELS), None]) for _ in range(annotators)])
    return rows


@pytest.mark.parametrize("annotators", [2, 3, 5])
def test_alpha_is_the_librarys_with_gaps_nominal_and_ordinal(annotators: int) -> None:
    rows = units(random.Random(annotators), annotators)
    groups = [str(at // 4) for at in range(len(rows))]
    codes = {label: float(at) for at, label in enumerate(LABELS)}
    data = np.array([[np.nan if label is None else codes[label] for label in row] for row in rows]).T
    matrix = coincidences(rows, LABELS, groups).sum(axis=0)
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal", value_domain=[0, 1, 2, 3])
    assert float(nominal_alpha(matrix)) == pytest.approx(expected)
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement="ordinal", value_domain=[0, 1, 2, 3])
    assert float(ordinal_alpha(matrix)) == pytest.approx(expected)
    one = np.where(np.isnan(data), np.nan, data == 2)
    binary = against_rest(coincidences(rows, LABELS, groups), 2).sum(axis=0)
    expected = krippendorff.alpha(reliability_data=one, level_of_measurement="nominal")
    assert float(nominal_alpha(binary)) == pytest.approx(expected)


def test_alpha_of_one_label_is_not_given_and_its_interval_holds_it() -> None:
    assert alpha_score(coincidences([["a", "a"], ["a", "a"]], ["a", "b"], ["1", "2"])) is None
    rows = units(random.Random(1), 3)
    score = alpha_score(coincidences(rows, LABELS, [str(at) for at in range(len(rows))]))
    assert score is not None
    assert score["low"] < score["value"] < score["high"]


def test_draws_in_which_a_figure_is_undefined_do_not_count_and_many_leave_no_interval() -> None:
    def groups(rare: int) -> tuple[list[str], list[str], list[str]]:
        """Return the labels of two annotators in 40 rows: `rare` alike, one that only the first has rare."""
        one = ["rare"] * (rare + 1) + ["often"] * (39 - rare)
        return one, [*one[:rare], *["often"] * (40 - rare)], [str(at) for at in range(40)]

    one, _, keys = groups(1)
    alike = measures.confusion_by_group(one[1:], one[1:], ["often", "rare"], keys[1:])
    assert measures.interval_if_known(alike, measures.kappa, seed=13) == {"value": 1.0}  # one rare row: 37 % lack it
    alone = measures.confusion_by_group(["often"] * 4, ["often"] * 4, ["often", "rare"], keys[:4])
    assert measures.interval_if_known(alone, measures.kappa, seed=13) is None
    assert measures.interval(alone, measures.kappa, seed=13)[0].to_dict() == {"value": 0, "low": 0, "high": 0}
    one, other, keys = groups(0)
    rows = list(zip(one, other, strict=True))
    assert alpha_score(coincidences(rows, ["often", "rare"], keys)) == {"value": 0.0}  # never 1: nobody agrees on it
    one, other, keys = groups(5)
    kappa = measures.interval_if_known(
        measures.confusion_by_group(one, other, ["often", "rare"], keys), measures.kappa, seed=13
    )
    alpha = alpha_score(coincidences(list(zip(one, other, strict=True)), ["often", "rare"], keys))
    assert kappa is not None
    assert alpha is not None
    assert 0.5 < kappa["low"] < kappa["value"] < kappa["high"] == alpha["high"] == 1


def test_figures_without_an_interval_say_so_in_both_reports(
    corpus_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(f"r{at}", "possible" if at == 0 else "certain") for at in range(20)]
    one = str(corpus_file(*rows, name="one.jsonl"))
    two = str(corpus_file(*rows[:19], row("r19", "certain", doc="d"), name="two.jsonl"))
    three = str(corpus_file(*rows[:18], row("r18", "certain", doc="d"), rows[19], name="three.jsonl"))
    assert main([one, two]) == 0
    printed = capsys.readouterr().out
    assert "| certainty | 1.000 [1.000, 1.000] | 1.000 [too few groups] | 1.000 | 0 |" in printed
    assert "Too few groups: a second label is in so few" in printed
    assert main([one, two, three]) == 0
    printed = capsys.readouterr().out
    assert "| certainty | 20 | 1.000 [too few groups] |" in printed
    assert "Too few groups: a second label is in so few" in printed


def test_rows_that_no_person_decided_are_refused_of_any_number_of_files(
    corpus_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, ben, _ = three(corpus_file)
    half = [row(f"r{at}", "certain", topic="0", **({"reviewed": "blind"} if at < 5 else {})) for at in range(9)]
    person = str(corpus_file(*half, name="person.jsonl"))
    for files in ([ann, ben, person], [person, ann, ben], [ann, person, "--head", "topic"]):
        assert main(files) == 2
        assert "person.jsonl: 4 rows without a decision in the field 'reviewed'" in capsys.readouterr().err


def row(name: str, certainty: str, **more: object) -> dict[str, object]:
    return {"id": name, "text": f"May {name}.", "certainty": certainty, "stance": "asserted", "spans": [], **more}


def three(corpus_file: Write) -> list[str]:
    """Three annotators of 24 rows; the second lacks the last row, the third the first ones, and all but certainty."""
    ids = [f"r{at}" for at in range(24)]
    first = [row(id_, LABELS[at % 4], doc=f"d{at // 2}", topic=str(at % 2)) for at, id_ in enumerate(ids)]
    second = [row(id_, LABELS[(at + (at % 5 == 0)) % 4], topic=str(at % 2)) for at, id_ in enumerate(ids[:-1])]
    third = [row(id_, LABELS[at % 4]) for at, id_ in enumerate(ids) if at >= 16] + [row("alone", "certain")]
    third = [{name: value for name, value in one.items() if name not in ("stance", "spans")} for one in third]
    return [
        str(corpus_file(*rows, name=f"{name}.jsonl"))
        for name, rows in (("ann", first), ("ben", second), ("cleo", third))
    ]


def test_three_files_with_gaps_give_alpha_pairs_labels_and_the_rows_that_differ(
    corpus_file: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = three(corpus_file)
    out = tmp_path / "r"
    assert main([*files, "--head", "topic", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("certainty: alpha 0.")
    figures = json.loads((out / "report.json").read_text("utf-8"))["figures"]
    assert figures["annotators"] == [
        {"name": "ann", "rows": 24},
        {"name": "ben", "rows": 23},
        {"name": "cleo", "rows": 9},
    ]
    assert (figures["rows"], figures["rows_of_one"]) == (24, 1)
    certainty = figures["heads"]["certainty"]
    assert [row["id"] for row in certainty["differing"]] == ["r0", "r5", "r10", "r15", "r20"]
    assert certainty["differing"][0] == {"id": "r0", "labels": ["possible", "probable", None]}
    assert [(pair["first"], pair["second"], pair["rows"]) for pair in certainty["pairs"]] == [
        ("ann", "ben", 23),
        ("ann", "cleo", 8),
        ("ben", "cleo", 7),
    ]
    assert "kappa" not in certainty["pairs"][1]  # too few rows
    assert certainty["pairs"][0]["agreement"]["value"] == pytest.approx(18 / 23, abs=1e-4)
    assert certainty["ordinal"]["rows"] < certainty["rows"]
    assert figures["heads"]["topic"]["rows"] == 23
    assert figures["heads"]["topic"]["alpha"]["value"] == 1
    assert figures["heads"]["stance"]["alpha"] is None  # all have one label
    assert [pair["rows"] for pair in figures["heads"]["stance"]["pairs"]] == [23, 0, 0]
    assert [pair["rows"] for pair in figures["spans"]] == [23, 0, 0]
    page = (out / "report.md").read_text("utf-8")
    assert "| r0 | possible | probable | – |" in page
    assert "May r0" not in page
    assert render(out) == {name: (out / name).read_text("utf-8") for name in ("report.md", "report.html")}


def test_two_files_with_a_head_of_ones_own_give_this_report_too(
    corpus_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*three(corpus_file)[:2], "--head", "topic"]) == 0
    assert "## Head topic" in capsys.readouterr().out


def test_files_that_cannot_be_compared_are_rejected_with_the_cure(
    corpus_file: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, ben, cleo = three(corpus_file)
    other = str(corpus_file({**row("r1", "certain"), "text": "Another."}, name="other.jsonl"))
    lone = [str(corpus_file(row(name, "certain"), name=f"{name}.jsonl")) for name in ("x", "y", "z")]
    for files, message in (
        ([ann, ben, other], "ann, other: row 'r1' with two texts; label the same text"),
        (lone, "no id is in two files; label the same rows twice"),
        ([ann, ben, ann], "a file is named twice"),
        ([ann, ben, cleo, "--head", "mood"], "--head mood: no row has this field; its rows have topic"),
        ([ann, ben, cleo, "--head", "stance"], "--head stance: of the codebook"),
    ):
        assert main(files) == 2
        assert message in capsys.readouterr().err
