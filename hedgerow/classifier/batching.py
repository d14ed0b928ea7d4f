"""Check texts and put them into batches, lazily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from hedgerow.errors import InputError
from hedgerow.io.text_checks import surrogate_error, text_error

Errors = Literal["raise", "skip"]
_FIRST = 64  # texts of the first batch; each batch is twice the one before


def check_texts(texts: Iterable[str], errors: Errors) -> Iterator[str | None]:
    """Yield each text that can be labelled; for another one None, or raise InputError."""
    for number, text in enumerate(texts):
        what = f"sentence {number}"
        error = text_error(text, what)
        if error is not None and errors == "raise":
            raise InputError(error if error.startswith(what) else f"{what}: {error}")
        yield text if error is None else None


def check_chunks(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of a text; raise InputError for one that is no text or was cut inside a character."""
    for number, chunk in enumerate(chunks):
        if not isinstance(chunk, str):
            raise InputError(f"piece {number} is {type(chunk).__name__}, not text")
        if (error := surrogate_error(chunk)) is not None:
            raise InputError(f"piece {number}: {error}")
        yield chunk


def batch_up(texts: Iterable[str | None], size: int) -> Iterator[list[str | None]]:
    """Yield lists of `size` texts; the first ones are shorter, so that a result comes soon, and the last one may be."""
    batch: list[str | None] = []
    wanted = min(_FIRST, size)
    for text in texts:
        batch.append(text)
        if len(batch) == wanted:
            yield batch
            batch = []
            wanted = min(2 * wanted, size)
    if batch:
        yield batch
