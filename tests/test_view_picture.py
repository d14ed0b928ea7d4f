"""Sentences as a picture: everything is there, in words, escaped, and nothing stands on anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

import hedgerow
from hedgerow import Certainty, Document, Prediction, Span, SpanType, Stance
from hedgerow.cli import view as command
from hedgerow.cli.view import Output, ThemeName, run
from hedgerow.errors import InputError
from hedgerow.report.text_width import fitted, text_width
from hedgerow.view import About, ViewedDocument, write_picture
from hedgerow.view.palette import palette
from hedgerow.view.picture import WIDTH
from hedgerow.view.picture_layout import lay_out
from hedgerow.writers.records import LabelledSentence

SVG = "{http://www.w3.org/2000/svg}"
LINE = 300  # the width of a line in tests of the layout
TEXT = """He said it may rain. If so, she says he might perhaps stay. It is unclear whether the talks will go on.
“No,” he said; they denied it. See https://example.org/an/address/without/an/end/and/on/and/on/and/on.html for it.
Some experts clearly think the so-called “miracle” allegedly works, according to a report in the Daily Bugle.
Größe 約三十パーセント is unlikely to change.
She reportedly confirmed about half of it, which is widely seen as true."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text of a picture, and the box that it stands in."""

    text: str
    x: float
    y: float
    width: float
    size: float

    def overlaps(self, other: Words) -> bool:
        beside = self.x + self.width <= other.x + 0.15 or other.x + other.width <= self.x + 0.15
        apart = self.y + 0.22 * self.size <= other.y - 0.75 * other.size
        return not beside and not apart and not other.y + 0.22 * other.size <= self.y - 0.75 * self.size


def drawn(root: Element, at: tuple[float, float] = (0, 0)) -> list[Words]:
    """The texts of a picture in order, with their boxes."""
    found = []
    for one in root:
        moved = re.fullmatch(r"translate\((\S+) (\S+)\)", one.get("transform", "translate(0 0)"))
        assert moved is not None
        place = at[0] + float(moved[1]), at[1] + float(moved[2])
        if one.tag == f"{SVG}text":
            width, size = float(one.get("textLength", "0")), float(one.get("font-size", "24"))
            found.append(Words(one.text or "", place[0] + float(one.attrib["x"]), float(one.attrib["y"]) + place[1],
                               width, size))  # fmt: skip
        found += drawn(one, place)
    return found


def picture(*labelled: Document | Prediction, theme: str | None = None) -> str:
    return write_picture([ViewedDocument.of(one) for one in labelled], About("lexicon"), theme)


def prediction(text: str, **fields: Any) -> Prediction:
    values: dict[str, Any] = {
        "certainty": Certainty.POSSIBLE, "stance": Stance.DISPUTED, "certainty_scores": {Certainty.POSSIBLE: 0.876},
        "stance_scores": {Stance.DISPUTED: 0.5}, "spans": (),
    }  # fmt: skip
    return Prediction(text, **values | fields)


def span(text: str, words: str, kind: SpanType | str) -> Span:
    return Span(text.index(words), text.index(words) + len(words), kind, words)


@pytest.fixture(scope="module")
def document() -> Document:
    return hedgerow.load("lexicon").read(TEXT)


def test_every_sentence_label_and_type_is_told_in_words(document: Document) -> None:
    root = fromstring(picture(document))
    words = [one.text for one in drawn(root)]
    for sentence in document:
        for label in (sentence.certainty, sentence.stance, *(one.type for one in sentence.spans)):
            assert " ".join(reversed(str(label).split("_"))) in words
        told = " ".join(sentence.text.split())
        assert told in (root.findtext(f"{SVG}desc") or "")
        assert "".join(told.split()) in "".join("".join(one.text.split()) for one in drawn(root) if one.size == 24)
    assert root.findtext(f"{SVG}title") == f"{len(document)} sentences with certainty and stance"
    assert {"hedgerow, labelled by lexicon", "Certainty", "Stance", *map(str, Certainty), *map(str, Stance)} <= {*words}


def test_no_text_stands_on_another_or_outside_of_the_picture(document: Document) -> None:
    text = "It is so"
    many = tuple(span(text, word, f"a_type_with_a_very_long_name_{word}") for word in ("It", "is", "so"))
    own = prediction(text, spans=(), other_spans={"own": many}, other_scores={"a head of mine " * 3: {"x" * 90: 1.0}})
    root = fromstring(picture(document, own))
    words = drawn(root)
    assert [(one, other) for one, other in combinations(words, 2) if one.overlaps(other)] == []
    assert all(one.width and one.x > 0 and one.x + one.width < WIDTH for one in words)
    assert max(one.y for one in words) < float(root.attrib["height"])


def test_markup_and_controls_in_a_text_are_escaped_and_nothing_is_asked_for() -> None:
    told = picture(prediction('<script>alert("a")</script> & \x07 ]]>', other_scores={"<b>": {"&": 1.0}}))
    root = fromstring(told)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg", "title", "desc", "metadata", "style", "rect", "path", "circle", "g", "text",
    }  # fmt: skip
    assert '<script>alert("a")</script> & \ufffd ]]>' in [one.text for one in drawn(root)]
    assert "<b>: &" in [one.text for one in drawn(root)]
    assert not re.search(r"href|url\(|@import|\son\w+=", told)


