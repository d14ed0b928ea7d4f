"""A sentence in lines of a fixed width: where its words, its spans and their captions stand.

Units are those of the picture, from the left end of the line. A word that belongs to a span has the span's type as a
caption below it. Captions of neighbours that have no room beside each other stand at several levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hedgerow.labels import Span
from hedgerow.report.text_width import fitted, text_width

SIZE, CAPTION_SIZE = 24, 15.5  # of the type
CAPTION_GAP = 6  # between two captions
CAPTION_MOST = 220  # the widest caption: a type of the user's own can have any name
SOURCE_PAD = 3  # between the words of a source and the box around them
_WORDS = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Caption:
    """The type of a span below its first word; `level` 0 is the nearest to the line."""

    text: str
    x: float
    width: float
    level: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together on a line, of one span or of none."""

    text: str
    x: float
    width: float
    span: Span | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sentence."""

    pieces: tuple[Piece, ...]
    captions: tuple[Caption, ...]

    @property
    def width(self) -> float:
        """Where the last word ends."""
        return max(piece.x + piece.width for piece in self.pieces)

    @property
    def levels(self) -> int:
        """The number of levels of captions."""
        return 1 + max((caption.level for caption in self.captions), default=-1)


@dataclass(frozen=True, slots=True)
class _Atom:
    """A word, or the part of it that is in a span; `is_glued` to the atom before, `is_first` of its span."""

    text: str
    span: Span | None
    is_glued: bool
    is_first: bool

    @property
    def pad(self) -> float:
        return SOURCE_PAD if self.span is not None and self.span.is_source else 0

    @property
    def width(self) -> float:
        return text_width(self.text, SIZE)


def lay_out(text: str, spans: Sequence[Span], width: float) -> list[Line]:
    """Return the lines of a sentence; the spans are in order and do not overlap."""
    lines: list[list[_Atom]] = [[]]
    for word in _words(_atoms(text, spans), width):
        if lines[-1] and not _fits([*lines[-1], *word], width):
            lines.append([])
        lines[-1].extend(word)
    return [_line(atoms) for atoms in lines if atoms]


def caption_of(span: Span) -> str:
    """Return the type of a span as the picture writes it: `named source` for source_named."""
    words = str(span.type).split("_")
    return fitted(" ".join(reversed(words) if span.is_source else words), CAPTION_SIZE, CAPTION_MOST)


def _atoms(text: str, spans: Sequence[Span]) -> Iterator[_Atom]:
    bounds = sorted({bound for span in spans for bound in (span.start, span.end)})
    begun: set[int] = set()
    for word in _WORDS.finditer(text):
        cuts = [word.start(), *(bound for bound in bounds if word.start() < bound < word.end()), word.end()]
        for start, end in pairwise(cuts):
            span = next((span for span in spans if span.start <= start < span.end), None)
            is_first = span is not None and span.start not in begun
            begun |= {span.start} if span is not None else set()
            yield _Atom(text[start:end], span, start != word.start(), is_first)


def _words(atoms: Iterable[_Atom], width: float) -> Iterator[list[_Atom]]:
    """Yield the atoms that must stand on one line; what is wider than a line is cut."""
    word: list[_Atom] = []
    for atom in (part for whole in atoms for part in _cut(whole, width)):
        if word and not (atom.is_glued and _fits([*word, atom], width)):
            yield word
            word = []
        word.append(atom)
    if word:
        yield word


def _cut(atom: _Atom, width: float) -> Iterator[_Atom]:
    text, is_first = atom.text, atom.is_first
    while text_width(text, SIZE) > width - 2 * atom.pad:
        end = next(end for end in range(len(text) - 1, 0, -1) if text_width(text[:end], SIZE) <= width - 2 * atom.pad)
        yield _Atom(text[:end], atom.span, atom.is_glued or text != atom.text, is_first)
        text, is_first = text[end:], False
    yield _Atom(text, atom.span, atom.is_glued or text != atom.text, is_first)


def _fits(atoms: Sequence[_Atom], width: float) -> bool:
    line = _line(atoms)
    ends = [*(one.x + one.width for one in line.captions), line.width + atoms[-1].pad]
    return max(ends) <= width


def _line(atoms: Sequence[_Atom]) -> Line:
    pieces: list[Piece] = []
    starts: list[tuple[float, Span]] = []
    at, before = 0.0, None
    for atom in atoms:
        space = "" if atom.is_glued or before is None else " "
        if before is not None and before.span is atom.span:
            text = pieces[-1].text + space + atom.text
            pieces[-1] = Piece(text, pieces[-1].x, text_width(text, SIZE), atom.span)
        else:
            pads = atom.pad + (0 if before is None else before.pad)
            x = at + text_width(space, SIZE) + pads
            pieces.append(Piece(atom.text, x, atom.width, atom.span))
        if atom.is_first and atom.span is not None:
            starts.append((pieces[-1].x, atom.span))
        at, before = pieces[-1].x + pieces[-1].width, atom
    return Line(tuple(pieces), tuple(_captions(starts)))


def _captions(starts: Sequence[tuple[float, Span]]) -> Iterator[Caption]:
    """Yield the captions from the right: one that would run into another stands below it.

    A thin line leads down to a low caption, so nothing stands at the levels above its beginning.
    """
    taken: list[float] = []  # where the leftmost caption begins, by level
    for x, span in reversed(starts):
        text = caption_of(span)
        width = text_width(text, CAPTION_SIZE)
        room = (level for level, begins in enumerate(taken) if x + width + CAPTION_GAP <= begins)
        level = next(room, len(taken))
        taken[: level + 1] = [x] * (level + 1)
        yield Caption(text, x, width, level)
