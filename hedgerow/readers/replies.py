"""The new text of a mail: without quoted messages, signatures and the footers of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_QUOTED = re.compile(r"\s?>")
# "On 3 May 2024 at 10:00, Ann Lee <a@b.c> wrote:", perhaps over three lines
_ATTRIBUTION = re.compile(r"\s*On\b.{0,300}?(?:\d{4}|\d{1,2}:\d{2}|\d{1,2}/\d{1,2}).{0,300}?\bwrote\s*:\s*")
# The form that mail programs give it. Without a quotation after it, "On 3 May 2024 the mayor wrote:" is prose.
_OF_A_PROGRAM = re.compile(
    r"""\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\b.*\bwrote | <[^<>\s]+@[^<>\s]+>\s*wrote | \[mailto:[^\]]+\]\s*wrote
    | ,\s(?!(?:The|An?|One|His|Her|Their|Its|He|She|They|I|We|You)\b)[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){0,3}\s+wrote""",
    re.X,
)
_BEFORE_QUOTE = re.compile(r".*(?:\b(?:wrote|writes|said)\b.{0,60}:|[<(]?\S+@\S+[>)]?:)\s*\Z")
_ATTRIBUTION_LINES = 3
_LONG_LINE = 500  # characters; no line that introduces a quotation is longer
_ORIGINAL = re.compile(r"\s*(?:-{2,}\s*(?:Original|Forwarded)\b.*?-{2,}|Begin forwarded message:)\s*", re.I)
_FROM = re.compile(r"\s*[*_]{0,2}From:[*_]{0,2}\s*\S")
_FIELD = re.compile(r"\s*[*_]{0,2}(?:Sent|Date|To|Cc|Subject):", re.I)
_DATE_LINE = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4} \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?")
_FIELDS = 2  # that follow "From:" in the header of a quoted message
_SIGNATURE = "-- "
_BARE_SIGNATURE = "--"
_SIGNATURE_LINES = 10  # with text, after the last bare "--"; with more, it is a line of the text
_DEVICE = re.compile(r"\s*(?:Sent from (?:my|Yahoo|Mail for|Outlook|Samsung)\b.{0,60}|Get Outlook for .{0,40})", re.I)
_LIST_RULE = re.compile(r"_{10,}|-{10,}|={10,}")
_LIST_FOOTER = re.compile(
    r"mailing list|unsubscribe|to post to this group|listinfo|you received this message because", re.I
)
_PGP_BEGIN = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----|Hash: \w+")
_PGP_END = "-----BEGIN PGP SIGNATURE-----"
_QUOTING_CLASS = re.compile(
    r"\b(?:gmail_quote|gmail_signature|gmail_attr|yahoo_quoted|moz-cite-prefix|moz-signature|protonmail_quote|x_gmail_quote)"
)
_QUOTING_ID = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container|Signature|AppleMailSignature)"
)


def new_text(text: str) -> str:
    """Return the part of a plain mail that its author wrote."""
    lines = text.split("\n")
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _ends_message(lines, number):
            break
        attribution = _attribution(lines, number)
        if attribution and not _quote_follows(lines, number + attribution):
            break
        if attribution or _QUOTED.match(line) or _DEVICE.fullmatch(line) or _PGP_BEGIN.fullmatch(line.strip()):
            kept.append("")
            number += attribution or 1
            continue
        kept.append(line.rstrip())
        number += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_without_bare_signature(kept))).strip("\n")


def _without_bare_signature(lines: list[str]) -> list[str]:
    """Return the lines before the last "--", if few follow it."""
    start = max((number for number, line in enumerate(lines) if line == _BARE_SIGNATURE), default=len(lines))
    return lines[:start] if sum(map(bool, lines[start + 1 :])) <= _SIGNATURE_LINES else lines


def remove_quotes(tree: Any) -> None:
    """Remove quoted messages and signatures from an HTML mail, by the marks that mail programs put on them."""
    for element in [*tree.iter()]:
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        cited = element.tag == "blockquote" and element.get("type", "").lower() == "cite"
        hidden = re.search(r"display\s*:\s*none", element.get("style", ""), re.I) is not None
        if cited or hidden or _QUOTING_CLASS.search(element.get("class", "")):
            element.drop_tree()
        elif _QUOTING_ID.fullmatch(element.get("id", "")):
            for follower in [*element.itersiblings()] if "Signature" not in element.get("id", "") else []:
                follower.drop_tree()
            element.drop_tree()


def _ends_message(lines: Sequence[str], number: int) -> bool:
    """Return whether a signature, a quoted message or a footer begins at a line and goes on to the end."""
    line = lines[number]
    if line == _SIGNATURE or _ORIGINAL.fullmatch(line) or line.strip() == _PGP_END:
        return True
    after = [text.strip() for text in lines[number + 1 : number + 3]]
    if len(after) == 2 and _DATE_LINE.fullmatch(after[0]) and after[1].startswith("To:"):
        return True  # a quoted message of Lotus Notes: its writer, the date, To
    following = [text for text in lines[number + 1 : number + 12] if text.strip()][:5]
    if _FROM.match(line):
        return sum(_FIELD.match(text) is not None for text in following) >= _FIELDS
    if _LIST_RULE.fullmatch(line.strip()):
        return any(map(_LIST_FOOTER.search, following)) or any(map(_FROM.match, following[:1]))
    return False


def _attribution(lines: Sequence[str], number: int) -> int:
    """Return how many lines from a line on say who wrote the message that is quoted after them, 0 if none do."""
    for size in range(1, _ATTRIBUTION_LINES + 1):
        block = lines[number : number + size]
        if not all(line.strip() and len(line) <= _LONG_LINE for line in block):
            return 0
        text = " ".join(block)
        quoted = _quote_follows(lines, number + size)
        if _ATTRIBUTION.fullmatch(text) and (quoted or _OF_A_PROGRAM.search(text)):
            return size
        if size == 1 and quoted and _BEFORE_QUOTE.match(text):
            return size
    return 0


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 3] if line.strip()), "")
    return _QUOTED.match(following) is not None
