"""Compressed files, read so that one that breaks off loses nothing that came before the break.

What libraries raise in the middle of a read is kept as the file's fault, and the file ends there; readers ask for it
where they come to the end.
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
_CHUNK = 1 << 17  # bytes read at a time
_PACKED = 1 << 12  # compressed bytes handed over at once: even hostile ones grow to no more than some 100 MB


class _Decompressed(io.RawIOBase):
    """A compressed file as plain bytes. It seeks by reading on, or from the start again."""

    def __init__(self, reopen: Callable[[], Any]) -> None:
        self._reopen = reopen
        self._file = reopen()
        self._position = 0
        self.fault: str | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._read(len(buffer))
        buffer[: len(read)] = read
        return len(read)

    def _read(self, size: int) -> bytes:
        if self.fault is not None:
            return b""
        try:
            read: bytes = self._file.read1(size)  # one step, so that what came before a fault is kept
        except (EOFError, OSError, zlib.error, _zstandard_error()) as error:
            self.fault = f"compressed data broken after byte {self._position:,} of the text ({error}); copy it again"
            return b""
        self._position += len(read)
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("a compressed file's end is not known")
        if offset < self._position:
            self._file.close()
            self._file, self._position, self.fault = self._reopen(), 0, None
        while self._position < offset and self._read(min(_CHUNK, offset - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._file.close()
        super().close()


class _Buffered(io.BufferedReader):
    """A buffered reader that also tells its source's fault."""

    @property
    def fault(self) -> str | None:
        return cast(_Decompressed, self.raw).fault


def opened(path: Path) -> BinaryIO:
    """The file as plain bytes, whether compressed or not, by its suffix."""
    if path.suffix.lower() == ".gz":
        return _Buffered(_Decompressed(lambda: gzip.open(path, "rb")), _CHUNK)
    if path.suffix.lower() == ".zst":
        return _Buffered(_Decompressed(lambda: _ZstandardFile(path)), _CHUNK)
    return path.open("rb")


def read_error(file: BinaryIO) -> str | None:
    """What broke a compressed file off where it was read to, or None."""
    return file.fault if isinstance(file, _Buffered) else None


class _ZstandardFile:
    """The frames of a .zst file. (The library's own reader takes a frame that breaks off for the file's end.)"""

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
        read, self._ready = self._ready[:size], self._ready[size:]
        return read

    def close(self) -> None:
        self._file.close()


def zstandard() -> Any:
    return library("zstandard", needed_for=".zst")


def _zstandard_error() -> type[Exception]:
    try:
        return cast(type[Exception], zstandard().ZstdError)
    except InputError:
        return EOFError
