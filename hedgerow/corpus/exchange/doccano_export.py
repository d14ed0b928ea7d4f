"""doccano: write texts for a project of the type "intent detection and slot filling", and the lists of its labels.

It is the one type that has both labels of the text and spans. It keeps no scores, and of spans that lie in each other
only one ("Allow overlapping spans" is an option of sequence labelling).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hedgerow.corpus.exchange.hints import colour, listed
from hedgerow.corpus.exchange.items import Item, Source
from hedgerow.corpus.exchange.offsets import stretch
from hedgerow.head import Head

DATA, CATEGORIES, SPAN_TYPES = "texts.jsonl", "category_labels.json", "span_labels.json"


def write(items: Sequence[Item], source: Source) -> dict[str, str]:
    """Return the texts and the two lists of labels, as the contents of files by name."""
    lines = (json.dumps(_row(item, source), ensure_ascii=False) for item in items)
    return {
        DATA: "".join(f"{line}\n" for line in lines),
        CATEGORIES: _label_list([head for head in source.heads if head.kind == "label"]),
        SPAN_TYPES: _label_list([head for head in source.heads if head.kind == "span"]),
    }


def _row(item: Item, source: Source) -> dict[str, Any]:
    heads = {head.name: head for head in source.heads}
    entities = [
        [*stretch(item.text, span, source.unit), listed(heads[name], str(span.type))]
        for name, spans in item.spans.items()
        for span in spans
    ]
    categories = [listed(heads[name], label) for name, label in item.labels.items()]
    return {"text": item.text, "cats": categories, "entities": entities, **item.kept()}


def _label_list(heads: Sequence[Head]) -> str:
    names = [listed(head, label) for head in heads for label in head.labels]
    labels = [
        {"text": name, "suffix_key": None, "background_color": colour(number), "text_color": "#ffffff"}
        for number, name in enumerate(names)
    ]
    return json.dumps(labels, ensure_ascii=False, indent=1) + "\n"
