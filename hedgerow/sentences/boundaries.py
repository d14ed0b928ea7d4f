"""Boundaries: where the sentences of one block begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nupunkt import sent_spans

from hedgerow.sentences.masks import find_face_ends, mask
from hedgerow.sentences.words import (
    ABBREVIATIONS,
    ACRONYMS,
    DETERMINERS,
    EXCLAIMED_NAMES,
    LOWER_OPENERS,
    OPENERS,
    ORDINARY_WORDS,
    PARTICLES,
    RUNNING_ACRONYMS,
    SHORT_WORDS,
    SUFFIXES,
    SURE_OPENERS,
    TITLES,
)

_LAST_WORD = re.compile(r"(\w{1,6})\.\Z")
_WORD = re.compile(r"\w+")
_FIRST_WORD = re.compile(r"[\"“‘(\[]{0,2}([\w’']+)")
_CONTINUATION = re.compile(r"[a-z]+(?![A-Z\w])")  # a lower-case word, but not iPhone
_CLOSING = re.compile(r"[”’»)\]}]*[,;:]|[\"']{1,2}[,;:]")  # a mark torn from its quotation, before a comma
_COMPANY = re.compile(r"(?:Inc|Corp|Ltd|Co|LLC|PLC|plc)\b")
_EXCLAMATION = re.compile(r"[?!]['\"’”]+\Z")
_EXCLAIMED_NAME = re.compile(r"(\w{3,12})!\Z")
_REPORTING_CLAUSE = re.compile(
    r"(?:[A-Z][\w'’.-]*\s+){1,4}(?:ask|said|shout|cri|call|demand|repli|wonder|snap|yell|whisper|ad[dm]|exclaim)[a-z]*\b"
)
_REPORTING_VERBS = frozenset("asked said says cried wrote replied he she they".split())  # noqa: SIM905
_INITIALS = re.compile(r"(?:\b(\w{1,9})\s+)?(?<![\w.])((?:[A-Z]\.){2,4})\Z")
_SURNAME = re.compile(r"[A-Z][a-z]\w*(?:['’-]?\w+)*|[A-Z]['’][A-Z]")
# A stop, its closing marks, the white space after it, and the first letter or digit that follows. The marks are found
# first, and then the word before each, because marks are few and words are many.
_STOP = re.compile(r"([.!?…]+)([\"'”’»)\]]{0,3})(\s*)(?=[\"'“‘(\[]{0,2}(\w?))")
_CAPITALS = frozenset("ABCDEFGHJKLMNOPQRSTUWYZ")  # those that are no Roman numbers
_REACH = 22  # characters before a stop that its word is looked for in
_ORDINARY_WORD = re.compile(r"(?<![\w.])[A-Za-z]?[a-z]{0,20}\Z")
_ACRONYM = re.compile(r"(?<![\w.])(?:[A-Za-z]\.){1,4}[A-Za-z]\Z")
_LETTER = re.compile(r"([\w’']+)\s[A-Z]\Z")
_WORD_BEFORE = re.compile(r"(?<![\w.])([A-Za-z][a-z]{1,20}|\d{2,4})[)\]\"”’]?\Z")
_GLUED_WORD = re.compile(r"[“\"‘(]?([A-Z]?[a-z'’]+|[A-Z])(?=[\s,;:.?!]|\Z)")
_ADDRESS = re.compile(r"[/@\\_=<>#]|www")
# List marks: a number, a letter or a small Roman number, and what follows it.
_MARK = r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[IVX]{1,5})(?:\.\)|[.)])"
_BULLET = "[•⁃◦▪]"
_LIST_MARK = re.compile(rf"(?:{_BULLET}\s?)?{_MARK}|{_BULLET}")
_ITEM = re.compile(r"\(?(?:[ivx]{1,5}|[a-h]|[IVX]{2,5}|\d{1,2})[.)]\s+[\"“]?[A-Z]")
_SERIES = re.compile(rf"(?:{_BULLET}\s?)?(?P<mark>{_MARK})\s+(?=[\"“]?[A-Z])")
_NEXT_IN_SERIES = re.compile(rf"\s(?:{_BULLET}\s?)?(?P<mark>{_MARK})\s+(?=[\"“]?[A-Z])")
_IN_PHRASE = re.compile(r"\b(?:of|to|in|by|from|than|and|or|is|was|are|the|for|at|no|step|part|page|chapter)\Z", re.I)
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()  # noqa: SIM905
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_NOT_SPACE = re.compile(r"\S")


def find_sentences(block: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a block without the white space around them."""
    text = mask(block)
    found = {start if text[start : start + 1] > " " else _skip_space(text, start) for start, _ in sent_spans(text)}
    certain, likely = _find_starts(text, found)
    start = _skip_space(block, 0)
    for cut in sorted(found.union(certain, likely) if certain or likely else found):
        end = _strip_space(text, cut)
        if cut in certain:
            is_cut = start < end
        else:  # straight after a closing mark that a sentence follows without a space, only the second place counts
            is_cut = (
                start < end and cut < len(text) and cut + 1 not in certain and not _continues(text, start, end, cut)
            )
        if is_cut:
            yield start, end if text is block else _strip_space(block, cut)
            start = cut
    yield start, _strip_space(block, len(block))


