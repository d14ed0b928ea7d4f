"""Rebuild rows of a real corpus from its stand-off labels in data/real/ and from texts that you have.

    python scripts/rebuild_real.py train --texts factappeal.jsonl gum.jsonl articles/ --out train.jsonl

The candidate texts are in files as `hedgerow label` reads them: rows with a field "text" (JSON Lines, CSV, Parquet), or
plain files with one sentence a line; folders and patterns too. --split also tries the sentences of each text, for whole
articles. A row is rebuilt if a candidate has the sha256 of its text: as it is, or with white space, Unicode form
and quotation marks normalised, which the table counts apart. data/real/README.md says where the texts are.

Writes OUT, which passes `hedgerow corpus check`, and the ids of the rows that were not found to OUT.missing.txt; prints
a table by source corpus. Exit codes: 0 fine, 1 some candidates could not be read, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from hedgerow.corpus.stand_off import Restored, StandOffRow, read_stand_off, restore
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.readers.finding import find_inputs
from hedgerow.readers.input_text import InputText, Rejected, Skipped
from hedgerow.readers.inputs import read_inputs
from hedgerow.readers.layout import Fields, Format, Layout, Unit
from hedgerow.sentences import split

DATA = Path(__file__).resolve().parents[1] / "data" / "real"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild a part; return the exit code."""
    options = _parser().parse_args(arguments)
    rejected: list[Rejected] = []
    try:
        rows = [row for part in options.parts for row in read_stand_off(_find(part))]
        texts = candidate_texts(options.texts, options.text_field, rejected, split_texts=options.split)
        restored = restore(rows, texts)
        _write(restored, options.out)
    except HedgerowError as error:
        print(f"rebuild_real: {error}", file=sys.stderr)
        return 2
    for row in rejected[:5]:
        print(f"rebuild_real: {row}", file=sys.stderr)
    if len(rejected) > 5:
        print(f"rebuild_real: and {len(rejected) - 5:,} more candidates could not be read", file=sys.stderr)
    print("\n".join(table(rows, restored)))
    return 1 if rejected else 0


def candidate_texts(
    paths: Sequence[Path], text_field: str, rejected: list[Rejected], *, split_texts: bool
) -> Iterator[str]:
    """Yield every candidate text, and its sentences if `split_texts`; add what cannot be read to `rejected`.

    Raises InputError for a file that is one text, if texts are not split.
    """
    inputs = find_inputs(paths).files
    for found in inputs:
        if found.format in (Format.MD, Format.HTML) and not split_texts:
            raise InputError(f"{found.name}: a .{found.format} file is one text; add --split to try its sentences")
    unit = Unit.DOCUMENT if split_texts else Unit.SENTENCE
    for item in read_inputs(inputs, Layout(unit=unit, fields=Fields(text_field))):
        if isinstance(item, Skipped):
            rejected.append(Rejected(item.file, item.line, f"field {text_field!r} is empty"))
        if isinstance(item, Rejected):
            rejected.append(item)
        if not isinstance(item, InputText):
            continue
        text = "".join(item.chunks)
        yield text
        if split_texts:
            yield from (text[start:end] for start, end in split(text))


def table(rows: Sequence[StandOffRow], restored: Restored) -> list[str]:
    """Return a Markdown table by source corpus: rows, found as they are, found in another form, not found."""
    total = Counter(row.corpus for row in rows)
    missing = Counter(row.corpus for row in restored.missing)
    other_form = Counter(row.corpus for row in rows if row.id in restored.normalised)
    lines = [
        "| corpus | rows | found | in another form | not found | share found |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for corpus in [*sorted(total), "all"]:
        every, lost, other = (
            (counts.total() if corpus == "all" else counts[corpus]) for counts in (total, missing, other_form)
        )
        share = (every - lost) / every if every else 0
        lines.append(f"| {corpus} | {every:,} | {every - lost - other:,} | {other:,} | {lost:,} | {share:.1%} |")
    return lines


def _write(restored: Restored, out: Path) -> None:
    with replaced_file(out) as file:
        file.writelines(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in restored.examples)
    with replaced_file(out.with_name(f"{out.name}.missing.txt")) as file:
        file.writelines(f"{row.id}\n" for row in restored.missing)


def _find(part: str) -> Path:
    """Return the stand-off file of a part in data/real/, or the file of that name."""
    path = DATA / f"{part}.jsonl"
    return path if path.is_file() else Path(part)


def _parser() -> argparse.ArgumentParser:
    known = ", ".join(sorted(path.stem for path in DATA.glob("*.jsonl")))
    parser = argparse.ArgumentParser(description="Rebuild a real corpus from its stand-off labels and candidate texts.")
    parser.add_argument("parts", nargs="+", metavar="PART", help=f"{known}, or a stand-off file")
    parser.add_argument("--texts", nargs="+", type=Path, required=True, help="files and folders of candidate texts")
    parser.add_argument("--text-field", default="text", help="the field of a row with its text (default: text)")
    parser.add_argument("--split", action="store_true", help="also try the sentences of each text")
    parser.add_argument("--out", type=Path, required=True, help="the corpus file to write (JSON Lines)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
