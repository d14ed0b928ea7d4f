"""Find training rows that contradict each other: one text, but for case, quotes, dashes and space, and two labels."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from hedgerow.corpus.duplicates import plain_text
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import Example
from hedgerow.training.heads import label_of

logger = logging.getLogger(__name__)

Contradiction = tuple[Example, Example, Head]  # a row, an earlier one with its text, and the head of their labels


def warn_contradictions(examples: Iterable[Example], heads: Sequence[Head]) -> None:
    """Warn of the rows to train on, of all files, that contradict an earlier one, with their number."""
    if found := list(contradictions(examples, heads)):
        row, first, head = found[0]
        labels = f"{head.name} {label_of(row, head.name)!r} and {label_of(first, head.name)!r}"
        logger.warning(
            "%s to train on: the text, but for case, quotes, dashes and space, has another label in an earlier row, "
            "such as %r and %r (%s); correct or remove one of the two",
            count(len({id(row) for row, *_ in found}), "row"), row.id, first.id, labels,
        )  # fmt: skip


def contradictions(examples: Iterable[Example], heads: Sequence[Head]) -> Iterator[Contradiction]:
    """Yield each row that has the text of an earlier one and another label of a head, once for every such head."""
    labelled = [head for head in heads if head.kind == "label"]
    firsts: dict[tuple[str, str], Example] = {}
    for example in examples:
        text = plain_text(example.text)
        for head in labelled:
            if (label := label_of(example, head.name)) is None:
                continue
            first = firsts.setdefault((text, head.name), example)
            if label_of(first, head.name) != label:
                yield example, first, head
