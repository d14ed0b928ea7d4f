"""A corpus that a person corrects row by row: each correction is on disk before it is acknowledged.

Corrections are appended to a journal beside the corpus (`mine.jsonl.journal`). The corpus is written from it, as a
whole, on close; a journal that a killed process left is taken in when the corpus is opened again. A line that was not
finished is dropped, and of several corrections of one row the last counts. One process at a time has a corpus open.
A correction that no longer fits is set aside (`mine.jsonl.journal.conflicts`).
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from hedgerow.corpus.checking import load
from hedgerow.corpus.decisions import first_answer, is_decided, reject_foreign, with_first_answer
from hedgerow.corpus.journal_lines import SKIPPED, Corrections, append_line, journal_line, read_journal
from hedgerow.corpus.rows import write_rows
from hedgerow.errors import InputError
from hedgerow.head import FIRST_ANSWER, REVIEWED
from hedgerow.io.atomic import flush_folder, replaced_file
from hedgerow.io.plural import count
from hedgerow.labels import Example

logger = logging.getLogger(__name__)
SUFFIXES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv")
_PACKED = (".gz", ".zst", ".bz2", ".xz")


@dataclass(frozen=True, slots=True)
class Saved:
    """A row as the corpus has it now, and as it was before, None if it is new."""

    row: Example
    before: Example | None


class CorpusJournal:
    """An open corpus: its rows, with the corrections so far.

    Use `open_corpus`. Threads may share it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._before = {row.id: row for row in _load(path)}
        reject_foreign(path, list(self._before.values()))
        self._rows = dict(self._before)
        self._ids = {row.text: row.id for row in self._before.values()}
        answers = ((row.text, first_answer(row)) for row in self._before.values())
        self._first = {text: answer for text, answer in answers if answer is not None}  # given blind
        self._removed: dict[str, Example] = {}  # new rows that were taken back, by text

    @property
    def rows(self) -> list[Example]:
        """The rows: those of the file in its order, then new ones in the order in which they were saved first."""
        with self._lock:
            return list(self._rows.values())

    def find(self, text: str) -> Example | None:
        """Return the row with this text, None if there is none."""
        with self._lock:
            return self._find(text)

    def find_removed(self, text: str) -> Example | None:
        """Return the new row with this text that was taken back, None if there is none."""
        with self._lock:
            return self._removed.get(text)

    def free_id(self, wanted: str, text: str) -> str:
        """Return an id for a new row with this text: the wanted one, with a number if another text has that."""
        with self._lock:
            free, number = wanted, 1
            while free in self._rows and self._rows[free].text != text:
                number += 1
                free = f"{wanted}-{number}"
            return free

    def save(self, row: Example) -> Saved:
        """Keep a row, new or corrected; when this returns, it is on disk.

        A corpus has a text once: if another row has it, that row gets the labels, whatever the id. A row that is there
        keeps its other fields. One that was decided blind, and gets other labels now, keeps its first answer.
        Raises InputError if a row with this id has another text, if the row is not one of a corpus, or if the disk is
        full.
        """
        with self._lock:
            before = self._find(row.text)
            if before is None and row.id in self._rows:
                raise InputError(
                    f"the row {row.id!r} has another text in {self.path.name} now; open the text, or the rows, again"
                )
            kept = row if before is None else _corrected(before, row)
            kept = with_first_answer(kept, self._first.get(row.text))
            self._write(journal_line(kept.to_dict(), is_row=True))
            self._rows[kept.id] = kept
            self._ids[kept.text] = kept.id
            if (answer := first_answer(kept)) is not None:
                self._first[kept.text] = answer
            return Saved(kept, before)

    def skip(self, identity: str) -> None:
        """Take back what was saved of a row since the corpus was opened; when this returns, that is on disk.

        If it was decided blind, its labels have been shown: the answer of before stays in FIRST_ANSWER.
        """
        with self._lock:
            row = self._rows.get(identity)
            if row is None:
                return
            before = self._before.get(identity)
            if before is None:
                self._write(journal_line({"id": identity, SKIPPED: True}))
                del self._rows[identity], self._ids[row.text]
                self._removed[row.text] = row
                return
            first = self._first.get(row.text)
            if first is None or is_decided(before):
                self._write(journal_line({"id": identity, SKIPPED: True}))
            else:
                before = replace(before, extra={**before.extra, FIRST_ANSWER: first.to_dict()})
                self._write(journal_line(before.to_dict()))
            self._rows[identity] = before

    def _find(self, text: str) -> Example | None:
        identity = self._ids.get(text)
        return None if identity is None else self._rows[identity]

    def _write(self, line: bytes) -> None:
        append_line(journal_path(self.path), line)


