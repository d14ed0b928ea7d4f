"""`hedgerow view`: texts, labelled rows and runs as a page, or in the terminal; bad input and bad outputs."""

from __future__ import annotations

import json
import sys
import webbrowser
from pathlib import Path
from typing import Any

import pytest

import hedgerow
from hedgerow.cli import view as command
from hedgerow.cli.view import Output, run
from hedgerow.errors import InputError
from hedgerow.io.lines import read_lines
from tests.html_elements import elements, with_class

TEXT = "A Headline\n\nHe may resign. Ann Lee said so.\n\nIt is unclear whether it will rain.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one text."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path


def view(*inputs: str, **options: Any) -> int:
    fields = {name: options.pop(name) for name in list(options) if name in Output.__dataclass_fields__}
    return run([Path(name) for name in inputs], Output(**fields), **{"model": "lexicon"} | options)


def view_rows(*inputs: str, **fields: Any) -> int:
    return run([Path(name) for name in inputs], Output(**fields))


def texts(page: Path) -> list[str]:
    nodes = elements(page.read_text("utf-8"))
    return [node.text for node in with_class(nodes, "h-block")]


def test_a_text_becomes_a_page_named_after_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert view("a.txt") == 0
    assert len(texts(folder / "a.view.html")) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "4 sentences of 1 document labelled by lexicon to a.view.html" in err


def test_a_second_page_replaces_the_first_and_nothing_else_is_replaced(folder: Path) -> None:
    view("a.txt")
    view("a.txt")
    (folder / "mine.html").write_text("<p>mine</p>")
    with pytest.raises(InputError, match=r"mine\.html exists, and hedgerow did not write it; .* --force"):
        view("a.txt", path=Path("mine.html"))
    assert (folder / "mine.html").read_text() == "<p>mine</p>"
    assert view("a.txt", path=Path("mine.html"), force=True) == 0
    with pytest.raises(InputError, match="is an input too"):
        view("a.txt", "mine.html", path=Path("mine.html"), force=True)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("page.pdf", "a page is an .html file; name it page.pdf.html"),
        ("page", "a page is an .html file; name it page.html"),
        (".", "name a file"),
        ("folder.html", "is a folder"),
    ],
)
def test_a_name_that_is_no_page_is_an_error_before_anything_is_labelled(folder: Path, path: str, error: str) -> None:
    (folder / "folder.html").mkdir()
    with pytest.raises(InputError, match=error):
        view("a.txt", path=Path(path))


def test_pages_among_the_inputs_are_passed_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    view("a.txt")
    assert view(".", path=Path("all.html")) == 0
    assert "1 file skipped: earlier output 1" in capsys.readouterr().err
    hedgerow.label_files(".", folder / "rows.jsonl", model="lexicon")
    assert len((folder / "rows.jsonl").read_text("utf-8").splitlines()) == 4


def test_the_page_goes_to_standard_output_if_it_is_asked_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert view("a.txt", path=Path("-")) == 0
    assert capsys.readouterr().out.startswith("<!DOCTYPE html>")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet", "run"])
def test_labelled_rows_give_the_page_of_their_text_without_a_model(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    view("a.txt", path=Path("labelled.html"))
    hedgerow.label_files("a.txt", folder / name, model="lexicon", keep_text=True)
    monkeypatch.setattr(command, "load", None)
    assert view_rows(name, path=Path("read.html")) == 0
    labelled, read = ((folder / one).read_text("utf-8") for one in ("labelled.html", "read.html"))
    assert labelled == read


def test_without_the_text_paragraphs_are_guessed_and_the_page_says_so(folder: Path) -> None:
    hedgerow.label_files("a.txt", folder / "rows.jsonl", model="lexicon")
    view_rows("rows.jsonl")
    assert len(texts(folder / "rows.view.html")) == 3
    assert "paragraphs are guessed" in (folder / "rows.view.html").read_text("utf-8")


def test_a_text_that_does_not_fit_the_rows_is_not_used(folder: Path) -> None:
    hedgerow.label_files("a.txt", folder / "rows.jsonl", model="lexicon", keep_text=True)
    (folder / "rows.jsonl.texts.jsonl").write_text(json.dumps({"doc": "a.txt", "text": "Something else."}) + "\n")
    view_rows("rows.jsonl")
    assert "paragraphs are guessed" in (folder / "rows.view.html").read_text("utf-8")


def test_labels_that_were_left_empty_stay_empty(folder: Path) -> None:
    (folder / "model.txt").write_text("He may resign.")
    hedgerow.label_files("model.txt", folder / "rows.csv", model="small", abstain=1.0)
    view_rows("rows.csv")
    nodes = elements((folder / "rows.view.html").read_text("utf-8"))
    (sentence,) = [node for node in with_class(nodes, "h-s") if "id" in node.attributes]
    assert (sentence.attributes["data-c"], sentence.attributes["data-t"]) == ("none", "none")
    assert "1 sentence without a label of certainty" in (folder / "rows.view.html").read_text("utf-8")


def rows_with(folder: Path, **changes: Any) -> str:
    """Write a labelled row with other values, and return the file's name."""
    hedgerow.label_files("a.txt", folder / "good.jsonl", model="lexicon")
    with (folder / "good.jsonl").open("rb") as file:
        rows = [json.loads(line.raw) for line in read_lines(file)]
    rows[1] = {name: value for name, value in (rows[1] | changes).items() if value is not ...}
    (folder / "bad.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return "bad.jsonl"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"certainty": "maybe"}, "bad.jsonl:2: certainty: .*'maybe'; name a file that hedgerow label wrote"),
        ({"certainty_scores": ...}, "bad.jsonl:2: certainty_scores: Field required"),
        ({"spans": [{"start": 3, "end": 6, "type": "modal", "text": "can"}]}, "span 'can' is not at 3–6"),
        ({"spans": [{"start": -1, "end": 6, "type": "modal", "text": "can"}]}, "spans.0.start: .*, not -1"),
        ({"text": 5}, "bad.jsonl:2: text: .*, not 5"),
        ({"tone_scores": 3, "tone": "x"}, "bad.jsonl:2: not a labelled sentence"),
    ],
)
def test_a_row_that_is_not_as_it_was_written_is_an_error_that_names_it(
    folder: Path, changes: dict[str, Any], error: str
) -> None:
    with pytest.raises(InputError, match=error):
        view_rows(rows_with(folder, **changes))
    assert not list(folder.glob("*.html"))


