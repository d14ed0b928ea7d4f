"""Recognise sentences without keeping them: a file of short hashes, 8 bytes each, of the texts in a set.

The hash is of the plain text, so that a copy in other quotes or another case is recognised. A file holds neither text
nor order. If it is of 20,000 texts, it recognises another text by mistake with a probability of about 1e-15.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from hedgerow.corpus.duplicates import plain_text

SIZE = 8  # bytes of a hash


def text_hash(text: str) -> bytes:
    """Return the first bytes of the sha256 of the plain text."""
    return sha256(plain_text(text).encode()).digest()[:SIZE]


def write_hashes(path: Path, texts: Iterable[str], others: frozenset[bytes] = frozenset()) -> None:
    """Write the hashes of `texts`, and the hashes `others`, to `path`, sorted, each once."""
    path.write_bytes(b"".join(sorted(others | {text_hash(text) for text in texts})))


def read_hashes(path: Path) -> frozenset[bytes]:
    """Return the hashes that `write_hashes` wrote to `path`."""
    content = path.read_bytes()
    return frozenset(content[at : at + SIZE] for at in range(0, len(content), SIZE))
