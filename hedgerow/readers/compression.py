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
from typing import Any, BinaryIO, cast

from hedgerow.errors import InputError
from hedgerow.io.optional import library

SUFFIXES = (".gz", ".zst")
_CHUNK = 1 << 17  # decompressed bytes per read
_PACKED = 1 << 12  # compressed bytes per step: even hostile ones expand to no more than some 100 MB


def opened(path: Path) -> BinaryIO:
    """Open a file for reading as plain bytes, decompressed if its suffix says so."""
    if path.suffix.lower() == ".gz":
        return _Buffered(_Decompressed(lambda: gzip.open(path, "rb")), _CHUNK)
    if path.suffix.lower() == ".zst":
        return _Buffered(_Decompressed(lambda: _ZstandardFile(path)), _CHUNK)
    return path.open("rb")


def read_error(file: BinaryIO) -> str | None:
    """Return the error at which a compressed file ended, or None if it has not been met."""
    return file.error if isinstance(file, _Buffered) else None


def zstandard() -> Any:
    """Return the module `zstandard`; raise InputError if it is not installed."""
    return library("zstandard", needed_for=".zst")


class _Decompressed(io.RawIOBase):
    """A compressed file as plain bytes. It seeks by reading forward, or again from the start."""

    def __init__(self, reopen: Callable[[], Any]) -> None:
        self._reopen = reopen
        self._file = reopen()
        self._position = 0
        self.error: str | None = None

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
        except (EOFError, OSError, zlib.error, _zstandard_error()) as error:
            self.error = f"compressed data broken after byte {self._position:,} of the text ({error}); copy it again"
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
            self.error = None
        while self._position < offset and self._read(min(_CHUNK, offset - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._file.close()
        super().close()


class _Buffered(io.BufferedReader):
    """A buffered reader that also has the error of its raw file."""

    @property
    def error(self) -> str | None:
        return cast(_Decompressed, self.raw).error


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
            self._frame = self._frame or zstandard().ZstdDecompressor().decompressobj()
            self._ready = self._frame.decompress(self._packed)
            self._packed = self._frame.unused_data
            self._frame = None if self._frame.eof else self._frame
        read = self._ready[:size]
        self._ready = self._ready[size:]
        return read

    def close(self) -> None:
        self._file.close()


def _zstandard_error() -> type[Exception]:
    try:
        return cast(type[Exception], zstandard().ZstdError)
    except InputError:
        return EOFError
