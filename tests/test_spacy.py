"""The spaCy component: labels and spans on Docs, in batches, on disk, in several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin, Span

import hedgerow
from hedgerow import InputError, ModelError, Prediction
from hedgerow.integrations.spacy import SENTENCES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TEXT = "“We may 😀 lose. It is over,” Ms. Vell said.\n\nWill the over-loaded bridge hold?"


def pipeline(model: str = "lexicon") -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("hedgerow", config={"model": model})
    return nlp


def labels(doc: Any) -> list[tuple[str, str, str]]:
    return [(span.text, span._.certainty, span._.stance) for span in doc.spans[SENTENCES]]


@pytest.mark.parametrize("model", ["lexicon", "small"])
def test_a_doc_has_the_labels_and_spans_that_read_gives(model: str) -> None:
    doc, read = pipeline(model)(TEXT), hedgerow.load(model).read(TEXT)
    assert labels(doc) == [(one.text, one.certainty, one.stance) for one in read]
    for span, one in zip(doc.spans[SENTENCES], read, strict=True):
        assert span._.stance_scores == one.to_dict()["stance_scores"]
        assert span._.certainty_score == one.certainty_score
    for group, spans in (("cues", [one.cues for one in read]), ("sources", [one.sources for one in read])):
        marked = [(one.start + span.start, span) for one, found in zip(read, spans, strict=True) for span in found]
        characters = doc.spans[group].attrs["characters"]
        assert [TEXT[start:end] for start, end in characters] == [span.text for _, span in marked]
        assert [start for start, _ in characters] == [start for start, _ in marked]
        assert doc.spans[group].attrs["scores"] == [span.score for _, span in marked]
        assert [span.label_ for span in doc.spans[group]] == [str(span.type) for _, span in marked]
    assert [span.text for span in doc.spans["cues"]] == ["may", "said"]
    assert doc.spans[SENTENCES].attrs["split_by"] == "hedgerow"


def test_a_span_covers_every_token_that_it_touches() -> None:
    doc = spacy.tokens.Doc(spacy.blank("en").vocab, words=["It", "rained,perhaps", "."])
    (cue,) = pipeline().get_pipe("hedgerow")(doc).spans["cues"]
    assert (cue.text, doc.spans["cues"].attrs["characters"]) == ("rained,perhaps", [[10, 17]])


def test_sentence_boundaries_of_the_doc_are_kept() -> None:
    nlp = pipeline()
    nlp.add_pipe("sentencizer", first=True, config={"punct_chars": ["?"]})
    doc = nlp("  He may go. She left?  It rained.")
    assert [text for text, *_ in labels(doc)] == ["He may go. She left?", "It rained."]
    assert doc.spans[SENTENCES].attrs["characters"] == [[2, 22], [24, 34]]
    assert doc.spans[SENTENCES].attrs["split_by"] == "doc"


def test_sentences_in_one_token_have_each_their_own_labels_also_in_a_copy() -> None:
    text = "Rain?!Perhaps!No. It may."
    doc, read = pipeline()(text), hedgerow.load("lexicon").read(text)
    (stored,) = DocBin(docs=[doc]).get_docs(doc.vocab)
    for copy in (doc, stored):
        assert [span._.certainty for span in copy.spans[SENTENCES]] == [one.certainty for one in read]
        assert [copy.text[start:end] for start, end in copy.spans[SENTENCES].attrs["characters"]] == [
            one.text for one in read
        ]
    assert [span.text for span in doc.spans[SENTENCES]][:2] == ["Rain?!Perhaps!No"] * 2
    assert doc[0:1]._.certainty is None  # no telling which of two
    assert doc[2:5]._.certainty == "possible"  # the tokens of one sentence
    assert doc[2:4]._.certainty is None


def test_heads_of_ones_own_have_levels_and_another_model_leaves_nothing_of_the_first(own_heads_model: Path) -> None:
    nlp = pipeline(str(own_heads_model))
    text = "It may rain. It rained."
    doc = nlp(text)
    for span, one in zip(doc.spans[SENTENCES], hedgerow.load(own_heads_model).read(text), strict=True):
        row = one.to_dict()
        assert (span._.urgency, span._.urgency_level) == (row["urgency"], row["urgency_level"])
        assert span._.certainty is None
        assert not span.has_extension("topic_level")
    doc.spans["mine"] = [doc[0:1]]
    doc = pipeline("lexicon").get_pipe("hedgerow")(doc)
    assert [span._.certainty for span in doc.spans[SENTENCES]] == ["possible", "certain"]
    assert [span._.urgency for span in doc.spans[SENTENCES]] == [None, None]
    assert [group for group in doc.spans if group != SENTENCES] == ["mine", "cues", "sources"]


def test_a_batch_is_one_prediction_and_gives_the_labels_of_single_docs(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = pipeline("small")
    texts = [TEXT, "", "It rained.", " \n ", "It may be."] * 2
    alone = [labels(nlp(text)) for text in texts]
    calls = []
    predict = hedgerow.Classifier.predict

    def counted(self: hedgerow.Classifier, sentences: Iterable[str]) -> list[Prediction]:
        calls.append(1)
        return predict(self, sentences)

    monkeypatch.setattr(hedgerow.Classifier, "predict", counted)
    assert [labels(doc) for doc in nlp.pipe(texts, batch_size=5)] == alone
    assert len(calls) == 2
    assert alone[1] == alone[3] == []


def test_a_doc_that_cannot_be_labelled_is_an_error_or_goes_to_the_handler() -> None:
    nlp = pipeline()
    with pytest.raises(InputError, match="NUL"):
        nlp("a\0b")
    with pytest.raises(InputError, match="NUL"):
        list(nlp.pipe(["fine.", "a\0b"]))
    failed: list[str] = []
    nlp.set_error_handler(lambda _name, _component, docs, _error: failed.extend(doc.text for doc in docs))
    assert [doc.text for doc in nlp.pipe(["fine.", "a\0b", "good."])] == ["fine.", "good."]
    assert failed == ["a\0b"]


def test_docs_survive_bytes_and_a_docbin() -> None:
    nlp = pipeline()
    doc = nlp(TEXT)
    (stored,) = (
        DocBin(store_user_data=True).from_bytes(DocBin(store_user_data=True, docs=[doc]).to_bytes()).get_docs(nlp.vocab)
    )
    for copy in (stored, spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())):
        assert labels(copy) == labels(doc)
        for group in ("cues", "sources", SENTENCES):
            assert [(span.text, span.label_) for span in copy.spans[group]] == [
                (span.text, span.label_) for span in doc.spans[group]
            ]
            assert copy.spans[group].attrs == doc.spans[group].attrs


def test_a_pipeline_survives_disk_and_bytes_and_rejects_another_model(tmp_path: Path) -> None:
    nlp = pipeline()
    nlp.to_disk(tmp_path / "nlp")
    assert labels(spacy.load(tmp_path / "nlp")(TEXT)) == labels(nlp(TEXT))
    assert labels(pipeline().from_bytes(nlp.to_bytes())(TEXT)) == labels(nlp(TEXT))
    with pytest.raises(ModelError, match=r"saved with lexicon of hash [0-9a-f]{12}, and linear here has"):
        pipeline("linear").from_bytes(nlp.to_bytes())
    with pytest.raises(ModelError, match="no shipped model has this name"):
        pipeline("none")


def test_an_attribute_of_another_extension_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedgerow.integrations.spacy._registered", set())
    with pytest.raises(InputError, match=r"span\._\.certainty is another extension's"):
        pipeline()
    assert Span.has_extension("certainty")


SCRIPT = """
import spacy
nlp = spacy.blank("en")
nlp.add_pipe("hedgerow", config={"model": "lexicon"})  # nothing of hedgerow is imported
docs = list(nlp.pipe(["He may go. It rained.", "She left."] * 4, n_process=2, batch_size=3))
print([[span._.certainty for span in doc.spans["hedgerow_sentences"]] for doc in docs][:2], len(docs))
"""


def test_spacy_finds_the_component_by_its_entry_point_and_runs_it_in_two_processes(tmp_path: Path) -> None:
    """The entry point is read from pyproject: an editable install may be from before it was there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    entries = project["entry-points"]["spacy_factories"]
    info = tmp_path / "component-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: component\nVersion: 0\n", "utf-8")
    lines = ["[spacy_factories]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    ran = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout == "[['possible', 'certain'], ['certain']] 8\n", ran.stderr
