"""The periods of a roll-up over time, on a true axis: a period without documents leaves a gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hedgerow.summary.dates import Period
from hedgerow.summary.roll_up import GroupPrevalence, Summary


def period_of(summary: Summary) -> Period | None:
    """Return the period that rows are grouped by, None if they are not grouped by time."""
    at = summary.group.time
    return None if at is None else summary.group.keys[at].period


def positions(summary: Summary, groups: Iterable[GroupPrevalence]) -> dict[int, GroupPrevalence]:
    """Return the groups that have a date by the number of their period, in order."""
    at, period = summary.group.time, period_of(summary)
    if at is None or period is None:
        return {}
    found = ((period.position(group.value[at]), group) for group in groups)
    return {number: group for number, group in sorted(found, key=lambda one: one[0] or 0) if number is not None}


def gaps(summary: Summary) -> list[str]:
    """Return the periods between the first and the last that have no documents: `2024-03`, `2024-05 to 2024-07`."""
    period = period_of(summary)
    numbers = list(positions(summary, summary.groups))
    if period is None:
        return []
    found = []
    for before, after in pairwise(numbers):
        if after > before + 1:
            first, last = period.show(before + 1), period.show(after - 1)
            found.append(first if first == last else f"{first} to {last}")
    return found


def stretches(numbers: Sequence[int]) -> list[list[int]]:
    """Return the positions in `numbers`, which rise, of every stretch of periods without a gap."""
    found: list[list[int]] = []
    for at, number in enumerate(numbers):
        if not at or number > numbers[at - 1] + 1:
            found.append([])
        found[-1].append(at)
    return found


def series(summary: Summary) -> dict[str, list[GroupPrevalence]]:
    """Return the groups of every combination of the other keys ("" if time is the only one), the largest first."""
    found: dict[str, list[GroupPrevalence]] = {}
    at = summary.group.time
    for group in summary.groups:
        found.setdefault(", ".join(part for n, part in enumerate(group.value) if n != at), []).append(group)
    return dict(sorted(found.items(), key=lambda one: (-sum(group.sentences for group in one[1]), one[0])))
