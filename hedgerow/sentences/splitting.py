"""Splitting: a text, whole or in chunks, to its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hedgerow.sentences.blocks import BLANK_LINE, LINE_END, find_blocks
from hedgerow.sentences.boundaries import find_sentences
from hedgerow.sentences.masks import to_plain
from hedgerow.sentences.turns import Turn, find_turns

MAX_SENTENCE = 50_000  # characters; the longest sentences in published news are under 2,000
BUFFER_SIZE = 1 << 20  # characters of one paragraph that `stream` buffers before it splits within the paragraph
_OVERLAP = 64  # characters before a new chunk that are searched again for a blank line across the two


class Sentence(NamedTuple):
    """A sentence of a text.

    `start` is its first code point in the text; `starts_block` is whether it is the first of a paragraph, list item or
    turn. `speaker` is who speaks in a transcript, else None; `label_end` is the code point of the sentence after the
    speaker's label, 0 if it has none.
    """

    start: int
    text: str
    starts_block: bool
    speaker: str | None = None
    label_end: int = 0

    @property
    def end(self) -> int:
        """The code point after the sentence."""
        return self.start + len(self.text)


def split(text: str, *, lines: bool = False) -> list[tuple[int, int]]:
    """Return the sentences of `text`, in linear time.

    Parameters
    ----------
    text : str
        A whole text. Paragraphs are separated by blank lines.
    lines : bool
        Whether every line is a paragraph.

    Returns
    -------
    list of (int, int)
        The first code point of each sentence, and the one after it; empty for white space.

    Examples
    --------
    >>> from hedgerow import sentences
    >>> sentences.split("Mr. Vell left. “Why?” she asked.")
    [(0, 14), (15, 32)]
    """
    return [(sentence.start, sentence.end) for sentence in _Splitter(lines).split(text, to_plain(text), is_all=True)]


def stream(chunks: Iterable[str], *, lines: bool = False, buffer_size: int = BUFFER_SIZE) -> Iterator[Sentence]:
    """Yield the sentences of a text that comes in chunks: those of `split` on the joined chunks.

    One paragraph is buffered at a time. If a paragraph is longer than `buffer_size` characters, it is split before it
    is complete, and only its last sentences stay in the buffer. If a paragraph may begin with the label of a speaker,
    it is kept until what follows shows whether the text is a transcript (see `turns.WINDOW`).
    """
    splitter = _Splitter(lines)
    offset = 0  # code points of the text before the buffer
    buffer = plain = ""
    limit = buffer_size
    for chunk in _whole_line_ends(chunks):
        searched = max(0, len(buffer) - _OVERLAP)
        buffer += chunk
        plain += to_plain(chunk)
        done = max((match.end() for match in splitter.paragraph_end.finditer(plain, searched)), default=0)
        sentences: list[Sentence] = []
        if done:
            sentences, done = splitter.split_known(buffer[:done], plain[:done], wait=len(buffer) <= limit)
        elif len(buffer) > limit:
            sentences = splitter.split_open(buffer, plain)
            done = sentences[-1].end if sentences else 0
            limit = buffer_size if done else 2 * len(buffer)
        yield from _moved(sentences, offset)
        offset += done
        buffer, plain = buffer[done:], plain[done:]
    yield from _moved(splitter.split(buffer, plain, is_all=not offset), offset)


def _whole_line_ends(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the chunks so that none ends between CR and LF."""
    held = ""
    for chunk in chunks:
        text = held + chunk
        held = "\r" if text.endswith("\r") else ""
        yield text[: len(text) - len(held)]
    yield held


def _moved(sentences: Iterable[Sentence], offset: int) -> Iterable[Sentence]:
    """Return sentences of the buffer with their offsets in the whole text."""
    return sentences if not offset else (sentence._replace(start=offset + sentence.start) for sentence in sentences)


@dataclass(slots=True)
class _Splitter:
    """Splits a text piece by piece, and keeps what the pieces before have shown."""

    lines: bool
    is_transcript: bool = False
    speaker: str | None = None
    in_paragraph: bool = False  # whether the next piece continues a paragraph

    @property
    def paragraph_end(self) -> re.Pattern[str]:
        """What ends a paragraph."""
        return LINE_END if self.lines else BLANK_LINE

    def split_known(self, text: str, plain: str, *, wait: bool) -> tuple[list[Sentence], int]:
        """Split the paragraphs whose speakers are known, and return where they end; all of them unless `wait`."""
        turns, self.is_transcript, known = find_turns(plain, is_transcript=self.is_transcript, is_last=not wait)
        if known < len(plain):
            known = max((match.end() for match in self.paragraph_end.finditer(plain, 0, known)), default=0)
        sentences = list(self._split(text[:known], plain[:known], turns))
        self.in_paragraph = self.in_paragraph and not known
        return sentences, known

    def split(self, text: str, plain: str, *, is_all: bool = False) -> list[Sentence]:
        """Split what is left of a text, or all of it."""
        known = self.is_transcript
        turns, self.is_transcript, _ = find_turns(plain, is_transcript=known, is_last=True, is_all=is_all)
        return list(self._split(text, plain, turns))

    def split_open(self, text: str, plain: str) -> list[Sentence]:
        """Split a paragraph that goes on, but for its last two sentences, which the following text may still join."""
        speaker = self.speaker
        sentences = self.split(text, plain)[:-2]
        self.speaker = sentences[-1].speaker if sentences else speaker
        self.in_paragraph = self.in_paragraph or bool(sentences)
        return sentences

    def _split(self, text: str, plain: str, turns: list[Turn]) -> Iterator[Sentence]:
        labels = {turn.start: turn for turn in turns if not (self.in_paragraph and _is_in_line(plain, turn.start))}
        for block_start, block_end, starts_paragraph in find_blocks(plain, labels, lines=self.lines):
            continues = self.in_paragraph and block_start == 0
            turn = labels.get(block_start)
            if turn is not None:
                self.speaker = turn.speaker
            elif starts_paragraph and not continues:
                self.speaker = None
            label = 0 if turn is None else turn.end - block_start
            starts_block = not continues
            for start, end in _spans(plain[block_start:block_end], label):
                piece = text[block_start + start : block_start + end]
                yield Sentence(
                    block_start + start, piece, starts_block, self.speaker, label if label < len(piece) else 0
                )
                starts_block, label = False, 0


def _is_in_line(text: str, place: int) -> bool:
    """Whether there is only white space before a place, and no line end."""
    return text[:place].isspace() and "\n" not in text[:place] if place else True


def _spans(block: str, label: int) -> Iterable[tuple[int, int]]:
    """Return the sentences of a block that begins with a label of this length; the label is in the first."""
    if label:
        (_, end), *others = (
            find_sentences(block[label:]) if block[label:].strip() else [(0, len(block.rstrip()) - label)]
        )
        spans = [(0, end + label), *((start + label, end + label) for start, end in others)]
    else:
        spans = list(find_sentences(block))
    if len(block) <= MAX_SENTENCE:
        return spans
    return [piece for start, end in spans for piece in _cut_long(block, start, end)]


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence at white space into pieces of at most MAX_SENTENCE characters; one word stays whole."""
    while end - start > MAX_SENTENCE:
        space = next((at for at in range(start + MAX_SENTENCE, start, -1) if text[at].isspace()), None)
        if space is None:
            break
        piece = text[start:space]
        yield start, start + len(piece.rstrip())
        start = space + len(text[space:end]) - len(text[space:end].lstrip())
    yield start, end
