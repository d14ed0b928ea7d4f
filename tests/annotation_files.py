"""Files in the shapes that annotation tools export, with sentences of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EMOJI = "👨🏻‍🚒 crews may return, police said 😀."
BREAKS = "The minister\r\nmay\tresign."
COMBINED = "Cafe\u0301 owners re\u0301sume\u0301d talks, perhaps."


def span(text: str, words: str, kind: str) -> dict[str, Any]:
    """Return the span of the first occurrence of `words`, in code points."""
    start = text.index(words)
    return {"start": start, "end": start + len(words), "type": kind, "text": words}


ROWS: list[dict[str, Any]] = [
    {
        "id": "emoji",
        "group": "g1",
        "domain": "local",
        "text": EMOJI,
        "certainty": "possible",
        "stance": "attributed",
        "spans": [
            span(EMOJI, "may", "modal"),
            span(EMOJI, "police", "source_unnamed"),
            span(EMOJI, "said", "attribution"),
        ],
        "quality": "high",
        "round": 2,
        "score": 0.25,
        "checked": True,
        "note": 'a "quoted", note; with\na line break',
        "nothing": None,
        "empty": "",
    },
    {
        "id": "breaks",
        "doc": "minister.txt",
        "text": BREAKS,
        "certainty": "possible",
        "stance": "asserted",
        "spans": [span(BREAKS, "may", "modal")],
        "quality": "low",
        "nested": {"deep": [1, {"er": "x"}]},
    },
    {
        "id": "combined",
        "text": COMBINED,
        "certainty": "possible",
        "stance": "asserted",
        "spans": [span(COMBINED, "e", "booster"), span(COMBINED, "perhaps", "epistemic")],
        "cues": [span(COMBINED, "Cafe", "weasel")],
    },
    {
        "id": "nested",
        "text": "It is widely regarded as safe.",
        "certainty": "probable",
        "stance": "distanced",
        "spans": [
            span("It is widely regarded as safe.", "is widely regarded as", "hearsay"),
            span("It is widely regarded as safe.", "widely", "source_vague"),
        ],
    },
]


def utf16(text: str, words: str) -> tuple[int, int]:
    """Return where `words` are in `text`, in UTF-16 code units, as a browser counts."""
    before = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return before, before + len(words.encode("utf-16-le")) // 2


def label_studio_task(text: str, results: list[dict[str, Any]], **annotation: Any) -> dict[str, Any]:
    """Return a task as the JSON export of Label Studio has it."""
    return {
        "id": 204,
        "annotations": [
            {
                "id": 31,
                "completed_by": 1,
                "result": results,
                "was_cancelled": False,
                "ground_truth": False,
                "created_at": "2026-03-09T21:52:49.513742Z",
                "updated_at": "2026-03-09T22:16:08.746926Z",
                "draft_created_at": None,
                "lead_time": 4.288,
                "prediction": {},
                "result_count": len(results),
                "unique_id": "5c2b",
                "import_id": None,
                "last_action": None,
                "task": 204,
                "project": 83,
                "updated_by": 1,
                "parent_prediction": None,
                "parent_annotation": None,
                "last_created_by": None,
                **annotation,
            }
        ],
        "file_upload": "a.json",
        "drafts": [],
        "predictions": [],
        "data": {"text": text, "group": 7, "source": "wire"},
        "meta": {},
        "created_at": "2026-03-09T21:50:49Z",
        "inner_id": 1,
        "total_annotations": 1,
        "project": 83,
    }


def choice(control: str, *labels: str) -> dict[str, Any]:
    """Return a result of Choices in Label Studio."""
    value = {"choices": list(labels)}
    return {"value": value, "id": "aB1", "from_name": control, "to_name": "text", "type": "choices", "origin": "manual"}


def mark(control: str, start: int, end: int, words: str | None, label: str) -> dict[str, Any]:
    """Return a result of Labels in Label Studio."""
    value = {"start": start, "end": end, "labels": [label]} | ({} if words is None else {"text": words})
    return {"value": value, "id": "cD2", "from_name": control, "to_name": "text", "type": "labels", "origin": "manual"}


def prodigy_task(text: str, **fields: Any) -> dict[str, Any]:
    """Return a task as `prodigy db-out` writes it."""
    return {
        "text": text,
        "meta": {"source": "wire"},
        "_input_hash": -1234,
        "_task_hash": 987,
        "_view_id": "blocks",
        "answer": "accept",
        "_timestamp": 1700000000,
        "_annotator_id": "news-ana",
        "_session_id": "news-ana",
        **fields,
    }


def write_lines(path: Path, *rows: dict[str, Any]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path