def test_colours_are_those_of_the_page_and_a_picture_without_a_theme_has_both(document: Document) -> None:
    light, dark, both = (picture(document, theme=theme) for theme in ("light", "dark", None))
    for one, theme in ((light, "light"), (dark, "dark")):
        assert f".f-possible{{fill:{palette(theme)['possible']}}}" in one
        assert "@media" not in one
    plain, _, other = both.partition("@media (prefers-color-scheme:dark){")
    assert palette("light")["paper"] in plain
    assert palette("dark")["paper"] in other
    classes = {name for one in fromstring(both).iter() for name in one.get("class", "").split()}
    assert all(f".{name}{{" in plain and f".{name}{{" in other for name in classes)


def test_it_shows_the_labels_that_there_are() -> None:
    only = fromstring(
        picture(prediction("It was loud.", stance=None, stance_scores={}, other_scores={"tone": {"b": 1}}))
    )
    words = [one.text for one in drawn(only)]
    assert {"possible", "88 %", "tone: b", "100 %"} <= {*words}
    assert "Stance" not in words
    bare = prediction("It was.", certainty=None, certainty_scores={}, stance=None, stance_scores={})
    assert [one.text for one in drawn(fromstring(picture(bare)))] == ["It was.", "hedgerow, labelled by lexicon"]
    left_empty = LabelledSentence("a", 0, prediction("It may."), abstained=frozenset({"certainty"}))
    told = write_picture([ViewedDocument("a", (left_empty,))], About())
    assert [one.text for one in drawn(fromstring(told))][1:4] == ["no certainty", "disputed", "50 %"]
    assert "(no certainty, disputed)" in told


def test_captions_without_room_beside_each_other_stand_at_levels_from_the_right() -> None:
    text = "he said it may"
    spans = [span(text, "he", SpanType.SOURCE_UNNAMED), span(text, "said", SpanType.ATTRIBUTION)]
    (line,) = lay_out(text, [*spans, span(text, "may", SpanType.MODAL)], LINE)
    levels = {caption.text: caption.level for caption in line.captions}
    assert levels == {"modal": 0, "attribution": 1, "unnamed source": 2}
    assert line.levels == 3


def test_lines_are_wrapped_between_words_and_a_word_wider_than_a_line_is_cut() -> None:
    text = f"It is according to the well known Daily Bugle, “{'x' * 60}”."
    name = span(text, "the well known Daily Bugle", SpanType.SOURCE_NAMED)
    lines = lay_out(text, [name], LINE)
    assert all(line.width <= LINE for line in lines)
    assert "".join(piece.text for line in lines for piece in line.pieces).replace(" ", "") == text.replace(" ", "")
    assert [caption.text for line in lines for caption in line.captions] == ["named source"]
    assert not any(line.pieces[0].text.startswith((",", ".")) for line in lines)


def test_widths_are_those_of_arial_and_a_text_that_is_too_wide_ends_in_an_ellipsis() -> None:
    assert text_width("Hamburg", 10) == pytest.approx(41.12)
    assert text_width("é", 10) == text_width("e\u0301", 10) == text_width("e", 10)
    assert fitted("Hamburg", 10, 41.13) == "Hamburg"
    assert fitted("Hamburg", 10, 32) == "Ham…"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("He may resign. Ann Lee said so.", "utf-8")
    return tmp_path


def view(name: str, path: str, **fields: Any) -> int:
    options: dict[str, Any] = {} if name.endswith(".jsonl") else {"model": "lexicon"}
    return run([Path(name)], Output(path=Path(path), **fields), **options)


def test_the_ending_of_the_output_asks_for_a_picture_of_a_text_or_of_labelled_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert view("a.txt", "a.svg", theme=ThemeName.DARK) == 0
    hedgerow.label_files("a.txt", folder / "rows.jsonl", model="lexicon")
    monkeypatch.setattr(command, "load", None)
    assert view("rows.jsonl", "rows.svg", theme=ThemeName.DARK) == 0
    first, second = ((folder / name).read_text("utf-8") for name in ("a.svg", "rows.svg"))
    assert "labelled by lexicon" in first
    assert first == second
    (folder / "mine.svg").write_text("<svg/>", "utf-8")
    with pytest.raises(InputError, match=r"mine\.svg exists, and hedgerow did not write it"):
        view("rows.jsonl", "mine.svg")
    assert view("rows.jsonl", "a.svg") == 0
    assert (folder / "a.svg").read_text("utf-8") != first


def test_a_long_text_is_an_error_that_names_the_page_and_nothing_is_written(folder: Path) -> None:
    (folder / "long.txt").write_text("He may resign.\n\n" * 21, "utf-8")
    hedgerow.label_files("long.txt", folder / "rows.jsonl", model="lexicon")
    for name in ("long.txt", "rows.jsonl"):
        with pytest.raises(InputError, match=r"more than 20 sentences are too many for a picture; .*NAME\.html"):
            view(name, "a.svg")
    assert not (folder / "a.svg").exists()
    twenty = hedgerow.load("lexicon").read("He may resign.\n\n" * 20)
    assert len(picture(twenty)) < 40_000
    with pytest.raises(InputError, match="more than 20 sentences"):
        picture(twenty, twenty[0])


def test_an_option_that_means_nothing_for_the_output_is_an_error(folder: Path) -> None:
    with pytest.raises(InputError, match=r"--theme is for a picture; name it with --out NAME\.svg"):
        view("a.txt", "a.html", theme=ThemeName.LIGHT)
    with pytest.raises(InputError, match="--explain is for a page"):
        view("a.txt", "a.svg", explained=(1,))
    with pytest.raises(InputError, match="--theme is for a picture"):
        run([Path("a.txt")], replace(Output(terminal=True), theme=ThemeName.LIGHT), model="lexicon")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