def _skip_space(text: str, place: int) -> int:
    """Return the first place from `place` on that is not white space."""
    if place < len(text) and not text[place].isspace():
        return place
    found = _NOT_SPACE.search(text, place)
    return len(text) if found is None else found.start()


def _strip_space(text: str, place: int) -> int:
    """Return the last place before which there is no white space, up to `place`."""
    while place > 0 and text[place - 1].isspace():
        place -= 1
    return place


def _find_starts(text: str, found: set[int]) -> tuple[set[int], set[int]]:
    """Return where sentences start for sure, and where they do unless they continue the one before.

    nupunkt has `found` others.
    """
    certain = set(_starts_in_series(text))
    likely: set[int] = set()
    lower: list[re.Match[str]] = []  # stops before lower-case words
    capitals = 0  # sentences that begin with a capital
    for stop in _STOP.finditer(text):
        place = stop.end()
        if place in found and text[place] in _CAPITALS:
            capitals += 1
            continue
        letter = stop[4]
        if not letter:
            continue
        if not stop[3]:
            if letter.isalpha() and _ends_without_space(text, stop):
                certain.add(place)
        elif not letter.isupper() or letter in "IVX":
            if _ITEM.match(text, place) and _ends_before_item(text, stop):
                certain.add(place)
            elif letter.islower() and _ends_before_lower_case(text, stop):
                lower.append(stop)
        if letter.isupper() and stop[3]:
            if place in found:
                capitals += 1
            elif _ends_in_letters(text, stop):
                certain.add(place)
            elif _ends_in_word(text, stop):
                likely.add(place)
    certain.update(_starts_in_lower_case(text, lower, capitals + len(likely)))
    certain.update(find_face_ends(text))
    return certain, likely


def _word_before(text: str, stop: re.Match[str]) -> str | None:
    """Return the ordinary word before a stop, None if there is none: no letters, capitals, figures."""
    word = _ORDINARY_WORD.search(text, max(0, stop.start() - _REACH), stop.start())
    return word[0] if word is not None and word[0] else None


