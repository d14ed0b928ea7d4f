"""Zip archives that are documents (.docx, .epub): opened only if they are within the limits, and not encrypted."""

from __future__ import annotations

import io
import zipfile
import zlib

from hedgerow.readers.layout import Limits

_OFFICE_97 = b"\xd0\xcf\x11\xe0"  # the container of old Office files, and of encrypted new ones
_MOST_MEMBERS = 20_000
ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError)


def open_archive(raw: bytes, kind: str, limits: Limits) -> zipfile.ZipFile | str:
    """Return the archive, or the reason why it cannot be read; `kind` is the document it should be, with its article.

    No more is unpacked of a member than the size that the archive states for it, and these are checked here.
    """
    if raw.startswith(_OFFICE_97):
        return f"an old Office file, or one with a password; save it as {kind} without a password"
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = archive.infolist()
    except ERRORS as error:
        return f"not {kind}, or not a whole one ({short(error)}); copy or save it again"
    size = sum(member.file_size for member in members)
    if size > limits.bytes:
        return f"{size:,} bytes after unpacking; at most {limits.bytes:,}"
    if len(members) > _MOST_MEMBERS:
        return f"{len(members):,} files in the archive; at most {_MOST_MEMBERS:,}"
    if any(member.flag_bits & 1 for member in members):
        return "the archive has a password; save it without"
    return archive


def short(error: Exception) -> str:
    """Return an error in one line, or its kind if it has no message."""
    return " ".join(str(error).split())[:200] or type(error).__name__
