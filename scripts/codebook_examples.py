"""Examples for every rule of the codebook, for the docs site: they are the cases of `evaluation/behaviour`.

python -m scripts.codebook_examples   # prints Markdown
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from evaluation.behaviour.cases import LabelCase, SpansCase, bundled_cases, load

_SECTIONS = {
    "1": "1. Find the claim",
    "2": "2. Certainty",
    "3": "3. Stance",
    "4": "4. Spans",
}
_INTRODUCTION = """# Codebook: examples

One sentence for each rule of the [codebook](codebook.md), by the section that decides. They were written for this
project to measure models, so no model was trained on them. A dash means that the case leaves an axis open.
"""


def examples() -> str:
    """Return the examples as Markdown: a table for each section of the codebook."""
    sections: dict[str, dict[str, str]] = {number: {} for number in _SECTIONS}
    for located in load(bundled_cases()):
        case = located.case
        if isinstance(case, LabelCase | SpansCase):
            number, _, rule = case.why.partition(": ")
            sections[number[-1]].setdefault(rule, _row(case, rule))
    return _INTRODUCTION + "".join(_section(number, rows.values()) for number, rows in sections.items())


def _section(number: str, rows: Iterable[str]) -> str:
    lines = "\n".join(rows)
    table = f"| rule | sentence | labels |\n| --- | --- | --- |\n{lines}"
    return f'\n## {_SECTIONS[number]}\n\n<div class="stacked" markdown>\n\n{table}\n\n</div>\n'


def _row(case: LabelCase | SpansCase, rule: str) -> str:
    labels = "<br>".join(f"`{label}`" if label else "–" for label in _labels(case))
    return f"| {_escaped(rule)} | {_escaped(case.texts[0])} | {labels} |"


def _labels(case: LabelCase | SpansCase) -> Iterator[str]:
    if isinstance(case, LabelCase):
        yield from (str(label or "") for label in (case.expect.certainty, case.expect.stance))
    else:
        yield from (f"{words}: {kind}" for words, kind in case.expect.marked.items())
        yield from (f"{words}: none" for words in case.expect.unmarked)


def _escaped(text: str) -> str:
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return text


if __name__ == "__main__":
    sys.stdout.write(examples())
