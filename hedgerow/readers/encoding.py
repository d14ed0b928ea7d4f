r"""Text files as UTF-8 with \n line ends, whatever their encoding.

UTF-8, and UTF-16 and UTF-32 with a byte order mark, are recognised; others are named by the user. Nothing is guessed:
the message about bytes that are not UTF-8 says which encoding they look like. Offsets of rows in a converted file are
bytes of the UTF-8 text.
"""

from __future__ import annotations

import codecs
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, BinaryIO

from hedgerow.errors import InputError
from hedgerow.io.optional import library
from hedgerow.readers.compression import Buffered, is_packed, read_error
from hedgerow.readers.layout import Encoded, Source
from hedgerow.readers.magic import not_text

_HEAD = 1 << 16  # bytes that decide about encoding and line ends
_CHUNK = 1 << 17  # bytes per read
_BOMS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_WESTERN = ("cp1252", "mac_roman", "cp850")  # in the order in which English texts have them
_USUAL = (
    *("cp1251", "koi8_r", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),  # east Asian
)
_SIGNS = set("“”‘«»…•€£¥§©®™°¡¿½¼¾·×²³¹ºª´\xa0")
_ANYWHERE = set("’–—\xad")
_RARE_LETTERS = set("ÿþðÞÐ")


def opened_as_utf8(source: Source) -> Source:
    r"""Return the source with its file as UTF-8 with \n line ends; raise InputError if the file is no text.

    The file itself is returned if it is so already.
    """
    source.file.seek(0)
    head = source.file.read(_HEAD)
    source.file.seek(0)
    if (reason := not_text(head)) is not None:
        raise InputError(reason)
    encoding = _encoding(head, source.layout.encoding)
    if encoding is not None and not head.startswith(tuple(_BOMS)) and _is_rather_utf8(_telling(source.file), encoding):
        raise InputError("is UTF-8; leave out --encoding, or label it by itself")
    has_cr_ends = _has_cr_ends(head, encoding)
    if encoding is None and not has_cr_ends:
        return replace(source, encoded=Encoded(head=head))
    file = Buffered(_Utf8(source.file, encoding, has_cr_ends), _CHUNK)
    return replace(source, file=file, encoded=Encoded(encoding or "utf-8", head))


def invalid(encoded: Encoded, error: UnicodeDecodeError, *, before: int = 0) -> str:
    """Return the error as a message with its cure; `before` is the number of bytes before those that were decoded."""
    if encoded.name != "utf-8":
        return f"not all of it is {encoded.name}; check --encoding, or copy the file again"
    byte, position = error.object[error.start], before + error.start
    sample = encoded.head
    if _is_utf8(sample):
        sample = error.object[max(0, error.start - _HEAD) : error.start + _HEAD]
    return f"invalid UTF-8 (byte 0x{byte:02x} at byte {position}); {_cure(sample)}"


def _encoding(head: bytes, named: str | None) -> str | None:
    """Return the encoding that the file must be converted from; None if it is UTF-8."""
    marked = next((name for mark, name in _BOMS.items() if head.startswith(mark)), None)
    if marked is None and named is None and (name := _utf16_without_mark(head)) is not None:
        raise InputError(f"looks like UTF-16 without a byte order mark: --encoding {name}")
    name = marked or codecs.lookup(named or "utf-8").name
    if marked is None and name in ("utf-16", "utf-32"):
        name = (_utf16_without_mark(head) if name == "utf-16" else None) or f"{name}-le"
    return None if name in ("utf-8", "utf-8-sig") else name


