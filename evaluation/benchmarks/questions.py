"""Yes-or-no questions to others' corpora that the codebook answers too: hedged or not, attributed or not.

Only development parts are read, and parts of training files that nothing here learns from; test parts are kept for the
last look. Their rules differ from the codebook's, so a score depends on how close the rules are as well as on the
model. Hedged is any certainty but `certain`; attributed is any stance but `asserted`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hedgerow.corpus.external import objects
from hedgerow.errors import CorpusError
from hedgerow.labels import Certainty, Stance
from hedgerow.results import Prediction

Axis = Literal["hedged", "attributed"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a corpus; `answer` returns None for a row of another part, and `rule` says which rows are yes."""

    file: str
    axis: Axis
    answer: Callable[[Row], bool | None]
    rule: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence, its group (for the bootstrap), and the corpus's own answer."""

    text: str
    group: str
    yes: bool


def answer_of(prediction: Prediction, axis: Axis) -> bool:
    """Return the answer of a prediction."""
    if axis == "hedged":
        return prediction.certainty is not Certainty.CERTAIN
    return prediction.stance is not Stance.ASSERTED


def ask(folder: Path, question: Question, *, known: Collection[str], limit: int) -> list[Asked]:
    """Return at most `limit` rows of the question, drawn by hash of the text, without the texts in `known`.

    `known` are the texts that models were trained on. Raises CorpusError if the file is missing, is of another form, or
    has no row of the part.
    """
    path = folder / question.file
    by_text: dict[str, Asked] = {}
    for number, row in objects(path):
        try:
            text, answer = row["text"], question.answer(row)
            group = str(row.get("doc") or row.get("id", number))
        except (KeyError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: not a row of this corpus ({error!r}); name its folder") from None
        if answer is not None and text and text not in known:
            by_text.setdefault(text, Asked(text, group, answer))
    if not by_text:
        raise CorpusError(f"{path}: no rows of the part that this question needs")
    drawn = sorted(by_text, key=lambda text: hashlib.sha256(text.encode()).digest())[:limit]
    return [by_text[text] for text in sorted(drawn)]


def _part(name: str, read: Callable[[Row], bool]) -> Callable[[Row], bool | None]:
    return lambda row: read(row["labels"]) if row["split"] == name else None


def _wikipedia(row: Row) -> bool | None:
    return None if row["split"] == "test" else row["labels"]["certainty"] == "uncertain"


def _findings(row: Row) -> bool | None:
    aspects = row["labels"].get("aspect_certainty")
    return aspects["Probability"] == "Uncertain" if row["split"] == "val" and aspects else None


QUESTIONS: Mapping[str, Question] = {
    "Wikipedia (CoNLL-2010), training part": Question(
        "conll2010_wiki.jsonl",
        "hedged",
        _wikipedia,
        "uncertain, that is with a weasel word; the sentences that our corpora borrow are left out",
    ),
    "BioScope": Question("bioscope.jsonl", "hedged", lambda row: bool(row["labels"]["speculative"]), "speculative"),
    "Pei & Jurgens, val": Question(
        "pei_jurgens_certainty.jsonl", "hedged", _findings, "the aspect Probability is Uncertain"
    ),
    "FactAppeal, dev": Question(
        "factappeal.jsonl",
        "attributed",
        _part("dev", lambda labels: labels["sentence_class"] in ("fact_appeal", "mixed")),
        "a fact with an appeal to a source",
    ),
    "PolNeAR, dev": Question(
        "polnear.jsonl",
        "attributed",
        _part("dev", lambda labels: bool(labels["attributed"])),
        "any attribution relation, those of thoughts and intentions too",
    ),
}
