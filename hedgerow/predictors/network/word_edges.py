"""Spans that are words: what a tagger marks is moved to the edges of words, or dropped.

A word piece can end within a word ("wouldn" of "wouldn't"), and a tagger can mark a comma. Here a span begins and ends
at the edge of a word; n't and 's are words of their own, so that "would" in "wouldn't" is a span. Parts of a hyphenated
word are words ("UK" in "UK-led").
"""

from __future__ import annotations

import re

_CLITIC = r"(?<=\w)['’](?:s|d|ve|re|ll|m)\b"
_WORD = re.compile(rf"\w+?(?=n['’]t\b)|n['’]t\b|{_CLITIC}|\w+", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?:\w\.\w|(?:^|\W)[A-Z]\w{0,4}|(?:^|\W)al|(?:^|\W)etc|(?:^|\W)c)\Z")
_NEGATION = re.compile(r"n['’]t", re.IGNORECASE)
_CLOSING = {")": "(", "]": "["}
_NAMES_NOBODY = frozenset({"the", "a", "an", "'s", "’s"})


def snap_to_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span `text[start:end]` with both ends at the edges of words; None if no word is left.

    A word is in the span if more than half of its letters and digits are, and then whole; n't also if the span begins
    inside it, so that "t true" of "isn't true" is "n't true". Marks are kept
    only within the span, and at its end if they belong to the last word: "U.S.", "Section 509(h)".
    """
    if text[start:end].isalnum() and not (start and _joins(text[start - 1])) and not _joins(text[end : end + 1]):
        return start, end  # one whole word, as most spans are
    words = [match.span() for match in _WORD.finditer(text, *_surroundings(text, start, end))]
    covered = [word for word in words if _covers(text, (start, end), word)]
    if not covered:
        return None
    first, last = covered[0][0], covered[-1][1]
    return first, last + len(_own_marks(text[first:last], text[last : max(last, end)]))


def names_nobody(text: str) -> bool:
    """Return whether `text` is an article or a clitic alone, which is no source (a possessive such as "his" is)."""
    return text.casefold() in _NAMES_NOBODY


def _covers(text: str, span: tuple[int, int], word: tuple[int, int]) -> bool:
    """Return whether more than half of a word's letters are in the span, or the span begins inside its n't."""
    inside = _letters(text[max(word[0], span[0]) : min(word[1], span[1])])
    begins_inside = word[0] < span[0] < word[1] and _NEGATION.fullmatch(text, *word) is not None
    return 2 * inside > _letters(text[word[0] : word[1]]) or (begins_inside and inside > 0)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span extended to whole words at its ends; a clitic and the word before it count as one word here."""
    while start and _joins(text[start - 1]) and _joins(text[start]):
        start -= 1
    while end < len(text) and _joins(text[end - 1]) and _joins(text[end]):
        end += 1
    return start, end


def _joins(character: str) -> bool:
    """Return whether a word can go on with `character`; with no character it cannot."""
    return character.isalnum() or (character != "" and character in "_'’")


def _own_marks(word: str, marks: str) -> str:
    """Return the beginning of `marks`, which follow a span, that belongs to its last word, or an empty string."""
    if marks[:1] == "." and _ABBREVIATION.search(word):
        return "."
    if marks[:1] == "%":
        return "%"
    opening = _CLOSING.get(marks[:1])
    return marks[0] if opening is not None and opening in word else ""
