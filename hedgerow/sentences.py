"""Split a text into sentences with offsets.

nupunkt finds the boundaries (Bommarito, Katz & Bommarito 2025, after Punkt, Kiss & Strunk 2006). Rules of our own
correct its errors in news.

What a sentence is here:

- A blank line always ends one: a headline, or a paragraph without a full stop, is a sentence of its own. A single line
  break is white space, unless the next line starts with a list mark ("- ", "* ", "• ", "2. "). Paragraphs are therefore
  independent of each other, and a text can be split while it streams.
- **Quotations.** A sentence ends inside quotation marks too: “It is over. We lost,” he said. is two sentences, the
  first “It is over. and the second We lost,” he said. A closing mark, bracket or note ("[3]") stays with what it
  closes. A reporting clause after a question or an exclamation belongs to it: “Really?” he asked. and “Really?” Mr.
  Vell asked. are one sentence each.
- Spans are code points, end exclusive, in order, without overlap, without white space at either end. Only white space
  is between them, so that nothing of a text is lost but white space.
- A sentence longer than MAX_SENTENCE characters (a table, a word list) is cut at white space, to bound the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from nupunkt import sent_spans

MAX_SENTENCE = 50_000  # characters; the longest sentences in published news are under 2,000
BUFFER_SIZE = 1 << 20  # characters of one paragraph that `stream` buffers before it splits within the paragraph

# Titles and other abbreviations before a name or number; nupunkt's own list lacks some of these.
_TITLES = set(
    """adm amb atty brig capt cdr cmdr col cpl det dr fr gen gov hon insp lt ltc maj mr mrs ms mx msgr no nos ofc pfc
    pres prof pte pvt rep reps rev rt sec sen sens sgt sr st supt vs""".split()  # noqa: SIM905
)
_LOWER_ABBREVIATIONS = set(
    """approx cap ch chap ca cf dept ed eds est etc fig figs ibid incl lbs pp resp sec viz vol vols vs""".split()  # noqa: SIM905
)
# After "St." and "No." these words start a sentence: no street, saint or number has such a name.
_OPENERS = set("a an and at but for he her his i if in it its no she so that the their then they this we you".split())  # noqa: SIM905
_PARTICLES = set("al bin da de del della den der di du el la le ten ter van von".split())  # noqa: SIM905
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\u2029")
_BLANK_LINE_OVERLAP = 64  # characters before a new chunk that are searched again for a blank line across the two
# Tried only after a line break, so that it is linear; a list mark needs a space and something after it.
_LIST_ITEM = re.compile(r"\n(?=[^\S\n\u2029]{0,8}(?:[-*•]|\d{1,3}[.)])[^\S\n\u2029]+\S)")
_LAST_WORD = re.compile(r"(\w{1,4})\.\s*\Z")
_WORD = re.compile(r"\w+")
_CONTINUATION = re.compile(r"[a-z]+(?![A-Z\w])")  # a lower-case word, but not iPhone
_NOTES = re.compile(r"(?:\[\d{1,4}\]\s*)+")  # [3] [14], as in encyclopaedias
_LIST_NUMBER = re.compile(r"\d{1,3}[.)]")  # a list mark that was cut from its item
_EXCLAMATION = re.compile(r"[?!]['\"’”]+\Z")
_REPORTING_CLAUSE = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,4}(?:ask|said|shout|cri|call|demand|repli|wonder|snap|yell|whisper|ad[dm]|exclaim)[a-z]*\b"
)
# Boundaries that nupunkt misses because it takes an ordinary word for an abbreviation ("in the lead. Korea then ...").
# The marks are found first, and then the word before each, because marks are few and words are many. A match starts
# only after a letter, so that a long run of marks is tried once.
_MISSED = re.compile(r"(?<=[a-z])[.!?]+[\"'”’)\]]{0,3}(\s+)(?=[\"'“‘(\[]{0,2}[A-Z])")
_ORDINARY_WORD = re.compile(r"(?<![\w.])[a-z]{3,20}\Z")
# nupunkt's time is quadratic in the length of a run without white space; no sentence ends within a run this long.
_LONG = 1000
_LONG_RUN = re.compile(rf"\S{{{_LONG},}}")


class Sentence(NamedTuple):
    """A sentence of a text.

    `start` is its first code point in the text; `starts_block` is whether it is the first of a paragraph or list item.
    """

    start: int
    text: str
    starts_block: bool

    @property
    def end(self) -> int:
        """The code point after the sentence."""
        return self.start + len(self.text)


def split(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text` as (start, end) in code points, in linear time; none for white space."""
    return [(sentence.start, sentence.end) for sentence in _split(text)]


