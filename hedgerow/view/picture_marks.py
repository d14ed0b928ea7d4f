"""The marks of a picture: the shade of a line, lines below cues, boxes around sources, the signs of labels.

Elements have their colours as classes: `f-ink` fills with the colour `ink` of marks.css, `s-ink` draws in it.
"""

from __future__ import annotations

from math import ceil

from hedgerow.report.markup import Element, add
from hedgerow.view.picture_layout import SOURCE_PAD, Piece

UNIT = 1  # decimals of a coordinate
ABOVE, BELOW = 22, 8  # how far a line of text reaches from its baseline
RADIUS = 7.5  # of the sign of a certainty
WAVE = 6  # the length of half a wave
PENS = {
    "modal": ("ink", 2, "solid"), "epistemic": ("ink", 2, "dashed"), "hearsay": ("distanced", 1.6, "wavy"),
    "attribution": ("attributed", 2, "solid"), "factive": ("endorsed", 1.5, "double"),
    "denial": ("disputed", 2, "wavy"), "approximator": ("ink", 2.4, "dotted"), "condition": ("ink", 1.4, "dashed"),
    "booster": ("accent", 4, "solid"),
}  # fmt: skip
OTHER_PEN = ("faint", 1.5, "solid")  # of a type of the user's own
BOXES = {"source_named": "solid", "source_unnamed": "dashed", "source_vague": "dotted"}
BARS = {"attributed": "solid", "endorsed": "double", "distanced": "dashed", "disputed": "dotted"}
_DASHES = {"dashed": "6 4", "dotted": "0 5"}
_BAR_DASHES = {"dashed": "7 5", "dotted": "0 7"}
_SHARES = {"probable": 0.75, "possible": 0.5, "uncommitted": 0.0}  # of the sign that is filled; all if it is certain


def rounded(number: float) -> str:
    """Return a coordinate, as short as it can be written."""
    return f"{round(number, UNIT):g}"


def add_shade(parent: Element, certainty: str | None, width: float, y: float) -> None:
    """Add the ground of a line of text whose baseline is at `y`; what is certain has none."""
    if certainty in _SHARES:
        box = {"x": "-6", "y": rounded(y - ABOVE - 1), "width": rounded(width + 12)}
        add(parent, "rect", class_=f"f-{certainty}", height=ABOVE + BELOW + 2, rx=4, **box)


def add_span(parent: Element, piece: Piece, y: float) -> None:
    """Add the box of a source, or the line below a cue."""
    if piece.span is None:
        return
    kind = str(piece.span.type)
    if kind in BOXES:
        made = add(parent, "rect", class_="s-faint", fill="none", stroke_width=1.4, rx=5)
        made.attrib |= _dashes(BOXES[kind], {"dashed": "5 3", "dotted": "0 4"})
        place = {"x": piece.x - SOURCE_PAD, "y": y - ABOVE + 1, "width": piece.width + 2 * SOURCE_PAD}
        made.attrib |= {name: rounded(value) for name, value in place.items()} | {"height": rounded(ABOVE + BELOW - 2)}
        return
    colour, width, style = PENS.get(kind, OTHER_PEN)
    made = add(parent, "path", class_=f"s-{colour}", fill="none", stroke_width=width)
    made.attrib |= _dashes(style, _DASHES)
    made.set("d", _below(piece, y + 5.5, style))


def colour_of(kind: str) -> str:
    """Return the colour of the caption of a type."""
    return "faint" if kind in BOXES else PENS.get(kind, OTHER_PEN)[0]


def add_bar(parent: Element, stance: str | None, x: float, top: float, bottom: float) -> None:
    """Add the bar of a stance beside what lies between `top` and `bottom`; `asserted` has a thin one."""
    if stance is None:
        return
    style = BARS.get(stance, "thin")
    colour, width = (stance, 4) if stance in BARS else ("certain-fill", 1.5)
    places = (x - 2.2, x + 2.2) if style == "double" else (x,)
    inset = 1.8 if style == "dotted" else 0
    lines = (f"M{rounded(at)} {rounded(top + inset)}V{rounded(bottom - inset)}" for at in places)
    made = add(parent, "path", class_=f"s-{colour}", d="".join(lines), stroke_width=1.8 if style == "double" else width)
    made.attrib |= _dashes(style, _BAR_DASHES)


def add_sign(parent: Element, certainty: str, x: float, y: float) -> None:
    """Add the sign of a certainty around a centre: a disk that is the less filled the less certain it is."""
    share = _SHARES.get(certainty, 1.0)
    ring = add(parent, "circle", class_=f"s-{certainty}-fill", cx=rounded(x), cy=rounded(y), r=RADIUS, stroke_width=1.6)
    if share == 1:
        ring.set("class", f"f-{certainty}-fill s-{certainty}-fill")
        return
    ring.set("fill", "none")
    ends = {0.5: (0, RADIUS), 0.75: (-RADIUS, 0)}.get(share)
    if ends is not None:
        arc = f"A{RADIUS} {RADIUS} 0 {int(share > 0.5)} 1 {rounded(x + ends[0])} {rounded(y + ends[1])}"
        outline = f"M{rounded(x)} {rounded(y)}V{rounded(y - RADIUS)}{arc}Z"
        add(parent, "path", class_=f"f-{certainty}-fill", d=outline)


def _dashes(style: str, dashes: dict[str, str]) -> dict[str, str]:
    """Return the attributes of a line of this style; a dot is a dash of no length with round ends."""
    found = {"stroke-dasharray": dashes[style]} if style in dashes else {}
    return found | ({"stroke-linecap": "round"} if style == "dotted" else {})


def _below(piece: Piece, y: float, style: str) -> str:
    x, width = rounded(piece.x), rounded(piece.width)
    if style == "double":
        return f"M{x} {rounded(y - 1)}h{width}M{x} {rounded(y + 2.4)}h{width}"
    if style != "wavy":
        return f"M{x} {rounded(y)}h{width}"
    waves = max(1, ceil(piece.width / WAVE - 0.5))
    half = piece.width / waves
    return f"M{x} {rounded(y)}q{rounded(half / 2)}-3.6 {half:.2f} 0{f't{half:.2f} 0' * (waves - 1)}"
