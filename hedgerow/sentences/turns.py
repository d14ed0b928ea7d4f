"""Turns: which lines of a text begin with the label of a speaker ("ANNA:", "Q:", "[00:01:02] Anna:", "<bob>").

A name before a colon is also how headlines name a source ("Mayor: bridge will not reopen"). A label therefore counts
only in a text that shows that it is a transcript:

- `Q:` and `A:`, and a name after a time or after `>>`, show it alone. So does a name in capitals whose line holds a
  full sentence, if the text is one paragraph: a row that is one turn.
- Two names whose lines hold full sentences show it together, and so does a name that returns between others. The second
  must begin within WINDOW characters of the first. `Q.` and `A.` are two such names, if `Q.` comes first. Places and
  names in lower case show it only if one returns.
- A line that is only an exact time and a name ("00:00:01 Anna", "Anna [00:01]") shows it alone.

From the first such label on, every label is one. Words that no person is called ("Note:", "Study:") are never labels.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import NamedTuple

from hedgerow.sentences.blocks import BLANK_LINE
from hedgerow.sentences.words import HTML_TAGS, NO_SPEAKERS, PLACES, ROLES

WINDOW = 1 << 16  # characters within which a second label shows that a text is a transcript

_TIME = (
    r"[\[(]?(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:,|T)?[ ]?)?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
    r"(?:[ ]?[AaPp]\.?[Mm]\.?)?[\])]?(?:[ ][-–—])?[ ]{1,4}"
)
_WORD = r"[A-ZÀ-ÖØ-Þ][\w.'’&-]{0,30}"
_NAME = (
    rf"{_WORD}(?:[ ](?:{_WORD}|of|the|de|van|von|bin|al|#?\d{{1,3}})){{0,4}}"
    r"(?:[ ]?[(\[][^()\[\]\n]{1,40}[)\]]|[ ][-–—]{1,2}[ ][^:\n.!?]{1,60}"
    rf"|,[ ]{_WORD}(?:[ ](?:{_WORD}|of|and|the)){{0,5}})?"
)
_ROLE = "|".join(sorted(ROLES))
_LABEL = re.compile(
    rf"[^\S\n]{{0,8}}\*{{0,2}}(?P<time>{_TIME})?(?P<arrows>>>+[ ]?)?\*{{0,2}}"
    r"(?:(?:BY[ ](?=M|DR|THE[ ]))?"
    rf"(?P<name>[QA]\d{{0,3}}|{_NAME}|(?:{_ROLE})|(?(time)[\w.-]{{1,30}}|[a-z][\w.-]{{1,30}}))"
    r"\*{0,2}:\*{0,2}|(?P<letter>[QA])\."
    r"|<(?P<nick>[@+~&%]?[\w^`\\|-]{1,30})>)(?=\s)\s{1,64}"
)
# A line that is only a time and a name, or a name and a time. Hours and minutes alone are those of a live report.
_EXACT = r"(?:\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?|[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])])"
_TIMED_LINE = re.compile(
    rf"[^\S\n]{{0,8}}(?:{_EXACT}(?:[ ][-–—])?[ ]{{1,4}}(?P<name>{_NAME})|(?P<first>{_NAME})[ ]{{1,4}}{_EXACT})"
    r"[^\S\n]{0,8}\n(?=\S)"
)
# Each is fast to search for.
_LABEL_ENDS = [
    re.compile(end) for end in (r":(?=[\s*])", r">(?=[\s*])", r"Q\.(?=\s)", r"A\.(?=\s)", r":\d\d(?=[\s\]).,])")
]
_MAX_LABEL = 160  # characters
_INLINE = re.compile(
    r"(?<=[.!?…\"”’)\]])[^\S\n]+(?P<label>(?:>>+[ ]?)?"
    r"(?P<name>[QA]|[A-Z][A-Z.'’-]{1,30}(?:[ ][A-Z][A-Z.'’-]{0,30}){0,3}):(?=\s)\s{1,64})"
)
_ABSTRACT = re.compile(r"[A-Z]?[a-z]+(?:[ts]ions?|ities|graphy|ologies)")  # nobody is called Preparation
_AGENCY = re.compile(r"[(\[](?:AP|AFP|Reuters|UPI|dpa|DPA|TASS|Xinhua|PTI|ANI|IANS|EFE|ANSA|Kyodo|Yonhap|Interfax)\b")
_QUESTION = re.compile(r"[QA]\d{0,3}")
_FULL_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*(?:\s|\Z)")


class Turn(NamedTuple):
    """What one speaker says at a time: where its label starts and ends, with the white space after it."""

    start: int
    end: int
    speaker: str


class _Candidate(NamedTuple):
    turn: Turn
    shows_alone: bool
    is_sentence: bool
    is_capital: bool


def find_turns(text: str, *, is_transcript: bool, is_last: bool, is_all: bool = False) -> tuple[list[Turn], bool, int]:
    """Return the turns of `text`, whether it is a transcript, and up to where that is known.

    Parameters
    ----------
    text : str
        Whole paragraphs.
    is_transcript : bool
        Whether the text before has shown it.
    is_last : bool
        Whether to decide on this text alone; without it, a label near the end may stay undecided.
    is_all : bool
        Whether this is the whole text.
    """
    candidates = list(_candidates(text, is_transcript))
    if not candidates:
        return [], is_transcript, len(text)
    if is_transcript or (is_all and candidates[0].is_capital and BLANK_LINE.search(text.strip()) is None):
        first, known = 0, len(text)
    else:
        first, known = _first_turn(candidates, len(text), is_last)
    if first == len(candidates):
        return [], is_transcript, known
    turns = [candidate.turn for candidate in candidates[first:]]
    ends = {turn.end for turn in turns}  # in "MR. FOX:" the second word is no label of its own
    inline = (turn for turn in _inline_turns(text, turns[0].end) if turn.end not in ends)
    return sorted([*turns, *inline]), True, len(text)


def _candidates(text: str, is_transcript: bool) -> Iterator[_Candidate]:
    has_questions = is_transcript
    next_line = 0  # where a line begins that follows a blank line or one with a label
    for match in _labels(text):
        if match.re is _TIMED_LINE:
            name = match["name"] or match["first"]
            if not _is_no_speaker(name, is_nick=False):
                yield _Candidate(Turn(_label_start(match), match.end(), name), True, True, False)
            continue
        name = match["name"] or match["nick"] or match["letter"]
        has_questions = has_questions or match["letter"] == "Q"
        if _is_no_speaker(name, match["nick"] is not None) or (match["letter"] is not None and not has_questions):
            continue
        is_lower = match["time"] is None and name.islower() and name not in ROLES
        if is_lower and match.start() != next_line and text[max(0, match.start() - 2) : match.start()] != "\n\n":
            continue  # "said:" at the start of a wrapped line
        turn = Turn(_label_start(match), match.end(), name)
        line_end = text.find("\n", match.end())
        next_line = line_end + 1
        is_place = name.partition(" (")[0].casefold() in PLACES or _AGENCY.search(name) is not None
        is_sentence = _FULL_SENTENCE.search(text, match.end(), len(text) if line_end < 0 else line_end) is not None
        is_marked = match["time"] is not None or match["arrows"] is not None or _QUESTION.fullmatch(match["name"] or "")
        is_sentence = is_sentence and not is_place and not is_lower
        is_capital = match["name"] is not None and name.isupper() and len(name) > 1 and is_sentence
        is_sentence = is_sentence or match["name"] is None
        yield _Candidate(turn, bool(is_marked), is_sentence, is_capital)


def _labels(text: str) -> Iterator[re.Match[str]]:
    """Yield the labels at the starts of lines. Their ends are looked for first, because few lines have one."""
    line = -1
    for end in sorted(match.start() for pattern in _LABEL_ENDS for match in pattern.finditer(text)):
        start = text.rfind("\n", max(0, end - _MAX_LABEL), end) + 1
        if start == line or (start == 0 and end > _MAX_LABEL):
            continue
        line = start
        if (label := _LABEL.match(text, start) or _TIMED_LINE.match(text, start)) is not None:
            yield label


def _label_start(match: re.Match[str]) -> int:
    return match.start() + len(match[0]) - len(match[0].lstrip())


def _is_no_speaker(name: str, is_nick: bool) -> bool:
    if is_nick:
        return name.lower() in HTML_TAGS
    words = re.split(r"[^\w-]+", name.lower())
    return words[0] in NO_SPEAKERS or words[-1] in NO_SPEAKERS or _ABSTRACT.fullmatch(name) is not None


def _first_turn(candidates: list[_Candidate], length: int, is_last: bool) -> tuple[int, int]:
    """Return the first candidate that the text shows to be a turn (their number if none), and what is known then."""
    window: deque[_Candidate] = deque()
    names: Counter[str] = Counter()
    repeated = sentences = 0
    after = 0  # the candidate after the window
    for number, candidate in enumerate(candidates):
        end = candidate.turn.start + WINDOW
        while after < len(candidates) and candidates[after].turn.start < end:
            entering = candidates[after]
            window.append(entering)
            names[entering.turn.speaker] += 1
            repeated += names[entering.turn.speaker] == 2
            sentences += entering.is_sentence
            after += 1
            if entering.shows_alone or sentences > 1 or (repeated and len(names) > 1):
                return number, length
        if end > length and not is_last:
            return len(candidates), candidate.turn.start
        leaving = window.popleft()
        sentences -= leaving.is_sentence
        repeated -= names[leaving.turn.speaker] == 2
        names[leaving.turn.speaker] -= 1
        if not names[leaving.turn.speaker]:
            del names[leaving.turn.speaker]
    return len(candidates), length


def _inline_turns(text: str, start: int) -> Iterator[Turn]:
    """Yield the turns within a line ("Q: Did it rain? A: It did.")."""
    for match in _INLINE.finditer(text, start):
        if not _is_no_speaker(match["name"], is_nick=False):
            yield Turn(match.start("label"), match.end("label"), match["name"])
