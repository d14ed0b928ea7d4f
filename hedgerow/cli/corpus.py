"""`hedgerow corpus`: check, count, correct, split, import and export labelled files."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from hedgerow.cli.corpus_exchange import export_file, import_files
from hedgerow.cli.corpus_pick import pick_texts
from hedgerow.errors import InputError
from hedgerow.labels import AXES, SPANS, Example

app = typer.Typer(
    help="Check, count, correct, split, import and export labelled corpora (JSON Lines).",
    epilog="Exit codes: 0 fine, 1 the corpus has errors, 2 wrong usage, 130 interrupted."
    "\n\nExample: hedgerow corpus check data/corpus/train.jsonl data/corpus/dev.jsonl",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("import")(import_files)
app.command("export")(export_file)
app.command("pick")(pick_texts)
Files = Annotated[
    list[Path], typer.Argument(help="Corpus files; together they are the parts of one corpus.", show_default=False)
]
OwnHeads = Annotated[
    list[str] | None,
    typer.Option("--head", metavar="NAME", help="A field that is a head of your own.", show_default="none"),
]


@app.command()
def check(files: Files) -> None:
    """Report rows that break the codebook or the format: file, line, error, and how to correct it.

    Ids, texts and groups that occur twice are reported too, but only of rows without an error of their own.

    Exit codes: 0 no errors, 1 errors, 2 wrong usage, 130 interrupted.

    Example: hedgerow corpus check data/corpus/train.jsonl data/corpus/dev.jsonl
    """
    from hedgerow import corpus

    errors = corpus.check(files)
    for error in errors:
        print(error)
    noun = "error" if len(errors) == 1 else "errors"
    print(f"hedgerow: {len(errors):,} {noun} in {', '.join(map(str, files))}", file=sys.stderr)
    raise typer.Exit(1 if errors else 0)


@app.command()
def stats(
    files: Files,
    cues: Annotated[int, typer.Option(min=0, help="The number of phrases to list of each span type.")] = 5,
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Count rows by this field too.", show_default="none")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    head: OwnHeads = None,
) -> None:
    """Count labels, pairs of labels, spans and cues.

    Exit codes: 0 fine, 2 wrong usage, or errors in the corpus, 130 interrupted.

    Example: hedgerow corpus stats data/corpus/train.jsonl --by kind
    """
    from hedgerow import corpus

    examples = corpus.load(files)
    if by is not None and not any(by in example.to_dict() for example in examples):
        raise InputError(f"--by {by}: no row has this field; the first row has {', '.join(examples[0].to_dict())}")
    counts = corpus.stats(examples, cues=cues, by=by, heads=head or ())
    print(json.dumps(counts, ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(counts)))


@app.command()
def correct(
    file: Annotated[Path, typer.Argument(help="The corpus.", show_default=False)],
    corrections: Annotated[
        Path,
        typer.Argument(help="JSON Lines of id, sha256 of the text, and labels.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The corrected corpus.", show_default=False)],
    partial: Annotated[bool, typer.Option("--partial", help="Skip corrections of rows in other files.")] = False,
) -> None:
    """Give rows the labels and spans of a file of stand-off corrections.

    Exit codes: 0 fine, 2 a correction does not fit its row, or wrong usage (nothing is written), 130 interrupted.

    Example: hedgerow corpus correct data/corpus/dev.jsonl data/corrections/bundled.jsonl --partial --out dev.jsonl
    """
    from hedgerow import corpus
    from hedgerow.corpus.rows import write_rows
    from hedgerow.io.atomic import replaced_file

    before = corpus.load([file])
    after = corpus.correct(before, corrections, partial=partial)
    with replaced_file(out) as target:
        write_rows(target, after)
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    print(f"{out}: {len(after):,} rows, {changed:,} with other labels or spans")


@app.command()
def split(
    files: Files,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="DIR", help="The folder for train.jsonl, dev.jsonl, test.jsonl.", show_default=False
        ),
    ],
    seed: Annotated[int, typer.Option(help="Draws the order in which groups are placed.")] = 13,
    held_out: Annotated[float, typer.Option(help="The fraction of dev, and of test: between 0 and 0.5.")] = 0.1,
    head: OwnHeads = None,
) -> None:
    """Split a corpus by group, with every label in every part in proportion.

    A row's field "part" pins its group to that part.

    Exit codes: 0 fine, 2 wrong usage, or errors in the corpus (nothing is written), 130 interrupted.

    Example: hedgerow corpus split data/corpus/train.jsonl data/corpus/dev.jsonl data/corpus/test.jsonl --out runs/split
    """
    from hedgerow import corpus

    if not 0 < held_out < 0.5:
        raise InputError(f"--held-out {held_out}: give a fraction between 0 and 0.5")
    fractions = {"train": 1 - 2 * held_out, "dev": held_out, "test": held_out}
    examples = corpus.load(files)
    for name in head or ():
        if not any(example.is_labelled_on(name) for example in examples):
            raise InputError(f"--head {name}: no row has this field; name a field of the corpus")
    if not head and not any(example.is_labelled_on(name) for example in examples for name in (*AXES, SPANS)):
        hint = "with --head FIELD, its labels are in every part in proportion"
        print(f"hedgerow: no row is labelled on certainty, stance or spans; {hint}", file=sys.stderr)
    parts = corpus.split(examples, fractions, seed=seed, heads=head or ())
    paths = {part: out / f"{part}.jsonl" for part in parts}
    known = {path.resolve() for path in files}
    for part, path in paths.items():
        if path.exists() and path.resolve() not in known:
            raise InputError(f"{path}: already exists and was not read; name it too, or another folder")
        if not parts[part]:
            shortage = f"too few groups without a field 'part' for a fraction of {fractions[part]:.2f}"
            raise InputError(f"{part} would be empty: {shortage}; add rows, or remove the field")
    _write_parts(parts, paths)


def _write_parts(parts: Mapping[str, Sequence[Example]], paths: Mapping[str, Path]) -> None:
    """Write every part to disk before the first one gets its name."""
    from hedgerow.corpus.rows import write_rows
    from hedgerow.io.atomic import replaced_file

    with ExitStack() as stack:
        for part, examples in parts.items():
            write_rows(stack.enter_context(replaced_file(paths[part])), examples)
    for part, examples in parts.items():
        print(f"{paths[part]}: {len(examples):,} rows")


def _lines(counts: dict[str, Any], depth: int = 0) -> list[str]:
    """Return nested counts as indented lines, with the innermost counts on the line of their name."""
    lines = []
    for key, value in counts.items():
        indent = "  " * depth
        name = key if depth else key.replace("_", " ")
        if not isinstance(value, dict):
            lines.append(f"{indent}{name}: {value:,}")
        elif all(not isinstance(inner, dict) for inner in value.values()):
            row = ", ".join(f"{label} {count:,}" for label, count in value.items())
            lines.append(f"{indent}{name}: {row}")
        else:
            lines.append(f"{indent}{name}:")
            lines.extend(_lines(value, depth + 1))
    return lines
