"""Recognise a file by its first bytes: compressed data, archives, and documents that are no plain text."""

from __future__ import annotations

_COMPRESSED = {
    ".gz": (b"\x1f\x8b",),
    ".zst": (b"\x28\xb5\x2f\xfd", *(bytes([number]) + b"\x2a\x4d\x18" for number in range(0x50, 0x60))),
    ".bz2": tuple(b"BZh%d" % level + block for level in range(1, 10) for block in (b"1AY&SY", b"\x17\x72\x45\x38")),
    ".xz": (b"\xfd7zXZ\0", b"\x5d\0\0"),
}
_OTHERS = {
    b"PK\3\4": "a zip archive or an office document; unpack it, or save its text or table (a workbook as CSV)",
    b"%PDF-": "a PDF; give it the suffix .pdf",
    b"PAR1\x15": "a Parquet file; give it the suffix .parquet",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old office document; save it as text or CSV",
    b"SQLite format 3\0": "an SQLite database; export the table as CSV",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!\x1a\7": "a RAR archive; unpack it first",
    b"{\\rtf": "a rich text (RTF) document; save it as plain text",
}


def compression_of(head: bytes) -> str | None:
    """Return the suffix of the compression with which a file that begins with `head` is packed, or None."""
    return next((suffix for suffix, marks in _COMPRESSED.items() if head.startswith(marks)), None)


def not_text(head: bytes) -> str | None:
    """Return why a file that begins with `head` is no plain text, with the cure, or None."""
    packed = compression_of(head)
    if packed is not None:
        return f"is {packed} data; give it the suffix {packed}, or unpack it"
    found = next((kind for mark, kind in _OTHERS.items() if head.startswith(mark)), None)
    return None if found is None else f"is {found}"
