"""A corpus that a person corrects row by row: each correction is on disk before it is acknowledged.

Corrections are appended to a journal beside the corpus (`mine.jsonl.journal`). The corpus is written from it, as a
whole, on close; a journal that a killed process left is taken in when the corpus is opened again. A line that was not
finished is dropped, and of several corrections of one row the last counts. One process at a time has a corpus open.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from hedgerow.corpus.checking import load
from hedgerow.corpus.rows import parse_row, write_rows
from hedgerow.errors import CorpusError, InputError
from hedgerow.io.atomic import flush_folder, replaced_file
from hedgerow.io.lines import read_lines
from hedgerow.io.plural import count
from hedgerow.io.strict_json import parse_object
from hedgerow.labels import Example

REVIEWED = "reviewed"  # the field of a row that a person has decided: BLIND or OPEN
BLIND, OPEN = "blind", "open"  # without, or with a model's labels before their eyes
SKIPPED = "skipped"
Corrections = Mapping[str, Example | None]  # by id; None: the row was skipped


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
        self._rows = dict(self._before)
        self._ids = {row.text: row.id for row in self._before.values()}

    @property
    def rows(self) -> list[Example]:
        """The rows: those of the file in its order, then new ones in the order in which they were saved first."""
        with self._lock:
            return list(self._rows.values())

    def find(self, text: str) -> Example | None:
        """Return the row with this text, None if there is none."""
        with self._lock:
            return self._rows.get(self._ids.get(text, ""))

    def save(self, row: Example) -> Saved:
        """Keep a row, new or corrected; when this returns, it is on disk.

        A corpus has a text once: if another row has it, that row gets the labels, whatever the id. A row that is there
        keeps its other fields. Raises InputError if a row with this id has another text, or if the disk is full.
        """
        with self._lock:
            before = self._rows.get(self._ids.get(row.text, ""))
            if before is None and row.id in self._rows:
                raise InputError(f"the row {row.id!r} has another text in {self.path.name}; load the page again")
            kept = row if before is None else _corrected(before, row)
            self._append(kept.to_dict())
            self._rows[kept.id] = kept
            self._ids[kept.text] = kept.id
            return Saved(kept, before)

    def skip(self, identity: str) -> None:
        """Take back what was saved of a row since the corpus was opened; when this returns, that is on disk."""
        with self._lock:
            self._append({"id": identity, SKIPPED: True})
            row = self._rows.get(identity)
            if row is not None and identity in self._before:
                self._rows[identity] = self._before[identity]
            elif row is not None:
                del self._rows[identity], self._ids[row.text]

    def _append(self, entry: Mapping[str, object]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        path = journal_path(self.path)
        is_new = not path.exists()
        try:
            with path.open("ab", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                try:
                    if file.write(line) != len(line):
                        raise OSError(0, "the disk took a part of it only")
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(size)  # the next line must not go on where this one was cut
                    raise
            if is_new:
                flush_folder(path.parent)
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}); make room and save again") from None


@contextmanager
def open_corpus(path: Path) -> Iterator[CorpusJournal]:
    """Open a corpus to correct it; on leaving, it is written from its journal. A file that is missing is a new corpus.

    Raises InputError if another process has it open, or if it cannot be written, and CorpusError if the corpus or its
    journal has an error.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a corpus in it (a .jsonl file)")
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


def fold(path: Path) -> None:
    """Write the corpus from its journal, and remove the journal; do nothing if there is none.

    The file is read again, so that what another program changed in the meantime stays.
    """
    journal = journal_path(path)
    if not journal.exists():
        return
    rows = _load(path)
    folded = _folded(rows, read_journal(journal), journal)
    if folded != rows:
        with replaced_file(path) as file:
            write_rows(file, folded)
    journal.unlink()
    flush_folder(path.parent)


def reject_undecided(path: Path, rows: Sequence[Example]) -> None:
    """Raise CorpusError if a person has decided some rows of a corpus, but not all: the others are not theirs."""
    undecided = [row.id for row in rows if REVIEWED not in row.extra]
    if undecided and len(undecided) < len(rows):
        named = ", ".join(undecided[:5])
        raise CorpusError(
            f"{path}: {count(len(undecided), 'row')} without the field {REVIEWED!r}, so no person has decided them "
            f"({named}); decide them, or remove them from both files"
        )


def read_journal(path: Path) -> Corrections:
    """Return the corrections by id, in the order of the first of each; a last line without its end is dropped.

    Raises CorpusError, with file and line, for a line that is whole but no correction.
    """
    found: dict[str, Example | None] = {}
    with path.open("rb") as file:
        for line in read_lines(file):
            if line.ended:
                identity, row = _parse(line.raw, f"{path}:{line.number}")
                found[identity] = row
    return found


def _parse(raw: bytes, place: str) -> tuple[str, Example | None]:
    cure = "mend the line, or remove it and lose its correction"
    try:
        entry = parse_object(raw)
    except InputError as error:
        raise CorpusError(f"{place}: {error}; {cure}") from None
    if entry.keys() == {"id", SKIPPED}:
        return str(entry["id"]), None
    for row in parse_row(raw):
        if isinstance(row, Example):
            return row.id, row
        raise CorpusError(f"{place}: {row[0]}; {cure}")
    raise CorpusError(f"{place}: not a row; {cure}")


def _folded(rows: list[Example], corrections: Corrections, journal: Path) -> list[Example]:
    known = {row.id: row for row in rows}
    ids = {row.text: row.id for row in rows}
    for row in corrections.values():
        if row is None:
            continue
        before = known.get(ids.get(row.text, ""))
        if before is None and row.id in known:
            raise CorpusError(
                f"{journal}: the row {row.id!r} has another text in {journal.with_suffix('').name}; give it the text "
                "that it had, or remove its lines from the journal"
            )
        kept = row if before is None else _corrected(before, row)
        known[kept.id] = kept
        ids[kept.text] = kept.id
    return list(known.values())


def _corrected(before: Example, row: Example) -> Example:
    """Return the row that is there with the labels, spans and REVIEWED of another."""
    reviewed = {REVIEWED: row.extra[REVIEWED]} if REVIEWED in row.extra else {}
    extra = {**before.extra, **reviewed}
    return replace(before, certainty=row.certainty, stance=row.stance, spans=row.spans, extra=extra)


def _load(path: Path) -> list[Example]:
    """Return the rows of a corpus; none if the file is missing or empty."""
    return load([path]) if path.exists() and path.stat().st_size else []
