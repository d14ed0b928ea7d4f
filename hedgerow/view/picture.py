"""A short text as a picture: an SVG file with its sentences, shaded and marked, and their labels in words.

The picture needs no other file and no script. Text stays text. Widths are those of Arial, and `textLength` keeps a
line as wide in another font, so that nothing overlaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hedgerow.errors import InputError
from hedgerow.io.plural import count
from hedgerow.labelling.layout import PAGE_GENERATOR
from hedgerow.labels import AXES
from hedgerow.report.markup import Element, add, element, to_xml
from hedgerow.report.text_width import FONTS, fitted, text_width
from hedgerow.view.about import About
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.legend import TITLES
from hedgerow.view.palette import THEMES, palette
from hedgerow.view.picture_layout import CAPTION_SIZE, SIZE, Caption, Line, lay_out
from hedgerow.view.picture_marks import (
    ABOVE,
    BELOW,
    add_bar,
    add_shade,
    add_sign,
    add_span,
    colour_of,
    rounded,
)  # fmt: skip
from hedgerow.view.sentence_markup import visible_spans
from hedgerow.writers.records import LabelledSentence

MOST = 20  # sentences of a picture
WIDTH, MARGIN = 880, 28
TEXT_AT, TEXT_WIDTH, BAR_AT = 50, 590, 31
LABELS_AT, SIGN_AT, LABEL_SIZE = 690, 670, 18
SCORE_SIZE, SCORE_GAP, BOLD = 15, 6, 1.1  # bold letters are wider by a tenth
_LINE, _CAPTION, _LABEL, _LEGEND, _BETWEEN = 38, 17, 27, 27, 36  # heights
_LEGEND_AT, _LEGEND_STEP = 122, 114  # of the signs
_SVG = "http://www.w3.org/2000/svg"


def write_picture(documents: Sequence[ViewedDocument], about: About, theme: str | None = None) -> str:
    """Return the sentences of documents as an SVG file, in a theme, or in the one that its reader's system has.

    Raises
    ------
    InputError
        If they are more than 20 sentences.
    """
    sentences = [sentence for document in documents for sentence in document.sentences]
    check_length(len(sentences))
    root = element("svg", xmlns=_SVG, data_generator=PAGE_GENERATOR, lang="en", role="img", width=WIDTH)
    root.attrib |= {"class": "f-ink", "font-size": f"{SIZE}"}  # of all texts that have no others
    add(root, "title", f"{count(len(sentences), 'sentence')} with certainty and stance")
    add(root, "desc", " ".join(map(_told, sentences)))
    add(root, "metadata", about.line())
    style = add(root, "style")
    ground = add(root, "rect", class_="f-paper s-rule", x=0.5, y=0.5, width=WIDTH - 1, rx=12)
    y = float(MARGIN)
    for number, sentence in enumerate(sentences):
        if number:
            add(root, "path", class_="s-rule", d=f"M{MARGIN} {rounded(y + _BETWEEN / 2)}H{WIDTH - MARGIN}")
            y += _BETWEEN
        y += _add_row(root, sentence, y)
    y = _add_legend(root, sentences, about, y + MARGIN)
    root.attrib |= {"height": rounded(y), "viewBox": f"0 0 {WIDTH} {rounded(y)}"}
    ground.set("height", rounded(y - 1))
    style.text = _style(root, theme)
    return f"{to_xml(root)}\n"


def check_length(sentences: int) -> None:
    """Raise InputError if a picture cannot hold so many sentences."""
    if sentences > MOST:
        raise InputError(
            f"more than {MOST} sentences are too many for a picture; view a shorter text, or write a page (--out "
            "NAME.html)"
        )


def _told(sentence: LabelledSentence) -> str:
    """Return the sentence and its labels, for a screen reader."""
    labels = ", ".join(_label(sentence, head) for head in sentence.prediction.label_heads)
    return " ".join([*sentence.prediction.text.split(), f"({labels or 'no labels'})"])


def _label(sentence: LabelledSentence, head: str) -> str:
    label = sentence.label(head)
    if label is None:
        return f"no {head}"
    return label if head in AXES else f"{head}: {label}"


def _add_row(root: Element, sentence: LabelledSentence, top: float) -> float:
    """Add a sentence and its labels; return the height of both."""
    prediction = sentence.prediction
    lines = lay_out(prediction.text, visible_spans(sentence), TEXT_WIDTH)
    row = add(root, "g", transform=f"translate({TEXT_AT} {rounded(top)})")
    y, bottom = float(ABOVE), float(ABOVE + BELOW)
    for line in lines:
        add_shade(row, sentence.label("certainty"), line.width, y)
        _add_line(row, line, y)
        bottom = y + BELOW + _CAPTION * line.levels
        y += _LINE + _CAPTION * line.levels
    add_bar(row, sentence.label("stance"), BAR_AT - TEXT_AT, 0, bottom)
    labels = add(root, "g", transform=f"translate(0 {rounded(top)})")
    for number, head in enumerate(prediction.label_heads):
        _add_label(labels, sentence, head, ABOVE + number * _LABEL)
    return max(bottom, ABOVE + BELOW + (len(prediction.label_heads) - 1) * _LABEL)


def _add_line(row: Element, line: Line, y: float) -> None:
    for piece in line.pieces:
        add_span(row, piece, y)
        _add_text(row, piece.text, (piece.x, y), SIZE)
    for caption in line.captions:
        kind = next(str(piece.span.type) for piece in line.pieces if piece.span and piece.x == caption.x)
        _add_caption(row, caption, colour_of(kind), y)


def _add_caption(row: Element, caption: Caption, colour: str, y: float) -> None:
    at = y + BELOW + CAPTION_SIZE + _CAPTION * caption.level
    if caption.level:
        add(row, "path", class_=f"s-{colour}", d=f"M{rounded(caption.x)} {rounded(y + 10)}V{rounded(at - 12)}")
    _add_text(row, caption.text, (caption.x, at), CAPTION_SIZE).set("class", f"f-{colour}")


def _add_text(parent: Element, text: str, at: tuple[float, float], size: float, stretch: float = 1) -> Element:
    """Add a text in a box of the width that it has in Arial; bold letters need a `stretch`."""
    x, y = at
    width = stretch * text_width(text, size)
    words = add(parent, "text", text, x=rounded(x), y=rounded(y), font_size=None if size == SIZE else size)
    words.attrib |= {"textLength": rounded(width), "lengthAdjust": "spacingAndGlyphs"} if width else {}
    return words


def _add_label(parent: Element, sentence: LabelledSentence, head: str, y: float) -> None:
    """Add a label of the codebook with its sign, in bold, or one of the user's own, and its score."""
    label = sentence.label(head)
    score = "" if label is None else f"{100 * max(sentence.prediction.scores(head).values()):.0f} %"
    room = WIDTH - MARGIN - LABELS_AT - text_width(score, SCORE_SIZE) - SCORE_GAP
    bold = BOLD if label is not None and head in AXES else 1
    shown = fitted(_label(sentence, head), LABEL_SIZE * bold, room)
    words = _add_text(parent, shown, (LABELS_AT, y), LABEL_SIZE, bold)
    if label is not None and head in AXES:
        words.set("font-weight", "bold")
        _add_sign(parent, head, label, (SIGN_AT, y - 6))
    if score:
        at = LABELS_AT + bold * text_width(shown, LABEL_SIZE) + SCORE_GAP
        _add_text(parent, score, (at, y), SCORE_SIZE).set("class", "f-faint")


