"""The tables and the page: no figure is cut, gaps are seen, and what was damaged or left out is said."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hedgerow.cli.summary import run
from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.labels import AXES, SpanType
from hedgerow.report import Report, page_as_html
from hedgerow.summary import Group, Summary, find_labelled, read_labelled, summarise
from hedgerow.summary.definitions import AXIS_DEFINITIONS, DEFINITIONS
from hedgerow.summary.notes import notes
from hedgerow.summary.origin import Origin
from hedgerow.summary.page import summary_page
from hedgerow.summary.phrases import PhraseCounts, source_name
from hedgerow.summary.rows import LabelledRow

pytestmark = pytest.mark.slow

LONG = "The Consolidated Gazette of 1234567890 Places and 9876543210 Other Places"


def labelled(doc: str, certainty: str = "certain", **row: Any) -> dict[str, Any]:
    spans, text = row.pop("spans", []), row.pop("text", "")
    return {"doc": doc, "certainty": certainty, "stance": "asserted", "spans": spans, "text": text, "row": row}


def rolled_up(rows: list[dict[str, Any]], by: str | None = None) -> Summary:
    return summarise(map(LabelledRow.model_validate, rows), Group(by))


MADE = Report("summary", "hedgerow summary a.jsonl", "2026-05-03", "0123", "9.9")


def page_of(summary: Summary, origin: Origin | None = None) -> str:
    return page_as_html(summary_page(summary, origin or Origin(Path("a.jsonl"), ()), MADE))


def source(text: str) -> dict[str, Any]:
    return {"type": "source_named", "text": text}


@pytest.fixture
def gazette(corpus_file: Callable[..., Path]) -> Path:
    outlets = [LONG, "Courier"]
    rows = [labelled(str(n), ("certain", "possible")[n % 3 == 0], outlet=outlets[n % 2]) for n in range(2400)]
    return corpus_file(*rows)


def test_a_pipe_has_no_width(gazette: Path) -> None:
    command = [sys.executable, "-m", "hedgerow", "summary", str(gazette), "--by", "outlet"]
    environment = os.environ | {"COLUMNS": "40"}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert LONG in ran.stdout
    header = next(line for line in ran.stdout.splitlines() if "asserted" in line)
    assert all(str(label) in header for label in AXES["stance"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pty")
@pytest.mark.parametrize("columns", [12, 40, 60, 80, 200])
def test_no_figure_is_cut_on_a_terminal(gazette: Path, columns: int) -> None:
    shown = on_a_terminal(["summary", str(gazette), "--by", "outlet"], columns)
    assert "…" not in shown
    lines = shown.splitlines()
    assert len(re.findall(r" \d[\d.]* \[\d[\d.]*–\d[\d.]*\]", shown)) == 3 * 9
    assert (
        sum("  1,200  1,200  " in line for line in lines) == 2 * sum("  2,400  2,400  " in line for line in lines) > 0
    )
    if columns >= 60:
        assert max(map(len, lines)) <= columns


def on_a_terminal(arguments: list[str], columns: int) -> str:
    """Run the command on a pseudo-terminal of that width; return what it shows, without styles."""
    import fcntl
    import pty
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen(
        [sys.executable, "-m", "hedgerow", *arguments], stdout=child, stderr=child, env=environment | {"TERM": "xterm"}
    ) as process:
        os.close(child)
        found = b""
        try:
            while chunk := os.read(parent, 1 << 16):
                found += chunk
        except OSError:  # the other end is closed
            pass
        os.close(parent)
        assert process.wait() == 0, found
    return re.sub(r"\x1b\[[0-9;]*m", "", found.decode()).replace("\r\n", "\n")


def test_n_says_both_numbers_where_labels_are_empty(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [labelled(str(n)) | {"certainty": None if n < 300 else "certain"} for n in range(1200)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    run(path, out=tmp_path / "out")
    shown = capsys.readouterr().out
    assert "900 of 1,200" in shown
    assert "Sentences not counted: 300 without certainty (--abstain); n counts the others." in shown
    with (tmp_path / "out" / "prevalence.csv").open(newline="") as file:
        found = [(row["sentences"], row["n"], row["axis"]) for row in csv.DictReader(file)]
    assert set(found) == {("1200", "900", "certainty"), ("1200", "1200", "stance")}


def test_a_month_without_documents_is_a_gap() -> None:
    months = ["2024-01", "2024-02", "2024-05", "2024-08", "2024-09", "2024-10"]
    summary = rolled_up([labelled(f"{m}-{n}", date=m) for m in months for n in range(12)], "month")
    assert "No documents: 2024-03 to 2024-04, 2024-06 to 2024-07." in notes(summary)
    page = page_of(summary)
    first = page[page.index("<svg") : page.index("</svg>")]
    assert first.count('class="band"') == 2  # January and February, August to October
    assert first.count('class="whisker"') == 1  # May
    xs = [float(x) for x in re.findall(r'<circle class="dot" cx="([\d.]+)"', first)]
    steps = [after - before for before, after in pairwise(xs)]
    assert steps == pytest.approx([steps[0], 3 * steps[0], 3 * steps[0], steps[0], steps[0]], abs=0.2)
    assert re.findall(r"20\d\d-\d\d(?=</text>)", first) == ["2024-01", "2024-04", "2024-07", "2024-10"]


def test_periods_of_another_key_have_plots_of_their_own() -> None:
    rows = [labelled(f"{m}{o}{n}", date=f"2024-0{m}-01", outlet=o) for m in range(1, 4) for o in "AB" for n in range(3)]
    page = page_of(rolled_up(rows, "month,outlet"))
    assert page.count("<svg") == 9 * 2
    assert re.search("<h3[^>]*>A</h3>", page)


def test_every_label_is_defined_on_the_page() -> None:
    assert set(DEFINITIONS) == {label for labels in AXES.values() for label in labels}
    assert set(AXIS_DEFINITIONS) == set(AXES)
    page = page_of(rolled_up([labelled("1")]))
    for text in (*DEFINITIONS.values(), *AXIS_DEFINITIONS.values()):
        assert text in page
    assert "2026-05-03, hedgerow 9.9, commit 0123" in page
    assert "hedgerow summary a.jsonl" in page
    assert "Which model labelled the sentences is not recorded" in page


def test_examples_are_of_several_documents_and_the_same_in_any_order() -> None:
    rows = [labelled(f"d{n % 7}", text=f"This is sentence number {n} of them.") for n in range(60)]
    rows += [labelled("x", text="Short."), labelled("y", text="A very long sentence. " * 90)]
    kept = [rolled_up(order).examples.of((), "certainty", "certain") for order in (rows, rows[::-1])]
    assert kept[0] == kept[1]
    assert len({one.doc for one in kept[0]}) == 3
    assert all(30 <= len(one.text) <= 200 for one in kept[0])
    (few,) = [rolled_up(rows[-1:]).examples.of((), "certainty", "certain")]
    assert len(few[0].text) == 1000
    in_one = rolled_up([labelled("d", text=f"This is sentence number {n} of them.") for n in range(9)], "doc")
    assert len(in_one.examples.of(("d",), "certainty", "certain")) == 3
    again = rolled_up([labelled(str(n), text="The same sentence again and again.") for n in range(9)])
    assert len(again.examples.of((), "certainty", "certain")) == 1


def test_examples_of_the_first_groups_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedgerow.summary.examples.MAX_EXAMPLE_GROUPS", 2)
    summary = rolled_up([labelled(str(n), text="It rains.", outlet=f"{n}") for n in range(4)], "outlet")
    assert [len(summary.examples.of((str(n),), "certainty", "certain")) for n in range(4)] == [1, 1, 0, 0]
    assert any(note.startswith("Examples are those of the first") for note in notes(summary))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_field_of_the_labelled_row_is_a_group_in_every_format(tmp_path: Path, suffix: str) -> None:
    rows = [labelled("1") | {"speaker": name, "spans": "[]", "row": ""} for name in ("ANNA", "BO", None)]
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows(rows)
    else:
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist([row | {"row": None} for row in rows]), path)
    group = Group("speaker")
    summary = summarise(read_labelled([path], group.columns), group)
    assert [one.name for one in summary.groups] == ["(none)", "ANNA", "BO"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The White House", "white house"),
        ("White  House", "white house"),
        ("their own lawyers", "own lawyers"),
        ("many experts", "many experts"),
        ("the U.N.", "u.n."),
        ("Who", ""),
        ("he", ""),
        ("They", ""),
        ("Some", ""),
        ("the others", ""),
        ("We’re", ""),
        ("the", ""),
        ("one official", "one official"),
        ("It Italia", "it italia"),
        *((text, "") for text in ("no one", "No-one", "all of them", "she herself", "they both", "the former")),
        *((text, "") for text in ("the latter", "the two", "everyone else", "who knew", "those who left", "his own")),
        *((text, "") for text in ("two of the three", "he and she", "someone else’s", "neither of us")),
        ("the Times’", "times"),
        ("the Mayor's", "mayor"),
        ("two officials", "two officials"),
        ("the WHO", "who"),
        ("WHO officials", "who officials"),
        ("all of the experts", "all of the experts"),
        ("second source", "second source"),
    ],
)
def test_sources_have_no_determiners_and_are_no_pronouns(text: str, name: str) -> None:
    assert source_name(text) == name


def test_pronouns_are_left_out_of_the_sources_and_counted() -> None:
    phrases = PhraseCounts()
    for text in ("the White House", "White House", "she", "who"):
        phrases.add(SpanType.SOURCE_NAMED, text)
    phrases.add(SpanType.HEARSAY, "they say")
    assert phrases.most_frequent(9, sources=True) == [(SpanType.SOURCE_NAMED, "white house", 2)]
    assert phrases.pronouns == 2
    rows = [labelled("1", spans=[source("She"), source("the mayor")]), labelled("2", spans=[source("the Mayor")])]
    assert [group.name for group in rolled_up(rows, "source").groups] == ["mayor"]


def test_differences_are_of_two_groups_of_those_named_or_of_each_with_the_rest(
    corpus_file: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [labelled(str(n), ("certain", "possible")[n % 5 == 0], outlet="ABC"[n % 3]) for n in range(60)]
    run(corpus_file(*rows[:2], *rows[3:5]), by="outlet")
    assert "A minus B" in capsys.readouterr().out
    run(corpus_file(*rows), by="outlet", compare=("C", "A"), out=tmp_path / "out")
    assert "C minus A" in capsys.readouterr().out
    run(corpus_file(*rows), by="outlet", out=tmp_path / "out")
    assert "minus" not in capsys.readouterr().out
    assert "Each group minus the rest" in (tmp_path / "out" / "summary.html").read_text("utf-8")
    with pytest.raises(InputError, match=r"--compare: no group 'D'; the groups are A; B; C"):
        run(corpus_file(*rows), by="outlet", compare=("D", "A"))
    with pytest.raises(InputError, match="'A' is given twice"):
        run(corpus_file(*rows), by="outlet", compare=("A", "A"))
    with pytest.raises(InputError, match="give --by"):
        run(corpus_file(*rows), compare=("A", "B"))


def test_a_file_that_was_changed_after_labelling_is_noticed(corpus_file: Callable[..., Path]) -> None:
    path = corpus_file(labelled("1"), labelled("2"))
    manifest = path.with_name(f"{path.name}.manifest.json")
    manifest.write_text(json.dumps({"output_sha256": sha256(path), "counts": {"rejected": 3}}))
    assert find_labelled(path).counts == {"rejected": 3}
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(InputError, match=r"not as hedgerow label wrote it; run .* again, or remove corpus\.jsonl\.man"):
        find_labelled(path)
    manifest.write_text("[]")
    with pytest.raises(InputError, match=r"manifest\.json: a JSON list, not an object"):
        find_labelled(path)


def test_a_file_that_ends_in_the_middle_of_a_row_is_an_error_with_its_line(corpus_file: Callable[..., Path]) -> None:
    path = corpus_file(labelled("1"), labelled("2", spans=[source("He")]))
    content = path.read_bytes().rstrip(b"\n")
    for cut in range(content.index(b"\n") + 2, len(content)):
        path.write_bytes(content[:cut])
        with pytest.raises(InputError, match=r"corpus\.jsonl:2: the file ends in the middle of this row; .* again"):
            list(read_labelled([path]))
    path.write_bytes(content)  # without its last line end the row is whole
    assert len(list(read_labelled([path]))) == 2


def test_rejected_rows_beside_a_file_are_counted(corpus_file: Callable[..., Path]) -> None:
    path = corpus_file(labelled("1"))
    assert find_labelled(path).counts == {}
    path.with_name(f"{path.name}.rejected.jsonl").write_text('{"a": 1}\n\n{"a": 2}\n')
    page = page_of(rolled_up([labelled("1")]), find_labelled(path))
    assert "Rows of the input without labels: 2 rejected." in page


def test_notes_say_only_what_is_so() -> None:
    shown = " ".join(notes(rolled_up([labelled("1"), labelled("1"), labelled("2")])))
    assert "(others)" not in shown
    assert "intervals: Wilson" in shown
    abstained = labelled("1") | {"certainty": None, "stance": None}
    shown = " ".join(notes(rolled_up([abstained])))
    assert "No sentence has a label" in shown
    assert "intervals: ." not in shown
