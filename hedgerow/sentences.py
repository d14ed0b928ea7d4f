"""Text to sentences, with offsets: nupunkt finds the boundaries, a few fix-ups of our own mend what news trips over.

What a sentence is here:

- A blank line ends one, always: a headline or a paragraph without a full stop is a sentence of its own. A single line
  break is white space, unless the next line opens with a list mark ("- ", "* ", "• ", "2. "). Paragraphs are therefore
  independent of each other, and a text can be split while it streams.
- **Quotations.** A sentence ends inside quotation marks too: “It is over. We lost,” he said. is two sentences, the
  first “It is over. and the second We lost,” he said. A closing mark, bracket or note ("[3]") stays with what it
  closes. A reporting clause after a question or a cry belongs to it: “Really?” he asked. and “Really?” Mr. Vell asked.
  are one sentence each.
- Spans are code points, end exclusive, in order, without overlap, without white space at either end; only white space
  lies between them. So nothing of a text is lost but its white space.
- What has no end for LONGEST characters (a table, a word list) is cut at white space, lest it fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from nupunkt import sent_spans

LONGEST = 50_000  # characters of a sentence; the longest in published news are under 2,000
HOLD = 1 << 20  # characters of one paragraph that `stream` keeps before it cuts within it

# Titles and other abbreviations that a name or number follows; nupunkt's own list lacks some of these.
_TITLES = set(
    """adm amb atty brig capt cdr cmdr col cpl det dr fr gen gov hon insp lt ltc maj mr mrs ms mx msgr no nos ofc pfc
    pres prof pte pvt rep reps rev rt sec sen sens sgt sr st supt vs""".split()  # noqa: SIM905
)
_LOWER_ABBREVIATIONS = set(
    """approx cap ch chap ca cf dept ed eds est etc fig figs ibid incl lbs pp resp sec viz vol vols vs""".split()  # noqa: SIM905
)
# After "St." and "No." these open a sentence of their own: no street, saint or number is called so.
_OPENERS = set("a an and at but for he her his i if in it its no she so that the their then they this we you".split())  # noqa: SIM905
_PARTICLES = set("al bin da de del della den der di du el la le ten ter van von".split())  # noqa: SIM905
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\u2029")
# Only what follows a line break is tried, so this stays linear; a list mark needs a space and something after it.
_LIST_ITEM = re.compile(r"\n(?=[^\S\n\u2029]{0,8}(?:[-*•]|\d{1,3}[.)])[^\S\n\u2029]+\S)")
_LAST_WORD = re.compile(r"(\w{1,4})\.\s*\Z")
_WORD = re.compile(r"\w+")
_GOES_ON = re.compile(r"[a-z]+(?![A-Z\w])")  # a lower-case word, but not iPhone
_NOTES = re.compile(r"(?:\[\d{1,4}\]\s*)+")  # [3] [14], as encyclopaedias set them
_NUMBER = re.compile(r"\d{1,3}[.)]")  # a list mark that was cut from its item
_CRY = re.compile(r"[?!]['\"’”]+\Z")
_REPORTING_CLAUSE = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,4}(?:ask|said|shout|cri|call|demand|repli|wonder|snap|yell|whisper|ad[dm]|exclaim)[a-z]*\b"
)
# Where nupunkt takes an ordinary word for an abbreviation ("in the lead. Korea then ...").
# Marks are found first and the word before them then: there are few marks, and words are many. They begin only behind a
# letter, so that a long run of them is tried once.
_MISSED = re.compile(r"(?<=[a-z])[.!?]+[\"'”’)\]]{0,3}(\s+)(?=[\"'“‘(\[]{0,2}[A-Z])")
_ORDINARY = re.compile(r"(?<![\w.])[a-z]{3,20}\Z")
# nupunkt's time grows with the square of a run without white space; no sentence ends within one this long.
_LONG = 1000
_LONG_RUN = re.compile(rf"\S{{{_LONG},}}")


class Sentence(NamedTuple):
    """A sentence of a text: where it starts in it (code points), and whether a paragraph or list item begins here."""

    start: int
    text: str
    starts_block: bool


def split(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as (start, end) in code points; empty for a text of white space. Linear in its length."""
    return [(found.start, found.start + len(found.text)) for found in _split(text)]


