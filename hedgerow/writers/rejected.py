"""Rejected input to JSON Lines: where it was, why it was rejected, and its bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from hedgerow.io.atomic import replaced_file
from hedgerow.readers.input_text import Rejected
from hedgerow.writers.jsonl import write_line


@contextmanager
def rejected_writer(path: Path) -> Iterator[Callable[[Rejected], None]]:
    """Write rejected rows to `path` as they come; if there are none, there is no file afterwards."""
    with ExitStack() as stack:
        files: list[Any] = []

        def write(rejected: Rejected) -> None:
            if not files:
                files.append(stack.enter_context(replaced_file(path)))
            write_line(files[0], rejected_row(rejected))

        yield write
        if not files:
            path.unlink(missing_ok=True)


def rejected_row(rejected: Rejected) -> dict[str, Any]:
    """Return a rejected row as a JSON object; `raw` is its bytes in base64, null if they are too many."""
    raw = None if rejected.raw is None else base64.b64encode(rejected.raw).decode("ascii")
    place = {"file": rejected.file, "line": rejected.line, "row": rejected.row, "byte": rejected.offset}
    return place | {"rows": rejected.rows, "reason": rejected.reason, "raw": raw}
