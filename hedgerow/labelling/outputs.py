"""Check that an output can be written and replaces nothing that hedgerow did not write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from hedgerow.errors import InputError
from hedgerow.io.atomic import sha256
from hedgerow.labelling.layout import EARLIER, beside, is_output, manifest_path
from hedgerow.labelling.options import Options, show_flag
from hedgerow.readers.finding import Found, InputFile
from hedgerow.readers.layout import Format
from hedgerow.readers.parquet import pyarrow
from hedgerow.writers.files import SUFFIXES

_TABLES = {Format.CSV, Format.TSV}
_ROWS = {*_TABLES, Format.JSONL, Format.JSON, Format.PARQUET}
_HEEDING = {  # options that say something about some formats only
    "text_field": _ROWS,
    "id_field": _ROWS,
    "role": _ROWS,
    "delimiter": _TABLES,
    "encoding": {*_ROWS - {Format.PARQUET}, *map(Format, ("txt", "md", "html", "srt", "vtt", "nexis"))},
    "keep_missing": {*_ROWS, Format.TXT},
    "keep_entities": {*_ROWS, Format.TXT},
    "max_pages": {Format.PDF},
    "max_seconds": {Format.PDF, Format.EPUB},
}


def check_name(out: Path) -> None:
    """Raise InputError if `out` is no name for an output: empty, the current folder, or the root."""
    if out.name in ("", "..", *SUFFIXES) or os.path.realpath(out) in (os.path.realpath(os.curdir), out.anchor):
        raise InputError(f"--out {str(out)!r}: name a file, or a folder of its own")


def check_out(out: Path) -> None:
    """Raise InputError if the output file has no format, or is a folder."""
    if out.suffix.lower() not in SUFFIXES:
        raise InputError(f"--out {out}: suffix {out.suffix!r} is not one of {', '.join(SUFFIXES)}")
    if out.suffix.lower() == ".parquet":
        pyarrow()
    for target in (out, *beside(out)):
        if target.exists() and not target.is_file():
            kind = "a folder" if target.is_dir() else "no regular file"
            raise InputError(f"--out {out}: {target} is {kind}; name another file")


def check_replaced(out: Path, *, force: bool) -> None:
    """Raise InputError if the output file would replace a file that is not ours as we wrote it, unless forced to."""
    if force:
        return
    for target in (out, *beside(out)):
        if target.is_file() and not is_output(target):
            raise InputError(
                f"--out {out}: {target} exists, and hedgerow did not write it; name another file, or add --force"
            )
    if out.is_file() and _written_hash(out) not in (None, sha256(out)):
        raise InputError(
            f"--out {out}: it was changed after hedgerow wrote it; name another file, or replace it with --force"
        )


def _written_hash(out: Path) -> str | None:
    """Return the hash of the output when it was written, None if it is not known."""
    path = manifest_path(out)
    return json.loads(path.read_bytes()).get("output_sha256") if path.is_file() else None


def check_inputs(found: Found, out: Path | None) -> None:
    """Raise InputError if no input can be read, or if an output (a file, or a run folder) would replace one of them."""
    if out is not None and not out.suffix:
        inside = os.path.join(os.path.realpath(out), "")  # noqa: PTH118  # with a separator at its end
        for file in found.files:
            if os.path.realpath(file.path).startswith(inside):
                raise InputError(f"--out {out}: {file.name} is an input, and inside it; name another folder")
    elif out is not None:
        targets = {os.path.realpath(target): target for target in (out, *beside(out))}
        for file in found.files:
            if (target := targets.get(os.path.realpath(file.path))) is not None:
                raise InputError(f"--out {out}: {target} is an input too; name another file")
    if all(file.format is None for file in found.files):
        raise InputError(f"no input can be read: {_reasons(found.files)}{_passed_over(found)}")


def check_used(found: Found, options: Options) -> None:
    """Raise InputError for an option that would do nothing, because no input has a format that heeds it."""
    formats = {file.format for file in found.files if file.format is not None}
    for name, heeding in _HEEDING.items():
        value = getattr(options, name)
        if value != Options.model_fields[name].default and not formats & heeding:
            kinds = ", ".join(sorted(f".{format_}" for format_ in heeding))
            raise InputError(f"{show_flag(name)} {value}: no input is one of {kinds}; leave out the option")


def check_labelled(documents: int, options: Options) -> None:
    """Raise InputError if a role was asked for, and no text has it."""
    if options.role is not None and not documents:
        raise InputError(f"--role {options.role}: no text with this role was labelled; check its name and --text-field")


def _reasons(files: Iterable[InputFile], shown: int = 3) -> str:
    told = [f"{file.name}: {file.reason}" for file in files]
    more = [f"and {len(told) - shown} more"] if len(told) > shown else []
    return " | ".join([*told[:shown], *more]) or "none is left"


def _passed_over(found: Found) -> str:
    told = describe(found)
    cure = "; --force labels earlier outputs again" if EARLIER in found.passed_over else ""
    return f" ({told}{cure})" if told else ""


def describe(found: Found) -> str:
    """Return what was passed over in one line: "5 files skipped: .docx 3, .json 1, unreadable folder 1"."""
    total = sum(found.passed_over.values())
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in found.passed_over.items())
    return f"{total:,} {'file' if total == 1 else 'files'} skipped: {kinds}" if total else ""
