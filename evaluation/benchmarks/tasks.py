"""Published benchmarks as tasks: the rows to train on, the rows to test once, and the published figures.

A task has a label for every sentence, and cue spans if its corpus marks them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hedgerow.corpus.external import objects
from hedgerow.errors import CorpusError

Row = dict[str, Any]
Read = Callable[[Mapping[str, Any]], Row | None]
Measure = Literal["F1 of uncertain", "macro-F1", "Pearson r"]


@dataclass(frozen=True, slots=True)
class Task:
    """A benchmark.

    `train` and `test` are file names with the reader of a row. `published` is the best known figure and its source, and
    `differs` says how our copy of the data differs. `share` is the share of the last label in the official training
    part, if our rows are not an even sample of it.
    """

    train: tuple[str, Read]
    test: tuple[str, Read]
    labels: tuple[str, ...]
    cues: tuple[str, ...]
    measure: Measure
    published: str
    differs: str
    share: float | None = None

    @property
    def is_graded(self) -> bool:
        """Whether the labels are grades, learnt as a distribution whose mean is the prediction."""
        return self.measure == "Pearson r"

    @property
    def has_threshold(self) -> bool:
        """Whether the last label is predicted from a threshold on."""
        return self.measure == "F1 of uncertain"


def rows_of(folder: Path, task: Task) -> tuple[list[Row], list[Row]]:
    """Return rows {"text", "group", "label", "cues"} to train on and to test on; no text is in both.

    Raises CorpusError if a file is missing, is not of the task's form, or has no rows of its part.
    """
    train, test = (_read(folder / name, read) for name, read in (task.train, task.test))
    test_texts = {row["text"] for row in test}
    return [row for row in train if row["text"] not in test_texts], test


def _read(path: Path, read: Read) -> list[Row]:
    rows = []
    for number, raw in objects(path):
        try:
            row = read(raw)
            if row is not None and raw["text"]:
                rows.append({"text": raw["text"], "group": str(raw.get("doc") or raw.get("id", number)), **row})
        except (KeyError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: not a row of this benchmark ({error!r}); name its folder") from None
    if not rows:
        raise CorpusError(f"{path}: no rows of the part that this task needs")
    return rows


def _spans(row: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        {"start": cue["start"], "end": cue["end"], "type": kind} for cue in row.get("cues", []) if cue["type"] == kind
    ]


def _wikipedia(part: str) -> Read:
    def read(row: Mapping[str, Any]) -> Row | None:
        if not row["split"].startswith(part):
            return None
        return {"label": row["labels"]["certainty"], "cues": _spans(row, "weasel")}

    return read


def _bioscope(row: Mapping[str, Any]) -> Row:
    label = "uncertain" if row["labels"]["speculative"] else "certain"
    return {"label": label, "cues": _spans(row, "speculation")}


def _biological(row: Mapping[str, Any]) -> Row:
    return {"label": row["labels"]["certainty"], "cues": _spans(row, "speculation")}


def _factappeal(part: str) -> Read:
    def read(row: Mapping[str, Any]) -> Row | None:
        if row["split"] not in {part, "dev" if part == "train" else part}:
            return None
        kind = row["labels"]["sentence_class"]
        return {"label": "fact_appeal" if kind == "mixed" else kind}

    return read


def _pei_jurgens(part: str) -> Read:
    def read(row: Mapping[str, Any]) -> Row | None:
        if row["split"] not in {part, "val" if part == "train" else part} or "sentence_certainty" not in row["labels"]:
            return None
        return {"label": float(row["labels"]["sentence_certainty"])}

    return read


TASKS: Mapping[str, Task] = {
    "wikipedia": Task(
        ("conll2010_wiki.jsonl", _wikipedia("train")),
        ("conll2010_wiki.jsonl", _wikipedia("test")),
        ("certain", "uncertain"),
        ("weasel",),
        "F1 of uncertain",
        "70.24 (Katerenchuk & Levitan 2024)",
        "8,309 of the 11,111 training sentences; mostly certain ones are missing, some cues rebuilt;"
        " a second look at the test part (model/LOG.md)",
        2484 / 11111,  # Farkas et al. 2010
    ),
    "biological": Task(
        ("bioscope.jsonl", _bioscope),
        ("conll2010_bio_eval.jsonl", _biological),
        ("certain", "uncertain"),
        ("speculation",),
        "F1 of uncertain",
        "86.4 (Tang et al. 2010, second-hand)",
        "5,001 of the 5,003 test sentences",
    ),
    "factappeal": Task(
        ("factappeal.jsonl", _factappeal("train")),
        ("factappeal.jsonl", _factappeal("test")),
        ("fact_appeal", "fact_no_appeal", "no_fact"),
        (),
        "macro-F1",
        "none for sentences; .73 for the span task (Gemma 2 9B), TF-IDF SVC .633 for this reduction",
        "spans reduced to a label a sentence, mixed counts as appeal; texts of two parts are left out of training",
    ),
    "certainty": Task(
        ("pei_jurgens_certainty.jsonl", _pei_jurgens("train")),
        ("pei_jurgens_certainty.jsonl", _pei_jurgens("test")),
        ("1", "2", "3", "4", "5", "6"),
        (),
        "Pearson r",
        "about .63 (SciBERT, from memory); TF-IDF ridge .685 [.57, .78]",
        "136 test sentences, so the interval is wide",
    ),
}