def stream(chunks: Iterable[str], *, hold: int = HOLD) -> Iterator[Sentence]:
    """Sentences of a text that comes in pieces.

    It holds a paragraph at a time, and of a paragraph longer than `hold` characters only its last sentences. The result
    is that of `split` on the joined pieces.
    """
    offset, held, patience, fresh = 0, "", hold, True
    for chunk in chunks:
        # A paragraph's end may lie across two pieces; a piece without one is only kept.
        searched = max(0, len(held) - 64)
        held += chunk
        done = max((match.end() for match in _BLANK_LINE.finditer(held, searched)), default=0)
        sentences, whole = _split(held[:done]), True
        if not done and len(held) > patience:
            sentences, whole = _split(held)[:-2], False  # what follows may still join the last two
            done = sentences[-1].start + len(sentences[-1].text) if sentences else 0
            patience = hold if done else 2 * len(held)
        yield from _moved(sentences, offset, fresh)
        fresh = whole if done else fresh
        offset, held = offset + done, held[done:]
    yield from _moved(_split(held), offset, fresh)


def _moved(sentences: Iterable[Sentence], offset: int, fresh: bool) -> Iterator[Sentence]:
    """At their places in the whole text; the first goes on with a paragraph unless the text held was `fresh`."""
    for number, found in enumerate(sentences):
        yield Sentence(offset + found.start, found.text, found.starts_block and (fresh or number > 0))


def _split(text: str) -> list[Sentence]:
    sentences: list[Sentence] = []
    for block_start, block_end in _blocks(text):
        block = text[block_start:block_end]
        trimmed = (_trim(block, *span) for span in sent_spans(_without_long_runs(block)))
        parts = (part for span in trimmed if span[0] < span[1] for part in _cut(block, *span))
        opens = True
        for joined in _mend(block, parts):
            for start, end in _cut_long(block, *joined):
                sentences.append(Sentence(block_start + start, block[start:end], opens))
                opens = False
    return sentences


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: paragraphs and list items."""
    if "\n" not in text and "\u2029" not in text:
        if not text.isspace() and text:
            yield 0, len(text)
        return
    cuts = {0, len(text)}
    cuts.update(match.end() for match in _BLANK_LINE.finditer(text))
    cuts.update(match.start() for match in _LIST_ITEM.finditer(text))
    for start, end in pairwise(sorted(cuts)):
        if not text[start:end].isspace():
            yield start, end


def _without_long_runs(text: str) -> str:
    return text if len(text) < _LONG else _LONG_RUN.sub(_plain_run, text)


def _plain_run(run: re.Match[str]) -> str:
    """As many letters, but for the last characters, which may end a sentence."""
    return "x" * (len(run[0]) - 3) + run[0][-3:]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut where a full stop after an ordinary word was passed over, and behind note marks that open a sentence."""
    notes = _NOTES.match(text, start, end)
    if notes is not None and start < notes.end() < end:
        yield _trim(text, start, notes.end())
        start = notes.end()
    for match in _MISSED.finditer(text, start, end):
        word = _ORDINARY.search(text[max(start, match.start() - 21) : match.start()])
        if word is not None and not (match[0][0] == "." and word[0] in _LOWER_ABBREVIATIONS):
            yield start, match.start(1)
            start = match.end(1)
    yield start, end


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cut = next((at for at in range(start + LONGEST, start, -1) if text[at].isspace()), None)
        if cut is None:  # one word
            break
        yield _trim(text, start, cut)
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    yield start, end


def _mend(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join what was cut after a title ("Lt. Gen. Rowe"), before a clause that goes on, or before note marks ("[3]")."""
    held: tuple[int, int] | None = None
    for span in spans:
        if held is not None and _belongs(text, held, span):
            held = (held[0], span[1])
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _belongs(text: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether `right` goes on with the sentence `left`."""
    if _NUMBER.fullmatch(text, *left) or _NOTES.fullmatch(text, *right):
        return True
    first = _WORD.match(text, *right)
    opens = first is not None and first[0].lower() in _OPENERS
    last = _LAST_WORD.search(text, max(left[0], left[1] - 6), left[1])
    if last is not None and last[1].lower() in _TITLES:
        if last[1].lower() in {"no", "nos"}:  # a title only before a number: "He said no. She left."
            return last[1][0].isupper() and text[right[0]].isdigit()
        return last[1] == "vs" or (last[1][0].isupper() and not opens)
    if first is not None and first[0] in _PARTICLES:
        return False
    if _GOES_ON.match(text, *right) is not None:
        return True
    cry = _CRY.search(text, max(left[0], left[1] - 4), left[1])
    return cry is not None and not opens and _REPORTING_CLAUSE.match(text, *right) is not None
