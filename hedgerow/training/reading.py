"""Read every labelled file of a training, and find what is wrong with any of them before anything is trained."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hedgerow.corpus import CorpusPart
from hedgerow.corpus.checking import find_leaks, gather
from hedgerow.corpus.duplicates import plain_text
from hedgerow.corpus.external import DEV, PLAIN, TEXTS, read_examples
from hedgerow.corpus.own_labels import apply_heads
from hedgerow.corpus.rows import CorpusRow, RowError
from hedgerow.head import Head
from hedgerow.io.plural import count
from hedgerow.labels import Example

logger = logging.getLogger(__name__)

HeldOut = Mapping[str, Sequence[Example]]  # the rows to measure on, by the name of their part


@dataclass(frozen=True, slots=True)
class AuxiliaryFile:
    """A corpus with labels of its own, the name of its reader, and its dev files."""

    path: Path
    reader: str
    dev: Sequence[Path] = ()


@dataclass(slots=True)
class Reading:
    """Reads files for `heads`, and collects the `errors` of all of them, and the `rows`, which say where they are."""

    heads: Sequence[Head]
    errors: list[RowError] = field(default_factory=list)
    rows: list[CorpusRow] = field(default_factory=list)

    def corpus(self, paths: Sequence[Path]) -> list[Example]:
        """Return the rows of the parts of one corpus."""
        return self._applied(*gather(paths))

    def part(self, part: CorpusPart) -> list[Example]:
        """Return the rows of a part. Raises CorpusError if its conditions leave none."""
        rows, errors = gather(part.files)
        return self._applied(rows if errors else part.choose(rows), errors)

    def auxiliary(self, file: AuxiliaryFile) -> list[Example]:
        """Return the rows to train on of an auxiliary corpus."""
        known = len(self.errors)
        examples = self._applied(*read_examples(file.path, file.reader))
        if file.reader != TEXTS and len(self.errors) == known and not self._labelled(examples):
            self.fault(str(file.path), "no row is labelled on a head of the recipe", self._named_heads())
        return examples

    def auxiliary_dev(self, file: AuxiliaryFile) -> list[Example]:
        """Return the rows of the dev files of an auxiliary corpus."""
        return [example for path in file.dev for example in self._applied(*read_examples(path, file.reader, part=DEV))]

    def fault(self, place: str, error: str, hint: str) -> None:
        """Add a fault of the files, or the part, called `place`."""
        self.errors.append(RowError(place, 0, error, hint))

    def check_leaks(self, train: Sequence[Example], held_out: HeldOut) -> None:
        """Add a fault for each held-out row whose text or group is in the training data."""
        places = self._places()
        for rows in held_out.values():
            for leak in find_leaks(train, rows):
                held, trained = places[id(leak.held_out)], places[id(leak.train)]
                error = f"{leak} ({trained.path}:{trained.line})"
                self.errors.append(RowError(held.path, held.line, error, "remove one of the two"))

    def _places(self) -> dict[int, CorpusRow]:
        """Return the row of each example that was read, by its identity: rows of two files may be equal."""
        return {id(row.example): row for row in self.rows}

    def _files(self, examples: Sequence[Example]) -> str:
        """Return the files that examples were read from."""
        places = self._places()
        return ", ".join(dict.fromkeys(places[id(example)].path for example in examples))

    def check_parts(self, held_out: HeldOut, calibration: str | None) -> None:
        """Add a fault for each part with too few rows: to measure on, or to fit temperatures on (`calibration`)."""
        for name, rows in held_out.items():
            if not rows:
                continue  # its file has another fault
            if len(rows) < 2 and name in (DEV, calibration):
                error = f"{name} has one row, and nothing can be measured on it"
                self.fault(self._files(rows), error, "add rows, at least a few per label")
            elif not self._labelled(rows):
                self.fault(self._files(rows), "no row is labelled on a head of the recipe", self._named_heads())
            elif name == calibration:
                self._check_calibration(rows)

    def _check_calibration(self, rows: Sequence[Example]) -> None:
        for head in self.heads:
            groups = {example.group_key for example in rows if example.is_labelled_on(head.name)}
            if head.kind == "label" and len(groups) == 1:
                hint = "add rows of other documents: scores of a head are calibrated on some, and measured on others"
                self.fault(self._files(rows), f"all rows with {head.name!r} are of one group, {groups.pop()!r}", hint)

    def _labelled(self, examples: Iterable[Example]) -> bool:
        names = [head.name for head in self.heads]
        return any(example.is_labelled_on(name) for example in examples for name in names)

    def _named_heads(self) -> str:
        names = ", ".join(head.name for head in self.heads)
        return f"it has {names}: label rows, or name heads of your own with --head, or in [[heads]]"

    def _applied(self, rows: Iterable[CorpusRow], errors: Iterable[RowError]) -> list[Example]:
        applied, faults = apply_heads(rows, self.heads)
        self.errors += [*errors, *faults]
        self.rows += applied
        return [row.example for row in applied]


def read_auxiliary(reading: Reading, files: Sequence[AuxiliaryFile], held_out: HeldOut) -> list[Example]:
    """Return the rows to train on of all auxiliary corpora.

    If a row's text or group is held out too, that is a fault in a user's own rows, and a row that is left out in a
    corpus that others published.
    """
    examples: list[Example] = []
    measured = [example for rows in held_out.values() for example in rows]
    texts = {plain_text(example.text) for example in measured}
    groups = {example.group_or_doc for example in measured} - {None}
    for file in files:
        rows = reading.auxiliary(file)
        if file.reader == PLAIN:
            reading.check_leaks(rows, held_out)
            examples += rows
            continue
        kept = [row for row in rows if plain_text(row.text) not in texts and row.group_or_doc not in groups]
        if len(kept) < len(rows):
            logger.info("%s: left out %s that are measured on", file.path.name, count(len(rows) - len(kept), "row"))
        examples += kept
    return examples


def warn_unmeasured(heads: Sequence[Head], dev: Sequence[Example], name: str) -> None:
    """Warn of each head that no row of dev is labelled on."""
    for head in heads:
        if not any(example.is_labelled_on(head.name) for example in dev):
            logger.warning("%s: no row has %r; it is not measured, and no epoch is chosen by it", name, head.name)
