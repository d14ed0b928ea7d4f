"""Export: texts with their labels become files for an annotation tool, with the configuration of the tool beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from hedgerow.corpus.exchange import csv_table, doccano_export, label_studio_export, prodigy_export
from hedgerow.corpus.exchange.items import Item, Source
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.io.plural import count

Write = Callable[[Sequence[Item], Source], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """How to write for a tool: the main file's name, the unit that it counts in, and the main file's suffix."""

    write: Write
    data: str
    unit: Unit = Unit.CODE_POINTS
    holds_scores: bool = True


TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "label-studio": Tool(label_studio_export.write, label_studio_export.DATA),
        "doccano": Tool(doccano_export.write, doccano_export.DATA, Unit.UTF_16, holds_scores=False),
        "prodigy": Tool(prodigy_export.write, prodigy_export.DATA),
        "csv": Tool(csv_table.write, csv_table.DATA),
    }
)


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that were written, and what the tool cannot hold, each as a sentence."""

    files: Sequence[Path]
    notes: Sequence[str]


def write_export(items: Sequence[Item], tool: str, out: Path, source: Source) -> Exported:
    """Write `items` for `tool` (a key of TOOLS) to the folder `out`, or to a file of that name if it has a suffix.

    All files appear, or none. Raises InputError if a span cannot be said in the unit of `source`, or `out` has a suffix
    that is not the tool's.
    """
    how = TOOLS[tool]
    suffix = Path(how.data).suffix
    if out.suffix and out.suffix != suffix:
        raise InputError(f"--out {out}: {tool} reads {suffix} files; name a {suffix} file, or a folder")
    contents = how.write(items, source)
    paths = {name: _path(out, name, how.data) for name in contents}
    with ExitStack() as stack:
        for name, content in contents.items():
            stack.enter_context(replaced_file(paths[name])).write(content)
    return Exported(list(paths.values()), list(_notes(items, how, tool)))


def _path(out: Path, name: str, data: str) -> Path:
    if not out.suffix:
        return out / name
    return out if name == data else out.with_name(f"{out.stem}.{name}")


def _notes(items: Sequence[Item], how: Tool, tool: str) -> list[str]:
    suggestions = sum(item.is_suggestion for item in items)
    unlabelled = sum(not item.is_labelled for item in items)
    nested = sum(_overlaps(item) for item in items)
    notes = []
    if unlabelled:
        notes.append(f"{count(unlabelled, 'text')} without labels")
    if suggestions and not how.holds_scores:
        notes.append(f"{tool} keeps no scores: the labels of {count(suggestions, 'text')} are written without scores")
    if nested and tool == "doccano":
        notes.append(f"{count(nested, 'text')} with spans in each other, of which doccano keeps one")
    return notes


def _overlaps(item: Item) -> bool:
    spans = sorted((span.start, span.end) for found in item.spans.values() for span in found)
    return any(after[0] < before[1] for before, after in pairwise(spans))
