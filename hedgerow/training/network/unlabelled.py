"""Unlabelled text for teachers to score: sentences of the training parts of corpora, and none that is measured on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from hedgerow.corpus.external import read_rows
from hedgerow.labels import Example

SHORTEST, LONGEST = 3, 80  # words; what is shorter or longer is a heading, a list, or a splitter's mistake


def unlabelled_texts(files: Sequence[Path], known: Iterable[Example], held_out: Iterable[Example]) -> list[str]:
    """Sentences of JSON lines `files` ("text"; of rows with a "split" only those of the training part), each once.

    Left out is what is labelled already (`known`) or measured on (`held_out`), letters and figures compared alone.
    """
    seen = {_bare(example.text) for rows in (known, held_out) for example in rows}
    texts = []
    for path in files:
        for row in read_rows(path, "texts"):
            bare = _bare(row["text"])
            if bare not in seen and SHORTEST <= len(row["text"].split()) <= LONGEST:
                seen.add(bare)
                texts.append(row["text"])
    return texts


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
