"""`hedgerow corpus`: check, count, correct and split labelled files."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Check, count, correct and split labelled corpora (JSON lines).", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="Corpus files; together they are the parts of one corpus.")]


@app.command()
def check(files: Files) -> None:
    """Reject rows that break the codebook or the format: file, line, what is wrong, how to mend it.

    Rows are compared with each other (a text, id or group that stands twice) once they have no fault of their own.
    """
    from hedgerow import corpus

    faults = corpus.check(files)
    for fault in faults:
        print(fault)
    print(f"hedgerow: faults in {', '.join(map(str, files))}: {len(faults)}", file=sys.stderr)
    raise typer.Exit(1 if faults else 0)


@app.command()
def stats(
    files: Files,
    cues: Annotated[int, typer.Option(help="How many wordings of each span type to list.")] = 5,
    by: Annotated[str | None, typer.Option(help="Count rows by this field too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Count labels, pairs of labels, spans and cues."""
    from hedgerow import corpus
    from hedgerow.errors import InputError

    examples = corpus.load(files)
    if by is not None and not any(by in example.to_dict() for example in examples):
        raise InputError(f"--by {by}: no row has this field; the first has {', '.join(examples[0].to_dict())}")
    counted = corpus.stats(examples, cues=cues, by=by)
    print(json.dumps(counted, ensure_ascii=False, indent=1) if as_json else "\n".join(_lines(counted)))


@app.command()
def correct(
    file: Annotated[Path, typer.Argument(help="The corpus.")],
    corrections: Annotated[Path, typer.Argument(help="Lines of id, sha256 of the text, certainty and/or stance.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The corrected corpus.")],
    partial: Annotated[bool, typer.Option("--partial", help="Pass over lines for rows of other files.")] = False,
) -> None:
    """Give rows the labels of a file of stand-off corrections."""
    from hedgerow import corpus
    from hedgerow.io.atomic import replaced_file

    before = corpus.load([file])
    after = corpus.correct(before, corrections, partial=partial)
    with replaced_file(out) as written:
        written.writelines(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in after)
    changed = sum(old != new for old, new in zip(before, after, strict=True))
    print(f"{out}: {len(after):,} rows, {changed:,} with other labels")


@app.command()
def split(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for train.jsonl, dev.jsonl, test.jsonl.")],
    seed: Annotated[int, typer.Option(help="Draws the order in which groups are placed.")] = 13,
    held_out: Annotated[float, typer.Option(help="The share of dev, and of test.")] = 0.1,
) -> None:
    """Split a corpus by group, every label in every part in proportion."""
    from hedgerow import corpus
    from hedgerow.errors import InputError
    from hedgerow.io.atomic import replaced_file

    if not 0 < held_out < 0.5:
        raise InputError(f"--held-out {held_out}: give a share between 0 and 0.5")
    shares = {"train": 1 - 2 * held_out, "dev": held_out, "test": held_out}
    parts = corpus.split(corpus.load(files), shares, seed=seed)
    read = {path.resolve() for path in files}
    for part, examples in parts.items():
        path = out / f"{part}.jsonl"
        if path.exists() and path.resolve() not in read:
            raise InputError(f"{path}: is there and was not read; name it among the files too, or another folder")
        if not examples:
            raise InputError(f"{part} would be empty: too few groups for a share of {shares[part]:.2f}; add rows")
    with ExitStack() as stack:  # all three are on disk before the first takes its name
        for part, examples in parts.items():
            file = stack.enter_context(replaced_file(out / f"{part}.jsonl"))
            file.writelines(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in examples)
    for part, examples in parts.items():
        print(f"{out / part}.jsonl: {len(examples):,} rows")


def _lines(counted: dict[str, Any], depth: int = 0) -> list[str]:
    """Nested counts, a line each; the innermost ones on the line of their name."""
    lines = []
    for name, value in counted.items():
        indent = "  " * depth
        if not isinstance(value, dict):
            lines.append(f"{indent}{name}: {value:,}")
        elif all(not isinstance(inner, dict) for inner in value.values()):
            row = ", ".join(f"{label} {count:,}" for label, count in value.items())
            lines.append(f"{indent}{name}: {row}")
        else:
            lines.append(f"{indent}{name}:")
            lines.extend(_lines(value, depth + 1))
    return lines
