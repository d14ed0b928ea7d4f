"""Roll-ups: shares that were worked out by hand, intervals that cover, errors that are said."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hedgerow import load
from hedgerow.cli.summary import FILES, run
from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES, SpanType
from hedgerow.report import MeasuredModel, Report, page_as_html
from hedgerow.summary import (
    Confusion,
    Counts,
    Group,
    Summary,
    adjusted_distribution,
    find_labelled,
    read_labelled,
    read_report,
    summarise,
)
from hedgerow.summary.correction import reject_other_model
from hedgerow.summary.origin import Origin
from hedgerow.summary.page import summary_page
from hedgerow.summary.phrases import PhraseCounts
from hedgerow.summary.prevalence import Estimator, correlations, draw_weights, hit_squares
from hedgerow.summary.scheme import CODEBOOK
from hedgerow.summary.tables import print_summary
from hedgerow.writers.files import open_writer
from hedgerow.writers.records import LabelledSentence

SAID = {"start": 0, "end": 4, "type": "attribution", "text": "Said"}
THEY = {"start": 5, "end": 9, "type": "source_vague", "text": "They"}


def labelled(doc: str, certainty: str | None = "certain", stance: str = "asserted", **row: Any) -> dict[str, Any]:
    return {"doc": doc, "certainty": certainty, "stance": stance, "spans": row.pop("spans", []), "row": row}


MADE = Report("summary", "hedgerow summary a.jsonl", "2026-05-03", "0123", "9.9")


@pytest.fixture
def rolled_up(corpus_file: Callable[..., Path]) -> Callable[..., Summary]:
    def roll_up(*rows: dict[str, Any] | bytes, by: str | None = None, **more: Any) -> Summary:
        group = Group(by)
        return summarise(read_labelled([corpus_file(*rows)], group.columns), group, **more)

    return roll_up


def page_of(summary: Summary, origin: Origin) -> str:
    return page_as_html(summary_page(summary, origin, MADE))


def shares(summary: Summary, label: str) -> dict[str, float]:
    found = {group.name: group.estimates for group in summary.all_groups}
    return {name: one.share.value for name, all_ in found.items() for one in all_ if one.label == label}


def test_shares_are_counted_by_column_and_in_all(rolled_up: Callable[..., Summary]) -> None:
    rows = [labelled("1", outlet="A"), labelled("1", "possible", outlet="A"), labelled("2", "possible", outlet="B")]
    summary = rolled_up(*rows, labelled("3"), by="outlet")
    assert shares(summary, "possible") == {"A": 0.5, "(none)": 0, "B": 1, "all": 0.5}
    assert [(group.name, group.documents) for group in summary.groups] == [("A", 1), ("(none)", 1), ("B", 1)]
    assert shares(rolled_up(*rows, by="row.outlet"), "certain") == pytest.approx({"A": 0.5, "B": 0, "all": 1 / 3})


def test_months_are_in_order_whatever_follows_them_in_the_date(rolled_up: Callable[..., Summary]) -> None:
    dates = ["2026-02-01", "2025-12-31T23:59:00Z", "2026-02"]
    rows = [labelled(str(number), date=date) for number, date in enumerate(dates)]
    assert list(shares(rolled_up(*rows, by="month"), "certain")) == ["2025-12", "2026-02", "all"]
    later = [labelled("1", printed="2026-03-01")]
    assert list(shares(rolled_up(*later, by="month:printed"), "certain")) == ["2026-03", "all"]


def test_sources_and_documents_are_groups_too(rolled_up: Callable[..., Summary]) -> None:
    rows = [labelled("a.txt", spans=[SAID, THEY]), labelled("a.txt", spans=[SAID]), labelled("b.txt")]
    assert set(shares(rolled_up(*rows, by="source"), "certain")) == {"(pronoun)", "(none)", "all"}
    assert list(shares(rolled_up(*rows, by="doc"), "certain")) == ["a.txt", "b.txt", "all"]
    summary = rolled_up(*rows)
    assert (summary.cues, summary.sources) == ((("attribution", "said", 2),), ())
    assert summary.pronouns == 1


def test_a_sentence_a_document_has_wilsons_interval(rolled_up: Callable[..., Summary]) -> None:
    rows = [labelled(str(number), "certain" if number < 8 else "possible") for number in range(10)]
    whole = rolled_up(*rows).whole
    assert {one.method for one in whole.estimates} == {"Wilson, a sentence a document"}
    (certain,) = [one.share for one in whole.estimates if one.label == "certain"]
    assert (certain.low, certain.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # 8 of 10, R's binom.wilson


def counted(documents: list[tuple[int, int]]) -> tuple[Counts, Estimator]:
    """Counts of documents with (certain, possible) sentences, which are all asserted."""
    counts = Counts("x")
    stack = np.zeros((len(documents), CODEBOOK.sentences + 1), dtype=np.int64)
    stack[:, CODEBOOK.index["certainty", "certain"]], stack[:, CODEBOOK.index["certainty", "possible"]] = zip(
        *documents, strict=True
    )
    stack[:, CODEBOOK.sentences] = stack[:, CODEBOOK.index["stance", "asserted"]] = stack[:, :4].sum(axis=1)
    several = stack[stack[:, CODEBOOK.sentences] > 1]
    for one in stack[stack[:, CODEBOOK.sentences] == 1]:
        counts.add_single(one)
    if len(several):
        counts.add(several, draw_weights(0, len(several)))
    counts.finish()
    return counts, Estimator(correlations(counts, hit_squares(several) + counts.singles))


def test_documents_are_drawn_and_not_their_sentences() -> None:
    """Twenty documents of one label each, of twenty sentences: as wide as twenty sentences, not as four hundred."""
    counts, estimator = counted([(20, 0) if number < 10 else (0, 20) for number in range(20)])
    (certain,) = [one for one in estimator.estimates(counts) if one.label == "certain"]
    assert certain.method == "bootstrap of documents"
    # Of a share of one half over n documents the standard error is about 0.5 / sqrt(n): 0.112; Student's t is 2.09.
    assert (certain.share.low, certain.share.high) == pytest.approx((0.5 - 2.09 * 0.112, 0.5 + 2.09 * 0.112), abs=0.04)
    assert certain.effective == pytest.approx(20 * (1.96 / 2.09) ** 2, rel=0.15)


def test_drawing_documents_one_by_one_or_together_gives_the_same_spread() -> None:
    """A thousand sentences as documents of one, and as documents of two that agree."""
    ones, _ = counted([(1, 0) if number % 4 else (0, 1) for number in range(1000)])
    twos, _ = counted([(2, 0) if number % 4 else (0, 2) for number in range(1000)])
    for counts in (ones, twos):
        drawn = counts.shares("certainty")
        assert drawn is not None
        assert drawn[:, 0].std() == pytest.approx((0.25 * 0.75 / 1000) ** 0.5, rel=0.1)


def test_the_adjusted_count_is_formans() -> None:
    """Found 0.30 by a classifier with a true-positive rate of 0.9 and a false-positive rate of 0.1: 0.25 is there."""
    rates = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert adjusted_distribution(np.array([[30.0, 70.0]]), rates[None])[0] == pytest.approx([0.25, 0.75])
    three = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.05, 0.05, 0.9]])
    true = np.array([0.5, 0.2, 0.3])
    assert adjusted_distribution((true @ three)[None], three[None])[0] == pytest.approx(true, abs=1e-6)


def test_a_corrected_share_is_within_0_and_1_and_most_probable() -> None:
    rates = np.array([[0.9, 0.1], [0.1, 0.9]])
    assert adjusted_distribution(np.array([[5.0, 95.0]]), rates[None])[0] == pytest.approx([0, 1], abs=1e-4)
    three = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.05, 0.05, 0.9]])
    counted = np.array([0.7, 0.02, 0.28])
    (best,) = adjusted_distribution(counted[None], three[None])
    grid = [np.array([a, b, 1 - a - b]) for a in np.linspace(0, 1, 201) for b in np.linspace(0, 1 - a, 201)]
    likelihood = [float((counted * np.log(shares @ three)).sum()) for shares in grid]
    assert best == pytest.approx(grid[int(np.argmax(likelihood))], abs=0.01)


def test_a_report_corrects_shares_and_widens_intervals(rolled_up: Callable[..., Summary], tmp_path: Path) -> None:
    rows = [labelled(str(number), "certain" if number < 70 else "possible") for number in range(100)]
    confusions = read_report(report(tmp_path, errors=1))
    plain, corrected = rolled_up(*rows), rolled_up(*rows, confusions=confusions)
    possible = next(one for one in corrected.whole.estimates if one.label == "possible")
    expected = confusions["certainty"].corrected(np.array([70.0, 0, 30, 0]))[2]
    assert possible.corrected is not None
    assert possible.corrected.value == pytest.approx(expected)
    assert possible.share == next(one.share for one in plain.whole.estimates if one.label == "possible")
    assert possible.corrected.high - possible.corrected.low > possible.share.high - possible.share.low


def report(folder: Path, *, errors: int, rows: int = 10) -> Path:
    """A report whose classifier takes each label for each other one `errors` times in rows + the errors."""
    axes = {"certainty": 4, "stance": 5}
    labels = {axis: [label for a, label in CODEBOOK.index if a == axis] for axis in axes}
    scores = {
        axis: {"confusion": {"labels": labels[axis], "counts": (errors + np.eye(n, dtype=int) * rows).tolist()}}
        for axis, n in axes.items()
    }
    return written(folder / "report.json", {"scores": scores})


def written(path: Path, figures: dict[str, Any], model: str = "base", sha: str = "abc") -> Path:
    """Write a report of a model with these figures."""
    report = Report.begin("evaluation", "hedgerow evaluate")
    path.write_text(json.dumps(replace(report, models=(MeasuredModel(model, sha),), figures=figures).to_dict()))
    return path


def test_drawn_matrices_scatter_about_the_one_that_was_measured() -> None:
    confusion = Confusion(np.array([[80, 20], [5, 5]]))
    drawn = confusion.drawn
    assert drawn.mean(axis=0) == pytest.approx(confusion.rates, abs=0.02)
    assert drawn[:, 1, 0].std() == pytest.approx((0.25 / 10) ** 0.5, rel=0.15)


def test_sentences_abstained_from_are_left_out_and_cannot_be_corrected(
    rolled_up: Callable[..., Summary], tmp_path: Path
) -> None:
    rows = [labelled("1"), labelled("1", None), labelled("2", "possible")]
    summary = rolled_up(*rows)
    assert shares(summary, "certain") == {"all": 0.5}
    assert summary.abstained == {"certainty": 1, "stance": 0}
    with pytest.raises(InputError, match=r"left empty \(--abstain\)"):
        rolled_up(*rows, confusions=read_report(report(tmp_path, errors=1)))


def test_values_beyond_those_kept_apart_are_pooled(
    rolled_up: Callable[..., Summary], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hedgerow.summary.counting.MAX_GROUPS", 2)
    summary = rolled_up(*(labelled(str(number), outlet=f"{number}") for number in range(5)), by="outlet")
    assert [(group.name, group.sentences) for group in summary.groups] == [("(others)", 3), ("0", 1), ("1", 1)]
    assert summary.pooled == 3


def test_rare_phrases_are_dropped_and_frequent_ones_are_not() -> None:
    phrases = PhraseCounts(kept=5)
    for number in range(40):
        phrases.add(SpanType.ATTRIBUTION, f"word {number}")
        phrases.add(SpanType.ATTRIBUTION, "Said  So")
    assert phrases.most_frequent(1, sources=False) == [(SpanType.ATTRIBUTION, "said so", 40)]
    assert not phrases.exact


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "corpus.jsonl:2: Invalid JSON"),
        (b'{"doc": "a"}', "corpus.jsonl:2: certainty: Field required"),
        (json.dumps(labelled("a", "sure")).encode(), "corpus.jsonl:2: certainty: .*'possible'.*, not 'sure'"),
        (b'{"text": "\xff"}', "corpus.jsonl:2: Invalid JSON"),
    ],
)
def test_a_row_that_is_not_a_labelled_sentence_is_rejected_by_line(
    rolled_up: Callable[..., Summary], line: bytes, fault: str
) -> None:
    with pytest.raises(InputError, match=fault):
        rolled_up(labelled("a"), line)


def test_rows_that_cannot_be_grouped_are_an_error(rolled_up: Callable[..., Summary]) -> None:
    with pytest.raises(InputError, match=r"no row has a column 'outlt'; the columns of the input are date, outlet"):
        rolled_up(labelled("1", outlet="A", date="2026"), by="outlt")
    with pytest.raises(InputError, match="names no column"):
        Group("month:")
    with pytest.raises(InputError, match="no labelled sentence"):
        rolled_up(b"")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file"),
        ("{", "not JSON"),
        ("{}", "schema None, not 2"),
        ({}, "a report of the kind 'evaluation', which has no confusion matrix"),
        ({"scores": {}}, "no confusion matrix of certainty"),
        ({"scores": {"certainty": {"confusion": {"labels": ["a"], "counts": [[1]]}}}}, "not over the labels"),
    ],
)
def test_a_file_that_is_not_a_report_is_rejected(
    tmp_path: Path, content: str | dict[str, Any] | None, fault: str
) -> None:
    path = tmp_path / "report.json"
    if isinstance(content, str):
        path.write_text(content)
    elif content is not None:
        written(path, content)
    with pytest.raises(InputError, match=rf"report\.json: .*{fault}"):
        read_report(path)


def test_a_label_that_was_never_measured_cannot_be_corrected(tmp_path: Path) -> None:
    path = report(tmp_path, errors=1)
    found = json.loads(path.read_text())
    found["figures"]["scores"]["stance"]["confusion"]["counts"][4] = [0] * 5
    path.write_text(json.dumps(found))
    with pytest.raises(InputError, match="no sentence whose stance is disputed"):
        read_report(path)


def test_a_run_folder_is_read_in_the_order_of_its_parts(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    manifest = tmp_path / "manifest.json"
    with pytest.raises(InputError, match=r"no manifest\.json"):
        find_labelled(tmp_path)
    for content, fault in (
        ("{", "broken JSON"),
        ('{"complete": false}', "not finished"),
        ('{"complete": true}', "has no parts"),
        ('{"complete": true, "parts": [{"name": "../a.jsonl", "sha256": "0"}]}', "not a run's manifest"),
    ):
        manifest.write_text(content)
        with pytest.raises(InputError, match=fault):
            find_labelled(tmp_path)
    names = ("part-00000.jsonl", "part-00001.jsonl")
    for name in (*names, "part-00002.jsonl"):
        (tmp_path / "parts" / name).write_text(json.dumps(labelled(name)) + "\n")
    parts = [{"name": name, "sha256": sha256(tmp_path / "parts" / name)} for name in names]
    manifest.write_text(json.dumps({"complete": True, "parts": parts}))
    assert [row.doc for row in read_labelled(find_labelled(tmp_path).files)] == list(names)
    with pytest.raises(InputError, match=r"not a \.jsonl, \.csv, \.parquet file"):
        find_labelled(tmp_path / "out.txt")
    (tmp_path / "parts" / names[1]).write_text("")
    with pytest.raises(InputError, match=r"part-00001\.jsonl: this part is not as the run wrote it; delete .* and run"):
        find_labelled(tmp_path)
    (tmp_path / "parts" / names[0]).unlink()
    with pytest.raises(InputError, match=r"part-00000\.jsonl: this part of the run is missing"):
        find_labelled(tmp_path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_labelled_rows_are_read_back_from_every_format(tmp_path: Path, suffix: str) -> None:
    """Abstained labels, a row of other columns and none, numbers, text over lines."""
    classifier = load("lexicon")
    prediction = classifier("He may go,\nshe “said”.")
    sentences = [
        LabelledSentence("a:1", 0, prediction, 7, {"date": "2026-03-01", "n": 1.5, "e": ""}),
        LabelledSentence("b", 0, prediction, abstained=frozenset(AXES)),
    ]
    for name in ("out.jsonl", f"out{suffix}"):
        with open_writer(tmp_path / name, classifier.model.heads) as writer:
            for sentence in sentences:
                writer.write(sentence)
    lines, other = (list(read_labelled([tmp_path / name])) for name in ("out.jsonl", f"out{suffix}"))
    assert lines == other
    assert [(row.certainty, len(row.spans) > 0) for row in other] == [(prediction.certainty, True), (None, True)]
    assert [row.row for row in other] == [{"date": "2026-03-01", "n": 1.5, "e": ""}, {}]


def test_a_run_of_tables_is_rolled_up_and_other_files_beside_its_parts_are_not(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("He may go. She left.")
    (tmp_path / "o.toml").write_text('parts = "csv"\nmodel = "lexicon"\n')
    command = [sys.executable, "-m", "hedgerow", "label", "in.txt", "--config", "o.toml", "--out", "run"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "run" / "parts" / "part-00000.jsonl").write_text("{}\n")
    origin = find_labelled(tmp_path / "run")
    assert len(list(read_labelled(origin.files))) == 2
    assert (origin.model, origin.counts["rejected"]) == ("lexicon", 0)


def test_a_damaged_page_of_parquet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    classifier = load("lexicon")
    prediction = classifier("He may go.")
    with open_writer(path, classifier.model.heads) as writer:
        for number in range(500):
            writer.write(LabelledSentence(f"a:{number}", 0, prediction))
    data = bytearray(path.read_bytes())
    data[4:200] = b"\xff" * 196
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"out\.parquet: cannot be read after row 0"):
        list(read_labelled([path]))


def test_a_table_of_another_kind_is_rejected_by_line(tmp_path: Path) -> None:
    header = "doc,certainty,stance,spans,row\n"
    for content, fault in (
        ("a,b\n1,2\n", "1: no column 'doc'"),
        ("", "1: no column"),
        (f"{header}a,certain,asserted,[]\n", "2: not as many columns"),
        (f"{header}a,certain,asserted,[],,b\n", "2: not as many columns"),
        (f'{header}a,certain,asserted,[],"{{}}"\na,sure,asserted,[],\n', "3: certainty"),
        (f"{header}a,certain,asserted,[,\n", "2: spans: not JSON"),
        (f'{header}"a', "2: unexpected end of data; the file was cut or changed"),
    ):
        (tmp_path / "a.csv").write_text(content)
        with pytest.raises(InputError, match=fault):
            list(read_labelled([tmp_path / "a.csv"]))
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read after row 0"):
        list(read_labelled([tmp_path / "a.parquet"]))


def test_the_command_writes_tables_and_a_page_of_its_own(
    corpus_file: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [labelled(str(number), date=f"2026-0{1 + number % 3}-01", spans=[THEY]) for number in range(9)]
    out, path, measured = tmp_path / "out", corpus_file(*rows), report(tmp_path, errors=1)
    settings = {"model": "base", "model_hash": "abc", "version": "9.9"}
    manifest = {"settings": settings, "counts": {"rejected": 7, "skipped": 2}, "output_sha256": sha256(path)}
    path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(manifest))
    run(path, by="month", report=measured, out=out)
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    with (out / "prevalence.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 4 * 9  # three months and all, nine labels
    assert (found[0]["by"], found[0]["label"], found[0]["share"]) == ("all", "certain", "1.0000")
    assert "2026-02" in capsys.readouterr().out
    record = Report.read(out / "summary.json")
    assert (record.kind, record.models) == ("summary", (MeasuredModel("base", "abc"),))
    assert record.command.startswith(f"hedgerow summary {path} --by month --report {measured} --out ")
    whole = record.figures["groups"][0]
    assert (whole["name"], whole["labels"][0]["share"]["value"]) == ("all", 1)
    assert [len(group["labels"]) for group in record.figures["groups"]] == [9] * 4
    page = (out / "summary.html").read_text("utf-8")
    assert page.count("<svg") == 9
    assert "http:" not in page
    assert "https:" not in page
    for said in (
        "Labelled by base, sha256 abc, hedgerow 9.9.",
        "7 rejected, 2 skipped",
        "few: fewer than 10 documents",
    ):
        assert said in page


def test_one_document_is_no_plural(rolled_up: Callable[..., Summary], capsys: pytest.CaptureFixture[str]) -> None:
    summary = rolled_up(labelled("1", outlet="A"), labelled("1", outlet="A"), by="outlet")
    print_summary(summary)
    assert "2 sentences, 1 document\n" in capsys.readouterr().out
    assert "2 sentences of 1 document, by outlet (1 value)" in page_of(summary, Origin(Path("x"), ()))


def test_labels_are_not_corrected_by_the_report_of_another_model(tmp_path: Path) -> None:
    path = written(tmp_path / "report.json", {})
    origin = Origin(Path("a.jsonl"), (), model="base", model_hash="abc")
    reject_other_model(path, origin)
    with pytest.raises(InputError, match=r"a\.jsonl: nothing says which model .* writes a\.jsonl\.manifest\.json"):
        reject_other_model(path, Origin(Path("a.jsonl"), ()))
    written(path, {}, model="lexicon", sha="def")
    with pytest.raises(InputError, match=r"measures 'lexicon', but a\.jsonl was labelled by 'base'"):
        reject_other_model(path, origin)