def _add_sign(parent: Element, axis: str, label: str, centre: tuple[float, float]) -> None:
    x, y = centre
    if axis == "certainty":
        add_sign(parent, label, x, y)
    else:
        add_bar(parent, label, x, y - 9, y + 9)


def _add_legend(root: Element, sentences: Sequence[LabelledSentence], about: About, top: float) -> float:
    """Add what the signs mean, and the model; return where the picture ends."""
    add(root, "path", class_="s-rule", d=f"M0 {rounded(top)}H{WIDTH}")
    y, ends = top + 30, [float(MARGIN)]
    for number, axis in enumerate(axis for axis in AXES if any(axis in one.prediction.axes for one in sentences)):
        ends.append(_add_legend_line(root, axis, y + number * _LEGEND))
    made = "hedgerow" if about.model is None else f"hedgerow, labelled by {about.model}"
    shown = fitted(made, CAPTION_SIZE, WIDTH - MARGIN - max(ends[:2]) - 2 * SCORE_GAP)
    at = WIDTH - MARGIN - text_width(shown, CAPTION_SIZE)
    _add_text(root, shown, (at, y), CAPTION_SIZE).set("class", "f-faint")
    return y + _LEGEND * max(0, len(ends) - 2) + 22


def _add_legend_line(root: Element, axis: str, y: float) -> float:
    """Add the signs of an axis with their labels; return where they end."""
    _add_text(root, TITLES[axis], (MARGIN, y), CAPTION_SIZE).set("class", "f-faint")
    x = 0.0
    for number, label in enumerate(map(str, AXES[axis])):
        x = _LEGEND_AT + number * _LEGEND_STEP
        width = text_width(label, CAPTION_SIZE)
        if axis == "certainty" and label != "certain":
            box = {"x": rounded(x + 11), "y": rounded(y - 16), "width": rounded(width + 8)}
            add(root, "rect", class_=f"f-{label}", height=22, rx=4, **box)
        _add_sign(root, axis, label, (x, y - 5.5))
        _add_text(root, label, (x + 15, y), CAPTION_SIZE)
        x += 15 + width
    return x


def _style(root: Element, theme: str | None) -> str:
    """Return the style: plain colours, those of the light theme first if the picture follows the system."""
    used = sorted({name for one in root.iter() for name in one.get("class", "").split()})
    fonts = f"text{{font-family:{FONTS}}}"
    if theme is not None:
        return fonts + _rules(used, theme)
    return f"{fonts}{_rules(used, THEMES[0])}@media (prefers-color-scheme:dark){{{_rules(used, THEMES[1])}}}"


def _rules(used: Iterable[str], theme: str) -> str:
    colours = palette(theme)
    kinds = {"f": "fill", "s": "stroke"}
    return "".join(f".{name}{{{kinds[name[0]]}:{colours[name[2:]]}}}" for name in used)
