"""Notebooks and Python: pieces of HTML, pages, `hedgerow.show`, and why a sentence has its labels."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import hedgerow
from hedgerow.classifier import Classifier
from hedgerow.errors import InputError, ModelError
from hedgerow.view import explain
from hedgerow.view.explaining import MAX_VARIANTS
from hedgerow.view.fragment import SHOWN
from tests.html_elements import elements, with_class


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return hedgerow.load("lexicon")


def test_a_document_is_html_in_a_notebook_with_a_style_that_touches_nothing_else(classifier: Classifier) -> None:
    html = classifier.read("A Headline\n\nHe may <b>resign</b>. She said no.")._repr_html_()
    nodes = elements(html)
    assert nodes[0].classes == {"hedgerow-view", "h-fragment"}
    assert [node.text for node in with_class(nodes, "h-cue")] == ["may", "said"]
    assert "script" not in {node.tag for node in nodes}
    assert "b" not in {node.tag for node in nodes}
    assert not [node for node in nodes if "id" in node.attributes]
    (style,) = [node.text for node in nodes if node.tag == "style"]
    rules = [line.strip() for line in style.splitlines() if line.strip().endswith(("{", "}")) and "{" in line]
    assert rules
    assert all(".hedgerow-view" in line for line in rules)
    assert "3 sentences: certain 67 %" in nodes[0].text


def test_a_sentence_is_html_with_its_labels_and_scores(classifier: Classifier) -> None:
    html = classifier("He may resign.")._repr_html_()
    assert "certainty possible" in html
    assert "modal: may" in html


def test_a_long_document_is_cut_in_a_notebook_and_says_so(classifier: Classifier) -> None:
    html = classifier.read("It rained. " * (SHOWN + 2))._repr_html_()
    assert len(with_class(elements(html), "h-s")) == SHOWN
    assert f"the first {SHOWN} are shown" in html


def test_a_document_is_written_as_a_page(classifier: Classifier, tmp_path: Path) -> None:
    document = classifier.read("He may resign.", name="note")
    document.to_html(tmp_path / "page.html", model="lexicon")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "labelled by lexicon" in page
    document.to_html(str(tmp_path / "page.html"))
    assert "not recorded" in (tmp_path / "page.html").read_text("utf-8")
    with pytest.raises(ModelError, match="no shipped model has this name"):
        document.to_html(tmp_path / "other.html", model="nobody")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        document.to_html(tmp_path / "file" / "page.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "page.html"]


def test_show_prints_a_table_outside_of_notebooks(capsys: pytest.CaptureFixture[str], classifier: Classifier) -> None:
    hedgerow.show("He may resign.", "lexicon")
    shown = capsys.readouterr().out
    assert "possible    asserted   He [may] resign." in shown
    hedgerow.show(classifier("He may resign."))
    assert capsys.readouterr().out == shown
    with pytest.raises(InputError, match="empty"):
        hedgerow.show(" ", "lexicon")


def test_show_displays_the_document_in_a_notebook(monkeypatch: pytest.MonkeyPatch, classifier: Classifier) -> None:
    displayed: list[object] = []
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=displayed.append))
    hedgerow.show("He may resign.", "lexicon")
    assert displayed == [classifier.read("He may resign.")]


def test_the_word_that_carries_the_answer_weighs_most() -> None:
    explanation = explain(hedgerow.load("small"), "The river may rise again.")
    certainty, stance = explanation.axes
    assert (certainty.label, stance.label) == ("possible", "asserted")
    assert certainty.score > certainty.runner_up_score
    assert certainty.runner_up != certainty.label
    assert [word.text for word in explanation.words] == ["The", "river", "may", "rise", "again"]
    heaviest = explanation.heaviest()[0]
    assert (heaviest.text, heaviest.start, heaviest.end) == ("may", 10, 13)
    assert heaviest.changes[0] < -0.5
    assert "not why the label would be right" in explanation.note


def test_a_change_is_that_of_the_sentence_without_the_word(classifier: Classifier) -> None:
    explanation = explain(classifier, "He may go.")
    without = classifier("He go.")
    expected = without.certainty_scores[hedgerow.Certainty.POSSIBLE] - explanation.axes[0].score
    assert explanation.words[1].changes[0] == pytest.approx(expected)


def test_a_long_sentence_asks_the_model_for_64_others_and_tries_the_cues_first(classifier: Classifier) -> None:
    asked: list[int] = []

    class Counting(Classifier):
        def predict(self, texts, *, errors="raise"):  # type: ignore[no-untyped-def]
            asked.append(len(texts))
            return super().predict(texts, errors=errors)

    text = f"{' '.join(f'word{number}' for number in range(100))} may change."
    explanation = explain(Counting(classifier.model), text)
    assert asked == [1, MAX_VARIANTS]
    assert "may" in {word.text for word in explanation.words}
    assert explanation.left_out == 102 - MAX_VARIANTS
    assert "38 more words were not tried: 64 is the limit" in explanation.note


def test_one_word_and_labels_that_only_the_text_gives_are_told(classifier: Classifier) -> None:
    assert explain(classifier, "Perhaps.").words == ()
    document = classifier.read("“It is over. We lost. They won,” said Ann Lee.")
    explanation = explain(classifier, document[1])
    assert "In its text the sentence is attributed" in explanation.note
    with pytest.raises(InputError):
        explain(classifier, " ")
