"""The legend: what each label and type means, with one example each, from legend.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib import resources

from hedgerow.report.markup import Element, add, add_text
from hedgerow.view.sentence_markup import MARKS

TITLES = {"certainty": "Certainty", "stance": "Stance", "cues": "Cues", "sources": "Sources"}
_MARKED = re.compile(r"\[([^]]*)\]")


@cache
def definitions() -> dict[str, dict[str, tuple[str, str]]]:
    """Return the definition and the example of each term, by kind: certainty, stance, cues, sources."""
    table = tomllib.loads(resources.files("hedgerow.view").joinpath("legend.toml").read_text("utf-8"))
    return {kind: {term: (texts[0], texts[1]) for term, texts in terms.items()} for kind, terms in table.items()}


def add_legend(parent: Element, absent: Collection[str] = ()) -> None:
    """Add the legend, without the kinds in `absent`."""
    section = add(parent, "section", class_="h-legend", id="legend", aria_labelledby="legend-title")
    add(section, "h2", "What the marks mean", id="legend-title")
    grid = add(section, "div", class_="h-legend-grid")
    for kind, terms in definitions().items():
        if kind in absent:
            continue
        block = add(grid, "div")
        add(block, "h3", TITLES[kind])
        entries = add(block, "dl")
        for term, (definition, example) in terms.items():
            add(entries, "dt", spoken(term))
            entry = add(entries, "dd", definition)
            add_text(entry, " ")
            _example(add(entry, "em", class_="h-example"), kind, term, example)


def spoken(term: str) -> str:
    """Return a label or type as the page writes it: `source named` for source_named."""
    return term.replace("_", " ")


def _example(parent: Element, kind: str, term: str, text: str) -> None:
    """Add an example, marked as it would be in a text."""
    is_span = kind in ("cues", "sources")
    sentence = parent if is_span else add(parent, "span", class_=f"h-s h-{term}", data_g=MARKS[term] or None)
    for number, part in enumerate(_MARKED.split(text)):
        if number % 2 and is_span:
            add(sentence, "mark", part, class_=f"{'h-cue' if kind == 'cues' else 'h-source'} h-{term}")
        else:
            add_text(sentence, part)
