"""A roll-up as CSV files for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from hedgerow.summary.figures import shares
from hedgerow.summary.groups import ALL
from hedgerow.summary.roll_up import GroupPrevalence, Summary

_SIZES = ["axis", "label", "sentences", "n", "documents", "few", "count", "share", "low", "high"]
_INTERVAL = ["interval", "effective_n"]
_CORRECTED = ["corrected", "corrected_low", "corrected_high"]


def write_prevalence(summary: Summary, file: TextIO) -> None:
    """Write a row for each label of each group, the whole first; shares are in 0..1, n counts labelled sentences."""
    rows = csv.writer(file)
    rows.writerow(["by", "value", *_keys(summary), *_SIZES, *_INTERVAL, *(_CORRECTED if summary.corrected else [])])
    for by, group in _groups(summary):
        few = "few" if group.is_few else ""
        for one in group.estimates:
            sizes = [group.sentences, group.labelled[one.axis], group.documents, few, one.count]
            corrected = [] if one.corrected is None else shares(one.corrected)
            head = [by, group.name, *_values(summary, group), one.axis, one.label]
            rows.writerow([*head, *sizes, *shares(one.share), one.method, f"{one.effective:.1f}", *corrected])


def write_differences(summary: Summary, file: TextIO) -> None:
    """Write a row for each label of each two groups that are compared; `clear` if the interval leaves out 0."""
    rows = csv.writer(file)
    rows.writerow(["first", "second", "axis", "label", "difference", "low", "high", "clear"])
    for one in summary.differences:
        clear = "clear" if one.is_clear else ""
        rows.writerow([one.first, one.second, one.axis, one.label, *shares(one.score), clear])


def write_phrases(summary: Summary, file: TextIO) -> None:
    """Write a row for each of the most frequent cues and sources."""
    rows = csv.writer(file)
    rows.writerow(["kind", "type", "phrase", "count"])
    for kind, phrases in (("cue", summary.cues), ("source", summary.sources), *summary.own_phrases.items()):
        rows.writerows([kind, str(type_), phrase, number] for type_, phrase, number in phrases)


def write_examples(summary: Summary, file: TextIO) -> None:
    """Write a row for each example sentence of each label and group."""
    rows = csv.writer(file)
    rows.writerow(["by", "value", *_keys(summary), "axis", "label", "doc", "text"])
    for group in summary.groups or (summary.whole,):
        by = summary.group.by or ALL
        for axis, label, one in summary.examples.all_of(group.value, summary.scheme):
            rows.writerow([by, group.name, *_values(summary, group), axis, label, one.doc, one.text])


def _groups(summary: Summary) -> Iterator[tuple[str, GroupPrevalence]]:
    yield ALL, summary.whole
    for group in summary.groups:
        yield str(summary.group.by), group


def _keys(summary: Summary) -> list[str]:
    """Return the names of the keys, if there are several: each has a column of its own beside `value`."""
    return [key.by for key in summary.group.keys] if len(summary.group.keys) > 1 else []


def _values(summary: Summary, group: GroupPrevalence) -> list[str]:
    keys = _keys(summary)
    return list(group.value) if group.value and keys else [""] * len(keys)
