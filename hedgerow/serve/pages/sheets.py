"""Sheets of sentences to correct: from a text, labelled or not, and from the rows of the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Any
from unicodedata import normalize

from hedgerow import sentences
from hedgerow.corpus.decisions import is_decided
from hedgerow.corpus.journal import CorpusJournal
from hedgerow.corpus.rows import has_own_label
from hedgerow.labels import AXES, SPANS, Certainty, Example, Stance
from hedgerow.readers.input_text import InputText, Item
from hedgerow.results import Prediction
from hedgerow.serve.pages.home import CorpusState
from hedgerow.view.documents import ViewedDocument
from hedgerow.writers.records import LabelledSentence

PASTED = "pasted text"  # the name of a text that has none
PAGE = 100  # rows of the corpus on one page
HIDDEN = "hidden-"  # begins what stands for the id of a row whose own id could tell its labels
_HASH = 12  # characters of a text's hash in the ids of its sentences


@dataclass(frozen=True, slots=True)
class Corrected:
    """The corpus that is corrected, and whether labels are hidden until a person has given theirs."""

    journal: CorpusJournal
    is_blind: bool = False

    def state(self) -> CorpusState:
        """Return what the pages say of the corpus."""
        rows = self.journal.rows
        reviewed = sum(map(self.is_decided, rows))
        return CorpusState(self.journal.path.name, len(rows), reviewed, self.is_blind)

    def is_decided(self, row: Example) -> bool:
        """Return whether a person has decided the row, as this server asks it: blind or not."""
        return is_decided(row, is_blind=self.is_blind)

    def shown_id(self, row: Example) -> str:
        """Return the id by which a page calls a row of the corpus."""
        return f"{HIDDEN}{_hashed(row.text)}" if self.is_blind else row.id

    def row_of(self, shown_id: str) -> Example | None:
        """Return the row that a page calls so, None if there is none."""
        return next((row for row in self.journal.rows if shown_id in (self.shown_id(row), row.id)), None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sentences to correct: the documents say how they are laid out, `rows` have what the script needs, in order."""

    documents: tuple[ViewedDocument, ...]
    rows: tuple[dict[str, Any], ...]


def sheet_of_documents(documents: Iterable[ViewedDocument], corrected: Corrected) -> Sheet:
    """Return a sheet of a text's sentences.

    Their ids are made from the text, so the same text always has the same ones. A sentence that is in the corpus is
    shown as it is there.
    """
    documents = tuple(documents)
    rows = (row for document in documents for row in _rows_of(document, corrected))
    return Sheet(documents, tuple(rows))


def sheet_of_corpus(rows: Sequence[Example], corrected: Corrected) -> Sheet:
    """Return a sheet of rows of the corpus; rows of one group that follow each other are set as one text."""
    runs = [list(run) for _, run in groupby(rows, key=lambda row: row.group_key)]
    documents = tuple(ViewedDocument(run[0].group_key, tuple(_placed(run))) for run in runs)
    return Sheet(documents, tuple(corpus_row(row, corrected) for row in rows))


def unlabelled(items: Iterable[Item]) -> Iterator[ViewedDocument]:
    """Yield the texts as documents whose sentences nobody has labelled."""
    for item in items:
        if isinstance(item, InputText):
            text = "".join(item.chunks)
            found = tuple(
                LabelledSentence(item.name, index, _blank(one.text, one.start))
                for index, one in enumerate(sentences.stream([text]))
            )
            if found:
                yield ViewedDocument(item.name, found, text)


def _rows_of(document: ViewedDocument, corrected: Corrected) -> Iterator[dict[str, Any]]:
    whole = document.text or "\n".join(one.prediction.text for one in document.sentences)
    plain = "\n".join(whole.splitlines()).strip()  # a paste and a file of one article differ in their line ends
    group = f"text-{_hashed(normalize('NFC', plain))}"
    name = group if document.name in ("", PASTED) else document.name
    for sentence in document.sentences:
        prediction = sentence.prediction
        known = corrected.journal.find(prediction.text)
        if known is not None:
            yield corpus_row(known, corrected)
            continue
        identity = corrected.journal.free_id(f"{group}#{sentence.index}", prediction.text)
        place = {"id": identity, "doc": name, "group": group}
        labels = _hidden() if corrected.is_blind else _labels_of(prediction)
        axes = list(AXES if corrected.is_blind else prediction.axes)
        yield {**place, "text": prediction.text, **labels, "axes": axes, "state": "new"}


def corpus_row(row: Example, corrected: Corrected) -> dict[str, Any]:
    """Return a row of the corpus as the script needs it.

    Under --blind, labels that nobody has decided are hidden, and so is where any row is from: ids and groups may be
    called after what their sentences were written for. `own` is whether the row has a label of the user's own.
    """
    decided = corrected.is_decided(row)
    labels: dict[str, Any] = {axis: getattr(row, axis) for axis in AXES}
    labels[SPANS] = None if row.spans is None else [span.to_dict() for span in row.spans]
    shown = {**_hidden(), SPANS: None if row.spans is None else []} if corrected.is_blind and not decided else labels
    place = {"doc": None, "group": None} if corrected.is_blind else {"doc": row.doc, "group": row.group}
    axes = [axis for axis in AXES if row.is_labelled_on(axis)]
    more = {"axes": axes, "own": has_own_label(row.extra), "state": "decided" if decided else "kept"}
    return {"id": corrected.shown_id(row), **place, "text": row.text, **shown, **more}


def _hashed(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:_HASH]


def _hidden() -> dict[str, Any]:
    return {**dict.fromkeys(AXES), SPANS: []}


def _labels_of(prediction: Prediction) -> dict[str, Any]:
    labels: dict[str, Any] = {axis: getattr(prediction, axis) for axis in AXES}
    spans = [{name: value for name, value in span.to_dict().items() if name != "score"} for span in prediction.spans]
    scores = {
        str(label): round(100 * score) for axis in prediction.axes for label, score in prediction.scores(axis).items()
    }
    return {**labels, SPANS: spans if prediction.marks_spans else None, "scores": scores}


def _placed(run: Sequence[Example]) -> Iterator[LabelledSentence]:
    at = 0
    for index, row in enumerate(run):
        yield LabelledSentence(row.group_key, index, _blank(row.text, at))
        at += len(row.text) + 1


def _blank(text: str, start: int) -> Prediction:
    """Return a sentence of which only the text and its place are shown."""
    sure = {Certainty.CERTAIN: 1.0}
    return Prediction(text, Certainty.CERTAIN, Stance.ASSERTED, sure, {Stance.ASSERTED: 1.0}, start=start)
