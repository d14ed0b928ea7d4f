"""The blocks of a document: its headings, paragraphs and list items, as the text was laid out.

A blank line always ends a sentence, so the white space between two sentences tells where a paragraph ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hedgerow.view.documents import ViewedDocument
from hedgerow.writers.records import LabelledSentence

LONGEST = 60  # sentences of a block: a browser lays out only the blocks that it shows
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\u2029")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028]")
_LIST_MARK = re.compile(r"(?:[-*•‣◦▪●–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\)|(?:\d{1,3}|[ivx]{2,5})\.)\s+\S")
_SENTENCE_END = re.compile(r"[.!?…;,:][\"'”’)\]]*\Z")
_HEADING = 120  # characters
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text; `kind` is "heading", "item" or "paragraph".

    `breaks` are the places in `sentences` before which a line of the text begins.
    """

    kind: str
    sentences: Sequence[LabelledSentence]
    breaks: frozenset[int] = frozenset()


def blocks(document: ViewedDocument) -> list[Block]:
    """Return the blocks of a document, in order.

    If the text is not known, a gap of two characters or more between two sentences is taken for a paragraph's end.
    """
    found: list[Block] = []
    run: list[LabelledSentence] = []
    gaps: list[str] = []
    for sentence in document.sentences:
        gap = _gap(document, run[-1], sentence) if run else ""
        if run and (_BLANK_LINE.search(gap) or _starts_block(gap, run, sentence) or len(run) >= LONGEST):
            found.append(_block(run, gaps))
            run, gaps = [], []
        run.append(sentence)
        gaps.append(gap)
    return [*found, _block(run, gaps)] if run else found


def _gap(document: ViewedDocument, before: LabelledSentence, after: LabelledSentence) -> str:
    start, end = before.prediction.end, after.prediction.start
    if document.text is not None:
        return _LINE_END.sub("\n", document.text[start:end])
    return "\n\n" if end - start >= 2 else " "


def _starts_block(gap: str, run: list[LabelledSentence], sentence: LabelledSentence) -> bool:
    """Return whether a sentence on a new line is a list item, the turn of another speaker, or below a heading."""
    if "\n" not in gap:
        return False
    before = run[-1].prediction
    below_heading = len(run) == 1 and _is_heading(before.text)
    another = sentence.prediction.speaker not in (None, before.speaker)
    return below_heading or another or _LIST_MARK.match(sentence.prediction.text) is not None


def _block(run: list[LabelledSentence], gaps: list[str]) -> Block:
    first = run[0].prediction.text
    if len(run) == 1 and _is_heading(first):
        return Block("heading", run)
    # In hard-wrapped text lines end anywhere, also inside sentences, and mean nothing.
    wrapped = any(_LINE_END.search(sentence.prediction.text) for sentence in run)
    breaks = () if wrapped else (at for at, gap in enumerate(gaps) if at and "\n" in gap)
    return Block("item" if _LIST_MARK.match(first) else "paragraph", run, frozenset(breaks))


def _is_heading(text: str) -> bool:
    if len(text) > _HEADING or _LINE_END.search(text) or _LIST_MARK.match(text):
        return False
    return _SENTENCE_END.search(text) is None and _WORD.search(text) is not None
