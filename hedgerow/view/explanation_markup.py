"""Why a sentence has its labels, as HTML."""

from __future__ import annotations

from hedgerow.report.markup import Element, add, add_text
from hedgerow.view.explaining import Explanation


def add_explanation(parent: Element, explanation: Explanation, number: int) -> None:
    """Add why sentence `number` of the document has its labels."""
    section = add(parent, "section", class_="h-why", id=f"why-{number}", aria_labelledby=f"why-{number}-title")
    add(section, "h2", f"Why sentence {number} has these labels", id=f"why-{number}-title")
    add(add(add(section, "p"), "a", href=f"#s1-{number}"), "bdi", explanation.prediction.text)
    for axis in explanation.axes:
        add(
            section,
            "p",
            f"{axis.axis}: {axis.label} {100 * axis.score:.0f} %, "
            f"then {axis.runner_up} {100 * axis.runner_up_score:.0f} %",
        )
    if explanation.prediction.spans:
        cues = (
            f"{span.type} “{span.text}”" + ("" if span.score is None else f" {100 * span.score:.0f} %")
            for span in explanation.prediction.spans
        )
        add(section, "p", f"Marked: {', '.join(cues)}")
    add(section, "p", explanation.note, class_="h-note")
    table = add(
        add(section, "div", class_="h-scroll", tabindex=0, role="group", aria_label=f"Words of sentence {number}"),
        "table",
    )
    head = add(add(table, "thead"), "tr")
    for title in ("without the word", *(f"{axis.label}, points" for axis in explanation.axes)):
        add(head, "th", title, scope="col")
    body = add(table, "tbody")
    for word in explanation.heaviest():
        row = add(body, "tr")
        add_text(add(add(row, "th", scope="row"), "bdi"), word.text)
        for change in word.changes:
            points = round(100 * change)
            add(row, "td", f"{points:+}".replace("-", "−") if points else "0")
