"""Counts of labels with 95 % intervals, and their bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hedgerow.labels import AXES
from hedgerow.metrics import Score, wilson
from hedgerow.report.markup import Element, add
from hedgerow.view.sentence_markup import class_of
from hedgerow.writers.records import LabelledSentence

WHISKER = 0.9  # units of the drawing, which is 100 wide


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the sentences that have a label of the axis have this one."""

    label: str
    count: int
    share: Score


def heads_of(sentences: Iterable[LabelledSentence]) -> dict[str, tuple[str, ...]]:
    """Return the label heads of the sentences with their labels: the axes, then the user's own."""
    heads: dict[str, tuple[str, ...]] = {}
    for sentence in sentences:
        for head in sentence.prediction.label_heads:
            if head not in heads:
                heads[head] = tuple(map(str, AXES.get(head) or sentence.prediction.other_scores[head]))
    return {head: heads[head] for head in (*AXES, *heads) if head in heads}


def title_of(head: str) -> str:
    """Return the title of a head's counts."""
    return head.capitalize() if head in AXES else head


def tallies(sentences: Sequence[LabelledSentence], head: str) -> list[Tally]:
    """Return the count of each label with Wilson's interval (1927); nothing if no sentence has a label."""
    labels = heads_of(sentences).get(head, ())
    counts = Counter(sentence.label(head) for sentence in sentences if head in sentence.prediction.label_heads)
    total = sum(counts.values()) - counts[None]
    return [Tally(label, counts[label], wilson(counts[label], total)) for label in labels] if total else []


def add_tallies(parent: Element, title: str, found: Sequence[Tally]) -> None:
    """Add a table of counts, shares, intervals and bars."""
    table = add(parent, "table", class_="h-tallies")
    add(table, "caption", title)
    head = add(add(table, "thead"), "tr")
    for name in ("label", "sentences", "share", "95 % interval"):
        add(head, "th", name, scope="col")
    body = add(table, "tbody")
    for tally in found:
        row = add(body, "tr")
        add(row, "th", tally.label, scope="row")
        add(row, "td", f"{tally.count:,}")
        add(row, "td", percent(tally.share.value))
        cell = add(row, "td")
        _bar(cell, tally)
        add(cell, "small", interval(tally.share))


def percent(share: float) -> str:
    """Return a share as whole percents, with a decimal below ten."""
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"


def interval(share: Score) -> str:
    """Return the interval of a share: `2–13 %`."""
    return f"{100 * share.low:.0f}–{100 * share.high:.0f} %"


def _bar(parent: Element, tally: Tally) -> None:
    """Draw the share as a bar and its interval as a line."""
    bar = add(parent, "svg", viewBox="0 0 100 10", preserveAspectRatio="none", class_="h-bar", aria_hidden="true")
    add(bar, "rect", class_=f"h-fill {class_of(tally.label)}", width=f"{100 * tally.share.value:.1f}", height=10)
    low, high = 100 * tally.share.low, max(100 * tally.share.high, 100 * tally.share.low + WHISKER)
    add(bar, "rect", class_="h-whisker", x=f"{low:.1f}", y=4, width=f"{high - low:.1f}", height=2)


def stacked_bar(parent: Element, shares: Sequence[tuple[str, float]]) -> None:
    """Draw the shares of an axis as one bar."""
    bar = add(parent, "svg", viewBox="0 0 100 10", preserveAspectRatio="none", class_="h-bar", aria_hidden="true")
    at = 0.0
    for label, share in shares:
        add(bar, "rect", class_=f"h-fill {class_of(label)}", x=f"{at:.1f}", width=f"{100 * share:.1f}", height=10)
        at += 100 * share