def test_options_that_would_do_nothing_are_errors(folder: Path) -> None:
    hedgerow.label_files("a.txt", folder / "rows.jsonl", model="lexicon")
    wrong: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
        (("rows.jsonl",), {"model": "lexicon"}, "--model is for texts, and these rows are labelled already"),
        (("rows.jsonl",), {"explained": (1,), "model": None}, "--explain asks the model"),
        (("rows.jsonl", "a.txt"), {}, r"rows\.jsonl is labelled already and a\.txt is not"),
        (("a.txt",), {"terminal": True, "path": Path("x.html")}, "leave out --terminal, or --out"),
        (("a.txt",), {"explained": (9,)}, "--explain 9: the text has the sentences 1 to 4"),
        (("a.txt", "b.txt"), {"explained": (1,)}, "view one document"),
    ]
    (folder / "b.txt").write_text("She left.")
    for inputs, options, error in wrong:
        with pytest.raises(InputError, match=error):
            view(*inputs, **options)
    assert not list(folder.glob("*.html"))


def test_rejected_rows_are_told_and_give_exit_code_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rows.jsonl").write_text('{"text": "He may go."}\n{"text": 3}\n')
    assert view("rows.jsonl") == 1
    err = capsys.readouterr().err
    assert "rejected rows.jsonl:2: field 'text' is int, not text" in err
    assert "rejected.jsonl" not in err
    (folder / "none.jsonl").write_text('{"text": 3}\n')
    assert view("none.jsonl") == 1
    assert "no page was written" in capsys.readouterr().err
    assert sorted(path.name for path in folder.glob("*.html")) == ["rows.view.html"]


def test_why_a_sentence_has_its_labels_is_on_the_page_if_asked_for(folder: Path) -> None:
    view("a.txt", explained=(2,))
    nodes = elements((folder / "a.view.html").read_text("utf-8"))
    (why,) = with_class(nodes, "h-why")
    assert why.attributes["id"] == "why-2"
    assert "He may resign." in why.text
    first = next(
        node for node in nodes if node.tag == "th" and node.attributes.get("scope") == "row" and why in node.parents
    )
    assert first.text == "may"


def test_in_the_terminal_texts_and_their_rows_look_alike(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    view("a.txt", terminal=True)
    labelled = capsys.readouterr().out
    hedgerow.label_files("a.txt", folder / "rows.csv", model="lexicon")
    view_rows("rows.csv", terminal=True)
    assert capsys.readouterr().out == labelled
    assert "   2 possible    asserted   He [may] resign." in labelled
    assert not list(folder.glob("*.html"))


@pytest.mark.parametrize("width", [20, 40, 100])
def test_the_terminal_is_never_wider_than_it_is(
    folder: Path, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert view(str(folder / "a.txt"), terminal=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert "possible asserted" in " ".join(" ".join(lines).split())


def test_a_browser_opens_on_a_desktop_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    view("a.txt", is_opened=True)
    assert opened == []
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    view("a.txt", is_opened=True)
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    view("a.txt", is_opened=False)
    assert opened == []
    view("a.txt", is_opened=True)
    assert opened == [(folder / "a.view.html").as_uri()]
