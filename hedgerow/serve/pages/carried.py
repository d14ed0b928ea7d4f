"""Labelled documents that a page carries with it: nothing is stored, so a download or a correction brings them back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hedgerow.errors import InputError
from hedgerow.io.strict_json import parse_object
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.labelled_rows import sentence_of

FIELD = "carried"


@dataclass(frozen=True, slots=True)
class Carried:
    """The documents of an answer, and the model that labelled them."""

    model: str
    documents: tuple[ViewedDocument, ...]


def pack(carried: Carried) -> str:
    """Return the documents as a text in ASCII, for a field of a form."""
    return json.dumps({"model": carried.model, "documents": [_packed(one) for one in carried.documents]})


def _packed(document: ViewedDocument) -> dict[str, Any]:
    rows = [sentence.to_dict() for sentence in document.sentences]
    return {"name": document.name, "text": document.text, "rows": rows}


def unpack(text: str) -> Carried:
    """Return the documents that `pack` wrote; raise InputError if it did not write this."""
    value = parse_object(text.encode("utf-8", "surrogatepass"))
    documents = value.get("documents")
    if not isinstance(value.get("model"), str) or not isinstance(documents, list) or not documents:
        raise InputError("these are no labelled documents; label the text again")
    return Carried(value["model"], tuple(_unpacked(one) for one in documents))


def _unpacked(value: Any) -> ViewedDocument:
    if not isinstance(value, dict) or not isinstance(value.get("rows"), list) or not value["rows"]:
        raise InputError("a document without labelled rows; label the text again")
    sentences = tuple(sentence_of(_object(row), f"row {number}") for number, row in enumerate(value["rows"], 1))
    text = value.get("text")
    if not isinstance(text, str) or not _fits(text, sentences):
        text = None
    return ViewedDocument(str(value.get("name", "")), sentences, text)


def _object(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise InputError(f"a row is {type(row).__name__}, not an object; label the text again")
    return row


def _fits(text: str, sentences: Sequence[Any]) -> bool:
    return all(text[one.prediction.start : one.prediction.end] == one.prediction.text for one in sentences)
