"""Offsets of annotation tools: which unit they count in, and the code points that they stand for.

A browser counts UTF-16 code units, so that an emoji counts two; Python counts code points; a tool may count grapheme
clusters, what a reader sees as one character (Unicode Standard Annex 29).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.labels import Span


class Unit(StrEnum):
    """What the offsets of a file count."""

    CODE_POINTS = "code-points"
    UTF_16 = "utf-16"
    GRAPHEMES = "graphemes"


def boundaries(text: str, unit: Unit) -> list[int | None]:
    """Return the code point at which each unit of `text` begins, and the end; None is inside a code point."""
    if unit is Unit.UTF_16:
        starts: list[int | None] = []
        for at, character in enumerate(text):
            starts += [at] if ord(character) <= 0xFFFF else [at, None]
        return [*starts, len(text)]
    if unit is Unit.GRAPHEMES:
        regex = library("regex", needed_for="--offsets graphemes")
        return [*(match.start() for match in regex.finditer(r"\X", text)), len(text)]
    return list(range(len(text) + 1))


def to_code_points(text: str, start: int, end: int, unit: Unit) -> tuple[int, int] | None:
    """Return a stretch of `text` in code points; None if it is outside or empty, or cuts a code point."""
    starts = boundaries(text, unit)
    if not 0 <= start < end < len(starts):
        return None
    first, last = starts[start], starts[end]
    return None if first is None or last is None else (first, last)


def from_code_points(text: str, start: int, end: int, unit: Unit) -> tuple[int, int] | None:
    """Return a stretch of `text` in `unit`; None if it begins or ends inside one, as inside a grapheme cluster."""
    starts = boundaries(text, unit)
    return (starts.index(start), starts.index(end)) if start in starts and end in starts else None


def locate(text: str, start: int, end: int, words: str | None, units: Sequence[Unit]) -> tuple[int, int, Unit] | None:
    """Return where a stretch is in code points, and the unit that was right, the first of `units` that fits.

    If the tool says which `words` were marked, only a unit fits that gives these; white space does not count, because
    a browser changes it.
    """
    for unit in units:
        found = to_code_points(text, start, end, unit)
        if found is not None and (words is None or same_words(text[found[0] : found[1]], words)):
            return *found, unit
    return None


def same_words(left: str, right: str) -> bool:
    r"""Return whether two texts differ in white space only; Label Studio writes a line break as the two signs \n."""
    return left.replace("\\n", " ").split() == right.replace("\\n", " ").split()


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the stretch without white space at its edges, None if there is nothing else."""
    covered = text[start:end]
    if not covered.strip():
        return None
    return start + len(covered) - len(covered.lstrip()), end - len(covered) + len(covered.rstrip())


def stretch(text: str, span: Span, unit: Unit) -> tuple[int, int]:
    """Return where a span of `text` is, in `unit`; raise InputError if the unit cannot say it."""
    found = from_code_points(text, span.start, span.end, unit)
    if found is None:
        raise InputError(
            f"span {span.start}..{span.end} {span.text!r} ({span.type}) of {text!r} begins or ends inside one of the "
            f"{unit}; count another unit in the tool, and here with --offsets"
        )
    return found
