"""Check that a text can be labelled, and say what is wrong if it cannot."""

from __future__ import annotations


def invalid_utf8(error: UnicodeDecodeError, *, before: int = 0) -> str:
    """The fault in words; `before` counts the bytes that came before those of the error."""
    byte, at = error.object[error.start], before + error.start
    return f"invalid UTF-8 (byte 0x{byte:02x} at byte {at}); save it as UTF-8"


def text_fault(text: object, field: str) -> str | None:
    """What forbids labelling `text`, or None: not a string, empty, NUL characters, lone surrogates."""
    if not isinstance(text, str):
        return f"field {field!r} is {type(text).__name__}, not text"
    if not text.strip():
        return f"field {field!r} is empty"
    if "\0" in text:
        return f"NUL character at position {text.index(chr(0))}; remove it"
    return surrogate_fault(text)


def surrogate_fault(text: str) -> str | None:
    """What is wrong with a text that cannot be written as UTF-8, or None."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return f"lone surrogate U+{ord(text[error.start]):04X}; a text was cut inside a character, cut it elsewhere"
    return None
