"""Quotation marks: which open and close a quotation, in the styles of English, German, French and TeX texts.

An inch or foot mark (6' 2", 12") and an apostrophe ('tis, rock 'n' roll, the boys' coats) are no quotation marks.
"""

from __future__ import annotations

import re

_CLOSERS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    '"': '"',
    "``": "''",
    "‘": "’",
    "'": "'",
    "”": "”",
}
_MARK = re.compile("``|''|[“”„«»‹›\"‘’']")
_SINGLE = "‘’'"
_ELISIONS = re.compile(
    r"['’‘](?:(?:t(?:is|was|will|were|il|ill)|em|n|cause|cos|coz|bout|round|neath|gainst|ere|im|er|nother|scuse|kay)\b"
    r"|\d{2}s?\b|n['’])",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s(?!he\b|she\b|they\b|said\b|says\b)[a-z]")  # words that may follow 6"
_AFTER_QUOTE = " .,;:!?)]}…\"”’'»“«\n"  # what may stand after a quotation that is the whole sentence
_BEFORE_SPEECH = ':,;—–-(“"„«»'  # marks after which a running quotation in single marks opens


class RunningQuotation:
    """Follow the quotation marks of one text, sentence by sentence."""

    def __init__(self) -> None:
        """Begin a text, outside any quotation."""
        self._opener = ""  # the mark of the open quotation, "" if none is

    def start_block(self, text: str) -> None:
        """Begin a paragraph: it ends an open quotation, unless its text begins with the opening mark again."""
        if not (self._opener and text.startswith(self._opener)):
            self._opener = ""

    def read(self, text: str) -> bool:
        """Read the next sentence; return whether all of it is inside a quotation that is longer than the sentence."""
        was_inside = bool(self._opener)
        throughout = True  # so far; a sentence that closes its own quotation is not inside a longer one
        first = _skip_mark(text, self._opener) if was_inside else 0
        opened_here = False
        for found in _MARK.finditer(text, first):
            if not self._opener:
                if self._opens(text, found):
                    self._opener = found[0]
                    opened_here = True
                    throughout = throughout and not text[: found.start()].strip(" (—–-")
            elif self._closes(text, found, opened_here):
                self._opener = ""
                throughout = throughout and was_inside and not text[found.end() :].strip(_AFTER_QUOTE)
        return throughout and (was_inside or bool(self._opener))

    def _opens(self, text: str, found: re.Match[str]) -> bool:
        mark = found[0]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if mark in ("„", "“", "``"):
            return True
        if mark in ("’", "''") or before.isalnum() or not (mark in "«»‹›" or after.strip()):
            return False
        if mark == "”":
            return not before.strip() and after.isalnum()
        if mark in '"«»‹›':
            return not before.strip() or before in _BEFORE_SPEECH + "[‘'/…"
        return self._single_opens(text, found)

    def _single_opens(self, text: str, found: re.Match[str]) -> bool:
        """Whether a single mark opens a quotation: it closes in the sentence, or it stands where speech begins."""
        if _ELISIONS.match(text, found.start()) or not (text[found.end()].isalnum() or text[found.end()] in '“"…('):
            return False
        before = text[: found.start()].rstrip()
        if not before or before[-1] in _BEFORE_SPEECH + ".?!":
            return True
        return any(_is_closing_place(text, mark) for mark in _MARK.finditer(text, found.end()) if mark[0] in _SINGLE)

    def _closes(self, text: str, found: re.Match[str], opened_here: bool) -> bool:
        mark = found[0]
        if mark not in _CLOSERS[self._opener]:
            return False
        if mark == '"':
            return not _is_inch_mark(text, found, opened_here)
        if mark in _SINGLE:
            return self._single_closes(text, found, opened_here)
        return True

    def _single_closes(self, text: str, found: re.Match[str], opened_here: bool) -> bool:
        """Whether a single mark closes; after an s, the last one that can does."""
        if not _is_closing_place(text, found) or _ELISIONS.match(text, found.start()):
            return False
        before = text[found.start() - 1 : found.start()]
        if not before.isalpha():
            return True
        later = (mark for mark in _MARK.finditer(text, found.end()) if mark[0] == found[0])
        closes_later = any(_is_closing_place(text, mark) for mark in later)
        is_possessive = before == "s" and text[found.end() : found.end() + 2].strip()[:1].islower()
        return not closes_later and (opened_here or not is_possessive)


def _is_closing_place(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark stands at the end of a word or after a stop."""
    return bool(text[mark.start() - 1 : mark.start()].strip()) and not text[mark.end() : mark.end() + 1].isalnum()


def _is_inch_mark(text: str, found: re.Match[str], opened_here: bool) -> bool:
    """Whether a straight mark after a figure closes nothing: a word follows, and another mark closes the quotation."""
    if not text[found.start() - 1 : found.start()].isdigit() or not _UNIT.match(text, found.end()):
        return False
    if not opened_here:
        return True
    after = text.find('"', found.end())
    return after > 0 and bool(text[after - 1].strip()) and not text[after + 1 : after + 2].isalnum()


def _skip_mark(text: str, opener: str) -> int:
    """Return the place after the opening mark that repeats `opener` at the start of a paragraph, else 0."""
    return len(opener) if text.startswith(opener) else 0