def _utf16_without_mark(head: bytes) -> str | None:
    even, odd = head[:4096:2], head[1:4096:2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _has_cr_ends(head: bytes, encoding: str | None) -> bool:
    r"""Return whether lines end in \r alone, as on old Macs: a \r before the last character, and no \n."""
    if encoding is None:
        return b"\r" in head[:-1] and b"\n" not in head
    try:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    except UnicodeError as error:
        raise InputError(f"cannot be read as {encoding} ({error}); check --encoding") from None
    return "\r" in text[:-1] and "\n" not in text


def _mark_invalid(error: UnicodeError) -> tuple[str | bytes, int]:
    """Put a byte that UTF-8 never has in place of what cannot be decoded, so that its row is rejected."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    if isinstance(error, UnicodeEncodeError):
        return b"\xff", error.end
    raise error


codecs.register_error("hedgerow.invalid", _mark_invalid)


class _Utf8(io.RawIOBase):
    r"""A text file as UTF-8 with \n line ends. It seeks by reading forward, or again from the start.

    Where only line ends are replaced, it seeks at once.
    """

    def __init__(self, file: BinaryIO, encoding: str | None, has_cr_ends: bool) -> None:
        self._file = file
        self._encoding = encoding
        self._has_cr_ends = has_cr_ends
        self._restart()

    def _restart(self) -> None:
        self._file.seek(0)
        self._chunks = self._converted()
        self._ready = b""
        self._position = 0

    @property
    def error(self) -> str | None:
        return read_error(self._file)

    @property
    def packed(self) -> bool:
        return is_packed(self._file)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._read(len(buffer))
        buffer[: len(read)] = read
        return len(read)

    def _read(self, size: int) -> bytes:
        while not self._ready:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._ready = chunk
        read = self._ready[:size]
        self._ready = self._ready[size:]
        self._position += len(read)
        return read

    def _converted(self) -> Iterator[bytes]:
        decoder = None if self._encoding is None else codecs.getincrementaldecoder(self._encoding)("hedgerow.invalid")
        chunk = b"-"
        while chunk:
            chunk = self._file.read(_CHUNK)
            converted = chunk
            if decoder is not None:
                try:
                    text = decoder.decode(chunk, final=not chunk and self.error is None)
                except UnicodeError as error:  # some codecs know no replacement
                    raise InputError(f"cannot be read as {self._encoding} ({error}); check --encoding") from None
                converted = text.encode("utf-8", "hedgerow.invalid")
            yield converted.replace(b"\r", b"\n") if self._has_cr_ends else converted

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("the size of a converted file is not known")
        if self._encoding is None:  # only line ends are replaced, so that bytes stay where they are
            self._restart()
            self._position = self._file.seek(offset)
        elif offset < self._position:
            self._restart()
        while self._position < offset and self._read(min(_CHUNK, offset - self._position)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position


def _telling(file: BinaryIO) -> bytes:
    """Return the first part of the file that is not all ASCII, or the last one; leave the file at its start."""
    sample = chunk = file.read(_CHUNK)
    while chunk and sample.isascii():
        chunk = file.read(_CHUNK)
        sample = chunk or sample
    file.seek(0)
    return sample


@lru_cache(maxsize=16)
def _is_rather_utf8(sample: bytes, named: str) -> bool:
    """Return whether a sample of a file is UTF-8 and not in the named encoding, in which it would be read as others."""
    if named.startswith(("utf-16", "utf-32")):
        return bool(sample) and b"\0" not in sample and _is_utf8(sample)
    if sample.isascii() or not _is_utf8(sample):
        return False
    if _is_plausible(sample.decode("utf-8", "ignore")):
        return True
    is_8_bit = len(bytes(range(256)).decode(named, "replace")) == 256
    return is_8_bit and not _is_plausible(sample.decode(named, "replace"))


@lru_cache(maxsize=16)
def _is_utf8(sample: bytes) -> bool:
    """Return whether the sample is UTF-8, apart from a character that is cut at its end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=16)
def _cure(sample: bytes) -> str:
    """Return what to do about a sample that is not all UTF-8."""
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample)
    bad = sum("\udc80" <= letter <= "\udcff" for letter in text)
    good = sum(letter > "\x7f" for letter in text) - bad
    if good >= max(bad, 1):
        return "the rest is UTF-8, so the file is damaged there or has two encodings; repair it"
    name = next((name for name in _WESTERN if _is_plausible(sample.decode(name, "replace"))), None)
    name = name or _detected(sample)
    if name is None:
        return "name its encoding with --encoding"
    return f"it looks like {name}: --encoding {name} (for this file alone)"


def _detected(sample: bytes) -> str | None:
    """Return the encoding that charset-normalizer finds, None if it finds none or is not installed."""
    try:
        detect = library("charset_normalizer", needed_for="encodings").from_bytes
    except InputError:
        return None
    best = detect(sample, cp_isolation=[*_USUAL]).best() or detect(sample).best()
    return None if best is None or best.encoding in ("ascii", "utf_8") else str(best.encoding)


def _is_plausible(text: str) -> bool:
    """Return whether the text is English with signs and names of western Europe, and not other text misread."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter.isascii() for letter in letters) < 3 * sum(not letter.isascii() for letter in letters):
        return False
    padded = f" {text} "
    return all(
        _is_plausible_in_place(padded[at - 1 : at + 2]) for at in range(1, len(padded) - 1) if padded[at] > "\x7f"
    )


def _is_plausible_in_place(three: str) -> bool:
    """Return whether the middle one of three characters is one that English text has in such a place."""
    before, letter, after = tuple(three)
    if letter in _ANYWHERE:
        return True
    if letter in _SIGNS:
        return not (before.islower() and after.islower())
    if letter in _RARE_LETTERS or "LATIN" not in unicodedata.name(letter, ""):
        return False
    return not (letter.isupper() and before.islower())