def stream(chunks: Iterable[str], *, buffer_size: int = BUFFER_SIZE) -> Iterator[Sentence]:
    """Yield the sentences of a text that comes in chunks: those of `split` on the joined chunks.

    One paragraph is buffered at a time. If a paragraph is longer than `buffer_size` characters, it is split before it
    is complete, and only its last sentences stay in the buffer.
    """
    offset = 0  # code points of the text before the buffer
    buffer = ""
    at_block_start = True  # whether the buffer starts with a paragraph
    limit = buffer_size
    for chunk in chunks:
        searched = max(0, len(buffer) - _BLANK_LINE_OVERLAP)
        buffer += chunk
        done = max((match.end() for match in _BLANK_LINE.finditer(buffer, searched)), default=0)
        if done:
            yield from _moved(_split(buffer[:done]), offset, at_block_start)
            at_block_start = True
        elif len(buffer) > limit:
            sentences = _split(buffer)[:-2]  # the text that follows may still join the last two
            done = sentences[-1].end if sentences else 0
            yield from _moved(sentences, offset, at_block_start)
            at_block_start = at_block_start and not done
            limit = buffer_size if done else 2 * len(buffer)
        offset += done
        buffer = buffer[done:]
    yield from _moved(_split(buffer), offset, at_block_start)


def _moved(sentences: Iterable[Sentence], offset: int, at_block_start: bool) -> Iterator[Sentence]:
    """Yield sentences of the buffer with their offsets in the whole text.

    The first one continues a paragraph unless the buffer starts `at_block_start`.
    """
    for number, (start, text, starts_block) in enumerate(sentences):
        yield Sentence(offset + start, text, starts_block and (at_block_start or number > 0))


def _split(text: str) -> list[Sentence]:
    sentences: list[Sentence] = []
    for block_start, block_end in _blocks(text):
        block = text[block_start:block_end]
        trimmed = (_trim(block, *span) for span in sent_spans(_shorten_long_runs(block)))
        parts = (part for start, end in trimmed if start < end for part in _split_missed(block, start, end))
        starts_block = True
        for joined in _join_wrong_splits(block, parts):
            for start, end in _cut_long(block, *joined):
                sentences.append(Sentence(block_start + start, block[start:end], starts_block))
                starts_block = False
    return sentences


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs and list items, which no sentence crosses, without blank ones."""
    if "\n" not in text and "\u2029" not in text:
        if not text.isspace() and text:
            yield 0, len(text)
        return
    edges = {0, len(text)}
    edges.update(match.end() for match in _BLANK_LINE.finditer(text))
    edges.update(match.start() for match in _LIST_ITEM.finditer(text))
    for start, end in pairwise(sorted(edges)):
        if not text[start:end].isspace():
            yield start, end


def _shorten_long_runs(text: str) -> str:
    """Replace long runs without white space by simpler ones of the same length, for nupunkt."""
    return text if len(text) < _LONG else _LONG_RUN.sub(_plain_run, text)


def _plain_run(run: re.Match[str]) -> str:
    """Return as many letters, but keep the last characters, which may end a sentence."""
    return "x" * (len(run[0]) - 3) + run[0][-3:]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _split_missed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Split a sentence after note marks at its start, and at full stops after ordinary words."""
    notes = _NOTES.match(text, start, end)
    if notes is not None and start < notes.end() < end:
        yield _trim(text, start, notes.end())
        start = notes.end()
    for match in _MISSED.finditer(text, start, end):
        word = _ORDINARY_WORD.search(text[max(start, match.start() - 21) : match.start()])
        if word is not None and not (match[0][0] == "." and word[0] in _LOWER_ABBREVIATIONS):
            yield start, match.start(1)
            start = match.end(1)
    yield start, end


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence at white space into pieces of at most MAX_SENTENCE characters; one word stays whole."""
    while end - start > MAX_SENTENCE:
        space = next((at for at in range(start + MAX_SENTENCE, start, -1) if text[at].isspace()), None)
        if space is None:
            break
        yield _trim(text, start, space)
        start = space + len(text[space:end]) - len(text[space:end].lstrip())
    yield start, end


def _join_wrong_splits(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans that were split after a title ("Lt. Gen. Rowe"), or before a continuation or note marks ("[3]")."""
    last: tuple[int, int] | None = None
    for span in spans:
        if last is None:
            last = span
        elif _continues(text, last, span):
            last = (last[0], span[1])
        else:
            yield last
            last = span
    if last is not None:
        yield last


def _continues(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether `right` continues the sentence `left`."""
    if _LIST_NUMBER.fullmatch(text, *left) or _NOTES.fullmatch(text, *right):
        return True
    first = _WORD.match(text, *right)
    is_opener = first is not None and first[0].lower() in _OPENERS
    last = _LAST_WORD.search(text, max(left[0], left[1] - 6), left[1])
    if last is not None and last[1].lower() in _TITLES:
        if last[1].lower() in {"no", "nos"}:  # a title only before a number: "He said no. She left."
            return last[1][0].isupper() and text[right[0]].isdigit()
        return last[1] == "vs" or (last[1][0].isupper() and not is_opener)
    if first is not None and first[0] in _PARTICLES:
        return False
    if _CONTINUATION.match(text, *right) is not None:
        return True
    exclamation = _EXCLAMATION.search(text, max(left[0], left[1] - 4), left[1])
    return exclamation is not None and not is_opener and _REPORTING_CLAUSE.match(text, *right) is not None
