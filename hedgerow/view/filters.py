"""The filters of a page: by label, by type of cue or source, and by source. They need the page's script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hedgerow.labels import AXES, SpanType
from hedgerow.report.markup import Element, add, excerpt
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.legend import TITLES, spoken
from hedgerow.view.sentence_markup import class_of, hidden_spans, visible_spans
from hedgerow.view.tallies import heads_of
from hedgerow.view.who_says import Speakers

_LISTED = 300  # sources, the most frequent


def add_filters(parent: Element, documents: Sequence[ViewedDocument], speakers: Sequence[Speakers]) -> None:
    """Add the filters, hidden until the script shows them."""
    details = add(parent, "details", class_="h-filters", id="filters", hidden="hidden")
    add(details, "summary", "Filters")
    section = add(details, "div")
    sentences = [sentence for document in documents for sentence in document.sentences]
    for head, labels in heads_of(sentences).items():
        counts = Counter(sentence.label(head) for sentence in sentences if head in sentence.prediction.label_heads)
        what = head if head in AXES else f"own:{head}"
        _add_group(section, TITLES.get(head, head), what, {label: counts[label] for label in labels})
    found = [{str(span.type) for span in (*visible_spans(sentence), *hidden_spans(sentence))} for sentence in sentences]
    kinds = Counter(kind for kinds in found for kind in kinds)
    for title, sources in (("cues", False), ("sources", True)):
        _add_group(section, TITLES[title], "kind", _types(kinds, sources=sources))
    _add_sources(section, documents, speakers)
    status = add(details, "p", class_="h-status")
    add(status, "output", id="matches", aria_live="polite")
    add(status, "button", "Show all", type="button", id="clear", hidden="hidden")


def _types(kinds: Mapping[str, int], *, sources: bool) -> dict[str, int]:
    own = [] if sources else [kind for kind in kinds if kind not in set(SpanType)]
    known: Iterable[str] = (str(kind) for kind in SpanType if kind.is_source is sources)
    return {kind: kinds[kind] for kind in (*known, *sorted(own)) if kinds.get(kind)}


def _add_group(parent: Element, title: str, what: str, counts: Mapping[str, int]) -> None:
    if not counts:
        return
    group = add(parent, "div", class_="h-chips", role="group", aria_label=title)
    add(group, "span", title, class_="h-chips-title", aria_hidden="true")
    for label, number in counts.items():
        chip = add(
            group,
            "button",
            type="button",
            class_=f"h-chip {class_of(label)}",
            aria_pressed="false",
            data_filter=what,
            data_value=label,
            disabled=None if number else "disabled",
        )
        shown = spoken(label.removeprefix("source_"))
        add(chip, "span", shown)
        add(chip, "small", f"{number:,}")


def _add_sources(parent: Element, documents: Sequence[ViewedDocument], speakers: Sequence[Speakers]) -> None:
    found = [(source, number) for number, one in enumerate(speakers, 1) for source in one.sources]
    if not found:
        return
    found.sort(key=lambda pair: (-len(pair[0].places), pair[1], pair[0].number))
    label = add(parent, "label", "Source ", class_="h-by-source")
    choice = add(label, "select", id="by-source")
    add(choice, "option", "all", value="")
    for source, number in found[:_LISTED]:
        where = f", {excerpt(documents[number - 1].name, 30)}" if len(documents) > 1 else ""
        add(
            choice,
            "option",
            f"{excerpt(source.name, 40)} ({len(source.places)}{where})",
            value=f"{number}-{source.number}",
        )
