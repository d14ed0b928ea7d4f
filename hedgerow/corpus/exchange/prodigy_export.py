"""Prodigy: write tasks, and a recipe that asks for spans and labels of a text on one page.

Each task has its tokens, which end where a span does, so that every span can be shown. A task of a corpus has the
answer "accept"; one with a model's suggestions has none yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from hedgerow.corpus.exchange.hints import hint, listed
from hedgerow.corpus.exchange.items import Item, Source
from hedgerow.corpus.exchange.offsets import stretch
from hedgerow.labels import Span

DATA, RECIPE = "tasks.jsonl", "recipe.py"
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_RECIPE = '''"""Ask for the spans and the labels of a sentence on one page.

prodigy hedgerow DATASET {data} -F {recipe}
"""

import json

import prodigy

SPANS = {spans}
OPTIONS = {options}


@prodigy.recipe("hedgerow", dataset=("Dataset", "positional", None, str), source=("Tasks", "positional", None, str))
def hedgerow(dataset, source):
    def stream():
        with open(source, encoding="utf-8") as file:
            for line in file:
                yield {{**json.loads(line), "options": OPTIONS}}

    blocks = [{{"view_id": "spans_manual"}}, {{"view_id": "choice", "text": None}}]
    config = {{"labels": SPANS, "blocks": blocks, "choice_style": "multiple"}}
    return {{"dataset": dataset, "stream": stream(), "view_id": "blocks", "config": config}}
'''


def write(items: Sequence[Item], source: Source) -> dict[str, str]:
    """Return the tasks and the recipe, as the contents of files by name."""
    lines = (json.dumps(_task(item, source), ensure_ascii=False) for item in items)
    spans = [listed(head, label) for head in source.heads if head.kind == "span" for label in head.labels]
    options = [
        {"id": listed(head, label), "text": ": ".join(filter(None, (listed(head, label), hint(head, label))))}
        for head in source.heads
        if head.kind == "label"
        for label in head.labels
    ]
    recipe = _RECIPE.format(data=DATA, recipe=RECIPE, spans=_python(spans), options=_python(options))
    return {DATA: "".join(f"{line}\n" for line in lines), RECIPE: recipe}


def _python(values: Sequence[Any]) -> str:
    return "[\n" + "".join(f"    {value!r},\n" for value in values) + "]"


def _task(item: Item, source: Source) -> dict[str, Any]:
    heads = {head.name: head for head in source.heads}
    tokens = list(_tokens(item))
    task: dict[str, Any] = {
        "text": item.text,
        "tokens": tokens,
        "spans": [
            _span(span, listed(heads[name], str(span.type)), stretch(item.text, span, source.unit), tokens)
            for name, spans in item.spans.items()
            for span in spans
        ],
        "accept": [listed(heads[name], label) for name, label in item.labels.items()],
        "meta": {"id": item.id, **{name: item.score(name) for name in item.labels if item.is_suggestion}},
        **item.kept(),
    }
    return task | {"answer": "accept"} if item.is_labelled and not item.is_suggestion else task


def _span(span: Span, label: str, place: tuple[int, int], tokens: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    covered = [token["id"] for token in tokens if token["start"] < span.end and span.start < token["end"]]
    row: dict[str, Any] = {"start": place[0], "end": place[1], "label": label}
    if covered:  # a span of white space covers no token
        row |= {"token_start": covered[0], "token_end": covered[-1]}
    return row if span.score is None else row | {"score": span.score}


def _tokens(item: Item) -> Iterator[dict[str, Any]]:
    """Yield the words and signs of a text, cut where a span begins or ends; `ws` is whether white space follows."""
    edges = {edge for spans in item.spans.values() for span in spans for edge in (span.start, span.end)}
    for number, (start, end) in enumerate(_stretches(item.text, edges)):
        follows = end < len(item.text) and item.text[end].isspace()
        yield {"text": item.text[start:end], "start": start, "end": end, "id": number, "ws": follows}


def _stretches(text: str, edges: set[int]) -> Iterator[tuple[int, int]]:
    for match in _TOKEN.finditer(text):
        cuts = [match.start(), *sorted(edge for edge in edges if match.start() < edge < match.end()), match.end()]
        yield from pairwise(cuts)
