"""Label Studio: write tasks, with labels as annotations or as predictions, and the labelling configuration (XML).

The configuration has one control for each head: Choices for labels, Labels for spans. A task keeps the row's other
fields in "data", as an object. Offsets are code points, as Label Studio counts since 2022.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from hedgerow.corpus.exchange.hints import colour, hint, question
from hedgerow.corpus.exchange.items import Item, Source
from hedgerow.corpus.exchange.offsets import stretch
from hedgerow.head import Head
from hedgerow.labels import Span

DATA, CONFIGURATION = "tasks.json", "labels.xml"
_TEXT = "text"


def write(items: Sequence[Item], source: Source) -> dict[str, str]:
    """Return the tasks and the configuration, as the contents of files by name."""
    tasks = ",\n".join(json.dumps(_task(item, source), ensure_ascii=False) for item in items)
    return {DATA: f"[\n{tasks}\n]\n", CONFIGURATION: configuration(source.heads)}


def configuration(heads: Sequence[Head]) -> str:
    """Return the labelling configuration for these heads."""
    view = ElementTree.Element("View")
    for head in sorted(heads, key=lambda head: head.kind, reverse=True):  # marks above the text, choices below it
        if head.kind == "span":
            _labels(ElementTree.SubElement(view, "Labels", name=head.name, toName=_TEXT), head)
    ElementTree.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    for head in heads:
        if head.kind == "label":
            ElementTree.SubElement(view, "Header", value=question(head))
            choices = ElementTree.SubElement(view, "Choices", name=head.name, toName=_TEXT, choice="single-radio")
            if not head.is_own:
                choices.set("required", "true")
            _labels(choices, head)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _labels(control: ElementTree.Element, head: Head) -> None:
    for number, label in enumerate(head.labels):
        tag = ElementTree.SubElement(control, "Label" if head.kind == "span" else "Choice", value=label)
        if (line := hint(head, label)) is not None:
            tag.set("hint", line)
        if head.kind == "span":
            tag.set("background", colour(number))


def _task(item: Item, source: Source) -> dict[str, Any]:
    task: dict[str, Any] = {"data": {_TEXT: item.text, **item.kept()}}
    results = [_choice(item, name) for name in item.labels]
    for name, spans in item.spans.items():
        results += [_span(item, source, name, span) for span in spans]
    for number, result in enumerate(results):
        result["id"] = f"{number}"
    if item.is_suggestion:
        score = min((item.score(name) or 0.0 for name in item.labels), default=0.0)
        task["predictions"] = [{"model_version": source.model, "score": score, "result": results}]
    elif item.is_labelled:
        task["annotations"] = [{"result": results}]
    return task


def _choice(item: Item, name: str) -> dict[str, Any]:
    score = item.score(name)
    value = {"choices": [item.labels[name]]}
    result = {"from_name": name, "to_name": _TEXT, "type": "choices", "value": value}
    return result if score is None else result | {"score": score}


def _span(item: Item, source: Source, name: str, span: Span) -> dict[str, Any]:
    start, end = stretch(item.text, span, source.unit)
    value = {"start": start, "end": end, "text": span.text, "labels": [str(span.type)]}
    result: dict[str, Any] = {"from_name": name, "to_name": _TEXT, "type": "labels", "value": value}
    return result if span.score is None else result | {"score": span.score}
