"""`hedgerow corpus import` and `export`: labelled texts from and to annotation tools."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hedgerow.errors import InputError

if TYPE_CHECKING:
    from hedgerow.corpus.exchange.importing import Imported


class From(StrEnum):
    """Whose files are imported."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    CSV = "csv"
    JSON = "json"
    ROWS = "rows"


class To(StrEnum):
    """For which tool files are exported."""

    LABEL_STUDIO = "label-studio"
    DOCCANO = "doccano"
    PRODIGY = "prodigy"
    CSV = "csv"


class Offsets(StrEnum):
    """What offsets count."""

    CODE_POINTS = "code-points"
    UTF_16 = "utf-16"
    GRAPHEMES = "graphemes"


OffsetsOption = Annotated[
    Offsets | None,
    typer.Option(
        "--offsets",
        help="What the tool's offsets count.",
        show_default="utf-16 for doccano, else code-points",
    ),
]


def import_files(
    files: Annotated[list[Path], typer.Argument(help="Files that the tool exported.", show_default=False)],
    tool: Annotated[From, typer.Option("--from", help="The tool; rows are those of hedgerow label.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The corpus (JSON Lines).")],
    text_field: Annotated[
        str | None, typer.Option("--text-field", metavar="NAME", help="The field with the text.", show_default="text")
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="NAME", help="Your head, of the labels that the codebook does not have.")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take the work of this annotator only (id, email or session).")
    ] = None,
    offsets: OffsetsOption = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FIELD", help="A field of the corpus, and its name in the file (csv, json)."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="Take only rows with this value (json).")
    ] = None,
) -> None:
    """Make a corpus of the files of an annotation tool, of any JSON rows, or of rows that a model labelled.

    Texts without labels and rejected ones are skipped and counted. Rows of the same text are merged.

    Exit codes: 0 fine, 2 wrong usage, or an error in the files (nothing is written), 130 interrupted.

    Example: hedgerow label article.txt --out rows.csv && hedgerow corpus import rows.csv --from rows
    --out corpus.jsonl
    """
    from hedgerow.corpus import exchange
    from hedgerow.corpus.rows import write_rows
    from hedgerow.corpus.selecting import parse_conditions
    from hedgerow.io.atomic import replaced_file
    from hedgerow.io.plural import count

    unit = None if offsets is None else exchange.Unit(offsets.value)
    if tool is From.ROWS:
        _reject_given(
            {"--text-field": text_field, "--offsets": unit, "--head": head}, "rows of hedgerow label are known"
        )
    if tool not in (From.CSV, From.JSON):
        _reject_given({"--field": field and field[0]}, f"{tool.value} has known names")
    if tool is not From.JSON:
        _reject_given({"--where": where and where[0]}, "rows are chosen --from json only")
    _reject_inputs(out, files)
    conditions = parse_conditions(where or ())
    reading = exchange.Reading(text_field or "text", unit, annotator, head, _parse_fields(field or ()), conditions)
    imported = exchange.read_annotations(files, tool.value, reading)
    with replaced_file(out) as target:
        write_rows(target, imported.examples)
    print(f"{out}: {count(len(imported.examples), 'row')}")
    _say_left_out(imported, merged=tool is not From.ROWS)


def _parse_fields(arguments: Sequence[str]) -> dict[str, str]:
    """Return the file's names of fields, written NAME=FIELD, by the corpus's; raise InputError for a wrong one."""
    from hedgerow.corpus.exchange.resolving import TEXT_FIELDS
    from hedgerow.head import name_error
    from hedgerow.labels import AXES, SPANS

    fields: dict[str, str] = {}
    for argument in arguments:
        name, _, source = argument.partition("=")
        if not (name and source) or name in fields:
            raise InputError(f"--field {argument}: not NAME=FIELD, each name once, such as grade=rating")
        known = name in {"id", "part", SPANS, *AXES, *TEXT_FIELDS}
        if not known and (problem := name_error(name)) is not None:
            raise InputError(f"--field {argument}: {name!r} {problem}")
        fields[name] = source
    return fields


def _say_left_out(imported: Imported, *, merged: bool) -> None:
    from hedgerow.io.plural import count

    for reason, number in imported.skipped.items():
        print(f"hedgerow: skipped {count(number, 'text')} {reason}", file=sys.stderr)
    for what, number in imported.lost.items():
        print(f"hedgerow: a corpus has no place for {what}, left out {count(number, 'time')}", file=sys.stderr)
    if imported.repeated:
        how = "they are merged" if merged else "its first row is kept"
        print(f"hedgerow: {count(imported.repeated, 'row')} of a text that came before; {how}", file=sys.stderr)


def export_file(
    file: Annotated[Path, typer.Argument(help="A corpus, or rows of hedgerow label.", show_default=False)],
    tool: Annotated[To, typer.Option("--to", help="The tool.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="A folder, or the name of the main file.")],
    model: Annotated[
        str | None, typer.Option(metavar="NAME", help="Suggest this model's labels instead of the file's.")
    ] = None,
    head: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A field of the corpus that is a head of your own.")
    ] = None,
    offsets: OffsetsOption = None,
) -> None:
    """Write a corpus, or a model's suggestions, for an annotation tool, with the tool's configuration beside it.

    Exit codes: 0 fine, 2 wrong usage, or an error in the file (nothing is written), 130 interrupted.

    Example: hedgerow corpus export data/examples/article.jsonl --to label-studio --out runs/label-studio
    """
    from hedgerow.corpus import exchange

    unit = exchange.TOOLS[tool].unit if offsets is None else exchange.Unit(offsets.value)
    if tool is To.CSV:
        _reject_given({"--offsets": offsets}, "a table counts code points")
    _reject_inputs(out if out.suffix else out / exchange.TOOLS[tool].data, [file])
    items = exchange.read_items(file, head or ())
    source = exchange.Source(exchange.heads_of(items), unit)
    if model is not None:
        from hedgerow.classifier import load

        classifier = load(model)
        items = exchange.suggest(items, classifier.predict([item.text for item in items]))
        source = exchange.Source(exchange.heads_of(items, classifier.heads), unit, f"hedgerow/{classifier.name}")
    exported = exchange.write_export(items, tool.value, out, source)
    print("\n".join(map(str, exported.files)))
    for note in exported.notes:
        print(f"hedgerow: {note}", file=sys.stderr)


def _reject_given(options: dict[str, object], reason: str) -> None:
    for option, value in options.items():
        if value is not None:
            raise InputError(f"{option} {value}: {reason}; leave it out")


def _reject_inputs(out: Path, files: list[Path]) -> None:
    if out.resolve() in {file.resolve() for file in files}:
        raise InputError(f"--out {out}: is one of the files to read; name another")
