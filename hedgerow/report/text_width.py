"""The width of a text in Arial, whose widths Helvetica and Liberation Sans share: no font is needed to lay it out."""

from __future__ import annotations

import unicodedata

FONTS = 'Arial, Helvetica, "Liberation Sans", sans-serif'  # the first three have the widths below

# Thousandths of the size of the type, as Adobe's font metrics of Helvetica have them.
_WIDTHS = {
    191: "'", 222: "ijl‘’", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r“”", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu–", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw",
    778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "—…", 1015: "@",
}  # fmt: skip
_BY_LETTER = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER, _WIDE = 750, 1000  # of a character that is not in the table, and of one of Chinese, Japanese or Korean


def text_width(text: str, size: float) -> float:
    """Return the width of one line in the unit of `size`, which is that of the type."""
    return sum(map(_width, text)) * size / 1000


def fitted(text: str, size: float, width: float) -> str:
    """Return the text, cut with an ellipsis if it is wider than `width`."""
    if text_width(text, size) <= width:
        return text
    kept = next(end for end in range(len(text) - 1, -1, -1) if text_width(f"{text[:end]}…", size) <= width or not end)
    return f"{text[:kept].rstrip()}…"


def _width(character: str) -> int:
    """Return the width of a character in thousandths; an accent has none of its own."""
    if (known := _BY_LETTER.get(character)) is not None:
        return known
    base = unicodedata.normalize("NFD", character)[0]
    if base != character:
        return _BY_LETTER.get(base, _OTHER)
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER
