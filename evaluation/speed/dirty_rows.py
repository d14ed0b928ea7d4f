"""Rows for a large run: distinct ones made by recombination, and one in a hundred dirty, of every kind in turn.

The first half of one sentence with the second half of another is not good English, but it has the words, lengths and
punctuation of text, and ten thousand sentences give a hundred million of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

TOO_LONG = 10 * 2**20 + 1  # bytes; every reader rejects a row of this length


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is written, and its error: None if it can be labelled."""

    raw: bytes
    error: str | None = None


def recombined(texts: Sequence[str]) -> Iterator[str]:
    """Yield distinct texts, each the first half of one of `texts` and the second half of another, for all pairs."""
    halves = [
        (" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])) for words in map(str.split, texts)
    ]
    firsts = list(dict.fromkeys(first for first, _ in halves if first))
    seconds = list(dict.fromkeys(second for _, second in halves if second))
    seen: set[int] = set()
    for shift in range(len(seconds)):
        for at, first in enumerate(firsts):
            text = f"{first} {seconds[(at + shift * 7919 + 1) % len(seconds)]}"
            if hash(text) not in seen:
                seen.add(hash(text))
                yield text


def json_rows(texts: Iterator[str], rows: int, *, dirty_every: int = 100, too_long: int = 3) -> Iterator[Row]:
    """Yield `rows` lines of JSON; every `dirty_every`th is dirty, and `too_long` of these are too long."""
    for number in range(rows):
        text = next(texts)
        if number % dirty_every:
            row = {"id": number, "text": text, "date": f"2026-{1 + number % 12:02}-01"}
            yield Row(json.dumps(row, ensure_ascii=False).encode())
            continue
        turn = number // dirty_every
        error, spoil = _DIRT[turn % len(_DIRT)]
        if too_long and turn % len(_DIRT) == 0:
            too_long -= 1
            yield Row(b'{"text": "' + b"x" * TOO_LONG + b'"}', "a row over 10 MB")
        else:
            yield Row(spoil(text), error)


def csv_rows(texts: Iterator[str], rows: int, *, dirty_every: int = 100) -> Iterator[Row]:
    """Yield `rows` lines of CSV without a header; every `dirty_every`th has too few columns."""
    for number in range(rows):
        quoted = next(texts).replace('"', '""')
        dirty = number % dirty_every == 0
        yield Row(str(number).encode(), "too few columns") if dirty else Row(f'{number},"{quoted}"'.encode())


def _line(name: str, value: object) -> bytes:
    return json.dumps({name: value}).encode()


_DIRT: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("broken JSON", lambda text: _line("text", text)[:-2]),
    ("NUL", lambda text: _line("text", f"{text}\0")),
    ("invalid UTF-8", lambda text: _line("text", text).replace(b" ", b" \xff", 2)),
    ("lone surrogate", lambda text: _line("text", f"{text} \ud83d")),
    ("missing field", lambda text: _line("txt", text)),
    ("a field that is no text", lambda text: _line("text", [text])),
    ("empty text", lambda text: _line("text", " " * len(text))),
)
