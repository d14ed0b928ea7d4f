"""Masks: a text as the boundary rules see it, as long as it was.

Line ends of all kinds become line feeds, a BOM inside the text white space. Notes and emoji after a full stop are
blanked, so that they stay with the sentence that they follow; quotation marks of other traditions become “ and ”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hedgerow.sentences.words import ABBREVIATIONS, OPENERS

LONG = (
    1000  # nupunkt's time is quadratic in the length of a run without white space; no sentence ends within such a run
)
_LONG_RUN = re.compile(rf"\S{{{LONG},}}")
_UNUSUAL = "\r\x85\u2028\ufeff"
_PLAIN = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\ufeff": " "})

# Editorial tags of encyclopaedias; those with a question mark ask nothing.
_TAG_WORDS = (
    r"(?:citations?|clarification|sources?|(?:better|full|additional|non-primary) (?:source|citation)|page|year|date"
    r"|attribution|verification|examples?|quote|quotation|definition|context|neutrality|specify) (?:needed|required)"
    r"|(?:(?:according )?(?:to|by|for) )?(?:who|whom|which|when|where|why|how|what)(?: \w{1,12}){0,3}\?"
    r"|(?:vague|dubious|disputed|discuss|opinion|original research|improper synthesis|weasel words|peacock term)\??"
    r"(?: ?[-–—] ?discuss)?|(?:relevant|clarify|specify|sic|cn|ambiguous|quantify)\?*"
    r"|failed verification|not in citation given|unreliable source\??|needs update|self-published source\??"
)
TAG = re.compile(
    rf"\[(?:{_TAG_WORDS})\]|\{{\{{(?:cn|citation needed|fact|who|when|which|clarify)\b[^{{}}\n]{{0,60}}\}}\}}", re.I
)
_NUMBERED = r"\[\^?(?:\d{1,4}|[a-z]|[A-Z]{1,3}|\^?(?:note|nb|n|p|pp)\.? ?\d{1,4})(?:[,–-] ?\d{1,4}){0,9}\]"
# Glued to the stop, any short bracket is a note; after a space, only numbers and single letters are.
_NOTE = (
    r"(?:\[[^\[\]\n]{1,60}\](?:\((?:pp?\. )?[^()\s]{1,200}\)|:\d{1,4}(?:[,–-] ?\d{1,4}){0,5}(?!\w))?|\(\d{1,3}\)"
    r"|\([^()\n]{1,80}\b\d{4}[a-z]?(?:[,:;][^()\n]{1,40})?\)|\^\[?\d{1,4}(?:[,–-] ?\d{1,4}){0,5}\]?\^?"
    r"|\{\{[^{}\n]{1,80}\}\}|[⁰¹²³⁴-⁹†‡]{1,4}"
    r"|<sup>[^<>\n]{1,20}</sup>|<ref\b[^<>\n]{0,80}(?:/>|>[^<>\n]{0,200}</ref>))"
)
_AFTER_STOP = r"(?<=[.!?…\"'”’»)\]])(?<!\s[\"'(\[])"
_NOTES = re.compile(rf"{_AFTER_STOP}(?:{_NOTE})+|{_AFTER_STOP}\s(?:{_NUMBERED}\s?)+")
_NOTE_MARKS = re.compile(r"[†‡⁰¹²³⁴-⁹]")
_NUMBER_IN_BRACKETS = re.compile(r"\((?:\d{1,3}\)|(?<=[.!?…\"'”’)]\()[^()\n]{1,80}\d{4})")
_BARE_NUMBER = re.compile(r"\.(\d{1,3}(?:[,–-]\d{1,3}){0,5})(?=\s+[\"“‘(]?[A-Z])")
_WORD_BEFORE = re.compile(r"[^\W\d_]{1,20}\Z")
_EMOJI = "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b05-\u2b55\u203c\u2049\u200d\ufe0e\ufe0f\u20e3]"
_FACE = rf"(?:{_EMOJI}+|[:;=][-'^]?[)(DPp]+(?!\w)|<3+|[xX]D+\b|\^_?\^)"
_FACES = re.compile(rf"{_AFTER_STOP}(?:[^\S\n]?{_FACE})+")
_SOME_EMOJI = re.compile(_EMOJI)
_SOME_FACES = (
    ":)",
    ":-",
    ":(",
    ":D",
    ":P",
    ":p",
    ":'",
    ";)",
    ";-",
    ";D",
    ";P",
    "=)",
    "=D",
    "<3",
    "xD",
    "XD",
    "^^",
    "^_^",
)
_FACE_END = re.compile(rf"(?:{_EMOJI}{{1,20}}|[:;]-?[()DP])\s+(?=([A-Z][\w'’]*))")
_FACE_START = re.compile(
    rf"(?:\n|\A)[^\S\n]{{0,8}}(?={_EMOJI}{{1,20}}\s*[\"“‘'(]?[A-Z0-9])"
)  # an emoji that opens a line
_HEARTS = frozenset("❤♥💕💙💚💛💜🖤")  # also a verb: I ❤ The Beatles
_FOREIGN_MARKS = re.compile("[„“”»«]")


def to_plain(text: str) -> str:
    """Return `text` with a line feed for every line end, also before the line feed of CR LF, and no BOM."""
    if (text.isascii() and "\r" not in text) or not any(character in text for character in _UNUSUAL):
        return text
    return text.replace("\r\n", " \n").translate(_PLAIN)


def find_tags(text: str) -> list[tuple[int, int]]:
    """Return the places of editorial tags ("[citation needed]", "[who?]"), which are no part of what a text says."""
    return [match.span() for match in TAG.finditer(text)] if "[" in text or "{{" in text else []


def mask(block: str) -> str:
    """Return the block as the boundary rules see it, as long as it was."""
    if len(block) >= LONG:
        block = _LONG_RUN.sub(_plain_run, block)
    if "„" in block or "»" in block:
        block = _unify_marks(block)
    if _has_notes(block):
        block = _NOTES.sub(_blank, TAG.sub(_blank, block))
    block = _BARE_NUMBER.sub(_blank_number, block)
    if _has_faces(block):
        block = _FACES.sub(_blank, block)
    return block


def _has_notes(block: str) -> bool:
    """Whether the block may have notes; cheaper than to look for them."""
    if (
        "[" in block
        or "<" in block
        or "{{" in block
        or "^" in block
        or ("(" in block and _NUMBER_IN_BRACKETS.search(block) is not None)
    ):
        return True
    return not block.isascii() and _NOTE_MARKS.search(block) is not None


def find_face_ends(block: str) -> Iterator[int]:
    """Yield where a word that starts sentences follows an emoji ("so happy 😊 We won"), or an emoji opens a line."""
    if _has_faces(block):
        opening = {match.end() for match in _FACE_START.finditer(block)}
        yield from opening
        for match in _FACE_END.finditer(block):
            if match.start() in opening:
                continue
            if match[1].lower() in OPENERS and not _HEARTS.intersection(match[0]):
                yield match.end()


def _has_faces(block: str) -> bool:
    if (":" in block or ";" in block or "=" in block or "<" in block or "^" in block or "D" in block) and any(
        face in block for face in _SOME_FACES
    ):
        return True
    return not block.isascii() and _SOME_EMOJI.search(block) is not None


def _plain_run(run: re.Match[str]) -> str:
    """Return as many letters, but keep the last characters, which may end a sentence."""
    return "x" * (len(run[0]) - 3) + run[0][-3:]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_number(match: re.Match[str]) -> str:
    """Blank the number of a note ("earlier work.1 It"), but not that of a volume or figure ("vol.1")."""
    word = _WORD_BEFORE.search(match.string, max(0, match.start() - 20), match.start())
    if word is None or len(word[0]) < 2 or not word[0][-1].islower() or word[0].lower() in ABBREVIATIONS:
        return match[0]
    return "." + " " * len(match[1])


def _unify_marks(block: str) -> str:
    """Write „A“ and »A« as “A”; French and English marks stay as they are."""
    opened = ""
    characters = list(block)
    for match in _FOREIGN_MARKS.finditer(block):
        mark = match[0]
        if mark == "„" or (mark == "»" and not opened):
            characters[match.start()], opened = "“", mark
        elif (opened == "„" and mark in "“”") or (opened == "»" and mark == "«"):
            characters[match.start()], opened = "”", ""
        elif mark == "«" and not opened:
            opened = mark
        elif mark == "»":
            opened = ""
    return "".join(characters)
