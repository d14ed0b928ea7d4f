"""Compressed files as plain bytes. A truncated or corrupt file loses nothing that comes before the error.

An error of a decompression library does not interrupt a read. It is kept, the file appears to end there, and readers
ask for it with `read_error` when they reach the end.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.readers.magic import compression_of

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
_CHUNK = 1 << 17  # decompressed bytes per read
_PACKED = 1 << 8  # compressed bytes per step: even hostile ones expand to no more than 8 MB
_MAX_WINDOW = 1 << 31  # bytes: what `zstd --long=31` needs, with which dumps of forums are packed


def opened(path: Path) -> BinaryIO:
    """Open a file for reading as plain bytes, decompressed if its suffix says so."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return path.open("rb")
    with path.open("rb") as file:
        head = file.read(16)
    return Buffered(_Decompressed(lambda: _OPENERS[suffix](path), _wrong_suffix(head, suffix)), _CHUNK)


def read_error(file: BinaryIO) -> str | None:
    """Return the error at which a compressed file ended, or None if it has not been met."""
    return file.error if isinstance(file, Buffered) else None


def is_packed(file: BinaryIO) -> bool:
    """Return whether the bytes of the file come out of a decompression, so that they may be many more than on disk."""
    return isinstance(file, Buffered) and cast(RawFile, file.raw).packed


def zstandard() -> Any:
    """Return the module `zstandard`; raise InputError if it is not installed."""
    return library("zstandard", needed_for=".zst")


class RawFile(Protocol):
    """What `Buffered` reads: bytes, the error at which they ended, and whether they were compressed."""

    @property
    def error(self) -> str | None:
        """The error at which the file ended, or None."""

    @property
    def packed(self) -> bool:
        """Whether the file is compressed."""


class Buffered(io.BufferedReader):
    """A buffered reader that also has the error of its raw file, a `RawFile`."""

    @property
    def error(self) -> str | None:
        """The error at which the file ended, or None if it has not been met."""
        return cast(RawFile, self.raw).error


class _Decompressed(io.RawIOBase):
    """A compressed file as plain bytes. It seeks by reading forward, or again from the start."""

    packed = True

    def __init__(self, reopen: Callable[[], Any], wrong_suffix: str | None) -> None:
        self._reopen = reopen
        self._wrong_suffix = wrong_suffix
        self._file = reopen()
        self._position = 0
        self.error = wrong_suffix

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._read(len(buffer))
        buffer[: len(read)] = read
        return len(read)

    def _read(self, size: int) -> bytes:
        if self.error is not None:
            return b""
        try:
            read: bytes = self._file.read1(size)  # one step, so that the bytes before an error are kept
        except _errors() as error:
            self.error = _broken(error, self._position)
            return b""
        self._position += len(read)
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("the size of a compressed file is not known")
        if offset < self._position:
            self._file.close()
            self._file = self._reopen()
            self._position = 0
            self.error = self._wrong_suffix
        while self._position < offset and self._read(min(_CHUNK, offset - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._file.close()
        super().close()


class _ZstandardFile:
    """A .zst file, decompressed frame by frame.

    It replaces the library's own reader, which takes a truncated frame for the end of the file.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._frame: Any = None
        self._ready = b""
        self._packed = b""

    def read1(self, size: int) -> bytes:
        while not self._ready:
            self._packed = self._packed or self._file.read(_PACKED)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("the last frame has no end")
                return b""
            if self._frame is None:
                self._frame = zstandard().ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()
            self._ready = self._frame.decompress(self._packed)
            self._packed = self._frame.unused_data
            self._frame = None if self._frame.eof else self._frame
        read = self._ready[:size]
        self._ready = self._ready[size:]
        return read

    def close(self) -> None:
        self._file.close()


_OPENERS: dict[str, Callable[[Path], Any]] = {
    ".gz": lambda path: gzip.GzipFile(path, "rb"),
    ".zst": _ZstandardFile,
    ".bz2": lambda path: library("bz2", needed_for=".bz2").open(path, "rb"),
    ".xz": lambda path: library("lzma", needed_for=".xz").open(path, "rb"),
}


def _wrong_suffix(head: bytes, suffix: str) -> str | None:
    """Return that a file which begins with `head` is not what its suffix says, or None."""
    found = compression_of(head)
    if found == suffix or not head:
        return None
    if found is not None:
        return f"is {found} data, not {suffix}; give it the suffix {found}"
    if head.startswith(b"PK\3\4"):
        return f"is a zip archive, not {suffix}; unpack it first"
    return f"is not compressed data, or its first bytes are damaged; remove the suffix {suffix}, or copy it again"


def _broken(error: Exception, position: int) -> str:
    if isinstance(error, MemoryError) or "memory" in str(error):
        return (
            f"compressed data needs too much memory to unpack ({error}); unpack it first: zstd -d --long=31, or xz -d"
        )
    return f"compressed data broken after byte {position:,} of the text ({error}); copy it again"


def _errors() -> tuple[type[Exception], ...]:
    """Return the errors of broken data, also those of the libraries that are installed."""
    errors: list[type[Exception]] = [EOFError, OSError, MemoryError, zlib.error]
    for name, error in (("zstandard", "ZstdError"), ("lzma", "LZMAError")):
        try:
            errors.append(getattr(library(name, needed_for=name), error))
        except InputError:
            continue
    return tuple(errors)