def _ends_in_word(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop before a capital follows an ordinary word, which nupunkt took for an abbreviation."""
    word = _word_before(text, stop)
    if word is None or stop[1] == "…" or stop[1].startswith(".."):
        return False
    if stop[1][0] == "." and word.lower() in ABBREVIATIONS:
        return word in ORDINARY_WORDS  # He voted no. Gov. Lee may veto it.
    if word.islower():
        return len(word) > 2 or word in SHORT_WORDS
    # "Thanks. Could you", but a longer sentence may end in an abbreviation that no list has.
    return len(word) > 3 and (_is_first(text, stop.start() - len(word)) or _next_word(text, stop) in OPENERS)


def _is_first(text: str, place: int) -> bool:
    """Whether a word begins the block, or follows a stop."""
    before = text[max(0, place - 4) : place].rstrip(" \n\"'“‘([")
    return not before or before[-1] in ".!?:…”"


def _next_word(text: str, stop: re.Match[str]) -> str:
    found = _FIRST_WORD.match(text, stop.end())
    return "" if found is None else found[1].lower()


def _ends_in_letters(text: str, stop: re.Match[str]) -> bool:
    """Whether a sentence ends in an acronym or a letter, as in "for the U.N. Nobody knows" and "vitamin C. It may"."""
    if stop[1] != "." or not text[stop.start() - 1 : stop.start()].isalpha():
        return False
    word = _next_word(text, stop)
    acronym = _ACRONYM.search(text, max(0, stop.start() - 10), stop.start())
    if acronym is not None:
        return word in OPENERS and len(word) > 1 and acronym[0].lower() not in RUNNING_ACRONYMS
    letter = _LETTER.search(text, max(0, stop.start() - _REACH), stop.start())
    if letter is None:
        return False
    # You and I. Did he see it?
    return word in SURE_OPENERS or (letter[0][-1] == "I" and letter[1].islower() and len(word) > 1)


def _ends_without_space(text: str, stop: re.Match[str]) -> bool:
    """Whether a sentence ends as in "It was over.We left", but not within an address, a file's name, or code."""
    following = _GLUED_WORD.match(text, stop.end())
    before = _WORD_BEFORE.search(text, max(0, stop.start() - _REACH), stop.start())
    if following is None or before is None or _ADDRESS.search(_run_around(text, stop.start())) is not None:
        return False
    word, next_word = before[1], following[1]
    if stop[1] != ".":
        return next_word[0].isupper() or (stop[1][0] in "?!" and not stop[2])
    if next_word[0].islower() or next_word.lower() in SUFFIXES or word.lower() in ABBREVIATIONS:
        return False
    if word.isdigit():
        return not _is_first(text, before.start())
    return word[0].islower() or next_word.lower() in OPENERS | TITLES


def _run_around(text: str, place: int) -> str:
    """Return up to 40 characters on either side of a place, as far as white space."""
    return text[max(0, place - 40) : place].rsplit(None, 1)[-1] + text[place : place + 40].split(None, 1)[0]


def _ends_before_item(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop ends a sentence before a list mark ("i. First point. ii. Second point.")."""
    if stop[2] or stop[1][0] != ".":
        return True
    word = _word_before(text, stop)
    return word is not None and len(word) > 2 and word.lower() not in ABBREVIATIONS


def _starts_in_series(text: str) -> Iterator[int]:
    """Yield the starts of the items of a list that is one line ("1) The first item 2) The second item")."""
    first = _SERIES.match(text)
    if first is None:
        return
    due = _next_mark(first["mark"])
    for match in _NEXT_IN_SERIES.finditer(text, first.end()):
        if match["mark"] == due and not _IN_PHRASE.search(text, max(0, match.start() - 12), match.start()):
            yield match.start() + 1
            due = _next_mark(match["mark"])


def _next_mark(mark: str) -> str | None:
    """Return the list mark that follows ("2)" after "1)"), None if there is none."""
    value = mark.strip("(.)")
    if value.isdigit():
        return mark.replace(value, str(int(value) + 1))
    if value.lower() in _ROMAN[:-1]:
        following = _ROMAN[_ROMAN.index(value.lower()) + 1]
        return mark.replace(value, following if value.islower() else following.upper())
    return mark.replace(value, chr(ord(value) + 1)) if len(value) == 1 and value != "z" else None


def _ends_before_lower_case(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop before a lower-case word may end a sentence: no ellipsis, no reporting clause, no abbreviation."""
    if stop[2].strip(")]") or stop[1][0] == "…" or (len(stop[1]) > 1 and not stop[1].strip(".")):
        return False
    if stop[1][0] != ".":
        return _next_word(text, stop) not in _REPORTING_VERBS and text[stop.start() - 1 : stop.start()].isalpha()
    word = _word_before(text, stop)
    if word is None or (word.lower() in ABBREVIATIONS and word not in ORDINARY_WORDS):
        return False
    return len(word) > 2 or word.lower() in SHORT_WORDS


def _starts_in_lower_case(text: str, stops: list[re.Match[str]], capitals: int) -> Iterator[int]:
    """Yield starts in chat and speech without capitals ("it may rain. she said so").

    `stops` are those before lower-case words; `capitals` is how many sentences end before a capital.
    """
    if not stops:
        return
    letter = _FIRST_LETTER.search(text)
    is_lower = len(stops) > capitals and (len(stops) > 1 or letter is None or letter[0].islower())
    for stop in stops:
        if is_lower or (stop[1] == "." and _next_word(text, stop) in LOWER_OPENERS):
            yield stop.end()


def _continues(text: str, start: int, end: int, cut: int) -> bool:
    """Whether what begins at `cut` continues the sentence from `start` to `end`."""
    if text[end - 1] == "." and text[cut] in _CAPITALS and end - start > 7:
        letters = text[end - 5 : end - 1]
        if letters.islower() and letters.isalpha() and letters != "ssrs":
            return False  # no title but Messrs. is that long
    if _LIST_MARK.fullmatch(text, start, end) or _CLOSING.match(text, cut):
        return True
    first = _WORD.match(text, cut)
    is_opener = first is not None and first[0].lower() in OPENERS
    last = _LAST_WORD.search(text, max(start, end - 7), end)
    if last is not None and last[1].lower() in TITLES:
        if last[1].lower() in {"no", "nos"}:  # a title only before a number: "He said no. She left."
            return last[1][0].isupper() and text[cut].isdigit()
        return last[1] == "vs" or (last[1][0].isupper() and not is_opener)
    if first is not None and first[0] in PARTICLES:
        return False
    if _CONTINUATION.match(text, cut) is not None:
        return True
    if text[end - 1] == "." and not is_opener and _SURNAME.match(text, cut):
        return _ends_in_initials(text, start, end)
    if text[end - 1] == "!" and _continues_name(text, end, cut, is_opener):
        return True
    exclamation = _EXCLAMATION.search(text, max(start, end - 4), end)
    return exclamation is not None and not is_opener and _REPORTING_CLAUSE.match(text, cut) is not None


def _ends_in_initials(text: str, start: int, end: int) -> bool:
    """Whether a sentence was cut after a person's initials ("We liked G.B.J. Farrow")."""
    found = _INITIALS.search(text, max(start, end - 20), end)
    if found is None or found[2][:-1].lower() in ACRONYMS:
        return False
    return (found[1] or "").lower() not in DETERMINERS


def _continues_name(text: str, end: int, cut: int, is_opener: bool) -> bool:
    """Whether a sentence was cut within a name that has an exclamation mark ("Yahoo! Inc.")."""
    if _COMPANY.match(text, cut):
        return True
    name = _EXCLAIMED_NAME.search(text, max(0, end - 14), end)
    return name is not None and name[1][0].isupper() and name[1].lower() in EXCLAIMED_NAMES and not is_opener
