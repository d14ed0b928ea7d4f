"""A sentence as HTML: its words with cues and sources marked, its labels as data and as a short mark.

The data are what the page's script shows and filters by; without it, the tooltip and the marks say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hedgerow.labels import AXES, Span, SpanType
from hedgerow.report.markup import Element, add, add_text
from hedgerow.view.remarks import remarks
from hedgerow.writers.records import LabelledSentence

# A label is never told by colour alone. `certain` and `asserted` are the ground, and have no mark.
MARKS = {
    "certain": "", "probable": "◕", "possible": "◑", "uncommitted": "○",
    "asserted": "", "attributed": "“", "endorsed": "✓", "distanced": "~", "disputed": "✗",
}  # fmt: skip


def add_sentence(
    parent: Element, sentence: LabelledSentence, identity: str | None = None, sources: Sequence[int] = ()
) -> None:
    """Add a sentence to its block.

    `identity` is its id in the page, and makes it one that can be chosen; `sources` are the numbers of its sources in
    the document.
    """
    prediction = sentence.prediction
    chosen: dict[str, Any] = {} if identity is None else _data(sentence, sources)
    kinds = " ".join(["h-s", *(f"h-{sentence.label(axis) or 'none'}" for axis in prediction.axes)])
    made = add(parent, "span", class_=kinds, id=identity, title=describe(sentence), data_g=mark(sentence), **chosen)
    for words, span in _pieces(prediction.text, visible_spans(sentence)):
        if span is None:
            add_text(made, words)
        else:
            side = "h-source" if span.is_source else "h-cue"
            score = _whole_percent(span.score)
            add(made, "mark", words, class_=f"{side} {class_of(span.type)}", data_k=span.type, data_w=score)
    if spoken := [label for axis in AXES if MARKS.get(label := sentence.label(axis) or "", "")]:
        add(made, "span", f" ({', '.join(spoken)}) ", class_="h-spoken")


def class_of(name: str) -> str:
    """Return the class of a label or a type: those of heads of the user's own, whatever they are called, have one."""
    return f"h-{name}" if name in MARKS or name in set(SpanType) else "h-own"


def mark(sentence: LabelledSentence) -> str | None:
    """Return the short mark that stands after a sentence, None if it is certain and asserted."""
    labels = (sentence.label(axis) for axis in sentence.prediction.axes)
    return "".join("–" if label is None else MARKS[label] for label in labels) or None


def describe(sentence: LabelledSentence) -> str:
    """Return the labels with their scores, and what else is to be said, in one text."""
    heads = sentence.prediction.label_heads
    told = [f"{sentence.label(head) or 'no label'} {_percent(sentence, head)} %" for head in heads]
    cues = [f"{span.type}: {span.text}" for span in (*visible_spans(sentence), *hidden_spans(sentence))]
    return ". ".join([", ".join(told), *cues, *remarks(sentence.prediction)])


def visible_spans(sentence: LabelledSentence) -> list[Span]:
    """Return the spans in order, the codebook's first, without those that begin inside another or are empty."""
    prediction = sentence.prediction
    own = [span for spans in prediction.other_spans.values() for span in spans]
    taken: list[Span] = []
    for group in (prediction.spans, own):
        for span in sorted(group, key=lambda span: (span.start, -span.end)):
            inside = 0 <= span.start < span.end <= len(prediction.text)
            if inside and all(span.end <= one.start or one.end <= span.start for one in taken):
                taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def hidden_spans(sentence: LabelledSentence) -> list[Span]:
    """Return the spans of heads of the user's own that are not marked, because they share words with another."""
    shown = visible_spans(sentence)
    return [span for spans in sentence.prediction.other_spans.values() for span in spans if span not in shown]


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, Span | None]]:
    end = 0
    for span in spans:
        if end < span.start:
            yield text[end : span.start], None
        yield text[span.start : span.end], span
        end = span.end
    if end < len(text):
        yield text[end:], None


def _data(sentence: LabelledSentence, sources: Sequence[int]) -> dict[str, str | int | None]:
    prediction = sentence.prediction
    axes: dict[str, str] = {}
    for axis, letter in (("certainty", "c"), ("stance", "t")):
        if axis in prediction.axes:
            axes |= {f"data_{letter}": sentence.label(axis) or "none"}
            axes |= {f"data_{letter}s": _scores(prediction.scores(axis), axis)}
    own = [
        [head, sentence.label(head), [[label, round(100 * score)] for label, score in scores.items()]]
        for head, scores in prediction.other_scores.items()
    ]
    hidden = [[str(span.type), span.text, _whole_percent(span.score)] for span in hidden_spans(sentence)]
    return {
        "tabindex": -1,
        **axes,
        "data_src": " ".join(map(str, sources)) or None,
        "data_own": json.dumps(own, ensure_ascii=False) if own else None,
        "data_more": json.dumps(hidden, ensure_ascii=False) if hidden else None,
        "data_note": "\n".join(remarks(prediction)) or None,
        "data_speaker": prediction.speaker,
        "data_time": None if sentence.time is None else f"{sentence.time:.1f}",
    }


def _scores(scores: Mapping[Any, float], axis: str) -> str:
    """Return the scores of an axis in the codebook's order, as whole percents."""
    return " ".join(str(round(100 * scores.get(label, 0.0))) for label in AXES[axis])


def _whole_percent(score: float | None) -> int | None:
    return None if score is None else round(100 * score)


def _percent(sentence: LabelledSentence, head: str) -> int:
    return round(100 * max(sentence.prediction.scores(head).values()))