@contextmanager
def open_corpus(path: Path) -> Iterator[CorpusJournal]:
    """Open a corpus to correct it; on leaving, it is written from its journal. A file that is missing is a new corpus.

    Raises InputError if another process has it open, or if it cannot be written, and CorpusError if the corpus or its
    journal has an error.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a corpus in it (a .jsonl file)")
    _reject_format(path)
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise InputError(f"{path}: its folder does not exist; make it first")
    lock = FileLock(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(f"{path}: another process is correcting it; stop that one, or name another corpus") from None
    except OSError as error:
        raise InputError(f"{path}.lock: cannot be written ({error.strerror}); name a corpus elsewhere") from None
    try:
        fold(path)
        try:
            yield CorpusJournal(path)
        finally:
            fold(path)
    finally:
        lock.release()


def journal_path(corpus: Path) -> Path:
    """Return the journal of a corpus."""
    return corpus.with_name(f"{corpus.name}.journal")


def conflicts_path(corpus: Path) -> Path:
    """Return the file of the corrections that no longer fitted their corpus."""
    return corpus.with_name(f"{corpus.name}.journal.conflicts")


def fold(path: Path) -> None:
    """Write the corpus from its journal, and remove the journal; do nothing if there is none.

    The file is read again, so that what another program changed in the meantime stays. A correction whose row has
    another text now is set aside, and a warning says where.
    """
    journal = journal_path(path)
    if not journal.exists():
        return
    rows = _load(path)
    folded, conflicts = _folded(rows, read_journal(journal))
    if folded != rows:
        with replaced_file(path) as file:
            write_rows(file, folded)
    if conflicts:
        _set_aside(path, conflicts)
    journal.unlink()
    flush_folder(path.parent)


def _folded(rows: list[Example], corrections: Corrections) -> tuple[list[Example], list[Example]]:
    """Return the rows with their corrections, and the corrections whose id another text has now."""
    known = {row.id: row for row in rows}
    ids = {row.text: row.id for row in rows}
    conflicts = []
    for row in corrections.values():
        if row is None:
            continue
        identity = ids.get(row.text)
        if identity is None and row.id in known:
            conflicts.append(row)
            continue
        kept = row if identity is None else _corrected(known[identity], row)
        known[kept.id] = kept
        ids[kept.text] = kept.id
    return list(known.values()), conflicts


def _corrected(before: Example, row: Example) -> Example:
    """Return the row that is there with the labels and spans of another, and with what it says of the decision."""
    decision = {name: row.extra[name] for name in (REVIEWED, FIRST_ANSWER) if name in row.extra}
    extra = {name: value for name, value in before.extra.items() if name != FIRST_ANSWER} | decision
    return replace(before, certainty=row.certainty, stance=row.stance, spans=row.spans, extra=extra)


def _set_aside(corpus: Path, conflicts: list[Example]) -> None:
    path = conflicts_path(corpus)
    there = set(path.read_bytes().splitlines(keepends=True)) if path.exists() else set()
    for row in conflicts:
        if (line := journal_line(row.to_dict())) not in there:  # else an earlier attempt wrote it, and was killed
            append_line(path, line)
    named = ", ".join(repr(row.id) for row in conflicts[:5]) + (", ..." if len(conflicts) > 5 else "")
    logger.warning(
        "%s: %s set aside in %s: the text of %s was changed by another program; label %s again, then remove that file",
        *(corpus, count(len(conflicts), "correction"), path.name, named, "it" if len(conflicts) == 1 else "them"),
    )


def _reject_format(path: Path) -> None:
    """Raise InputError if the name of a corpus is that of another format: rows are written as JSON Lines."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return
    cure = f"name a {SUFFIXES[0]} file"
    if path.is_file() and suffix in _TABLES:
        cure = f"make a corpus of it: hedgerow corpus import {path} --from csv --out {path.with_suffix(SUFFIXES[0])}"
    elif path.is_file() and suffix in _PACKED:
        cure = f"unpack it, and {cure}"
    raise InputError(f"{path}: a corpus that is corrected is written as JSON Lines; {cure}")


def _load(path: Path) -> list[Example]:
    """Return the rows of a corpus; none if the file is missing or empty."""
    return load([path]) if path.exists() and path.stat().st_size else []
