"""Check that a text can be labelled, and explain why if it cannot."""

from __future__ import annotations


def invalid_utf8(error: UnicodeDecodeError, *, before: int = 0) -> str:
    """Return the error as a message; `before` is the number of bytes before those that were decoded."""
    byte, position = error.object[error.start], before + error.start
    return f"invalid UTF-8 (byte 0x{byte:02x} at byte {position}); save it as UTF-8"


def text_error(text: object, name: str) -> str | None:
    """Return why `text` cannot be labelled, or None: not a string, blank, NUL characters, lone surrogates.

    `name` is the text's name in the message, such as "field 'text'".
    """
    if not isinstance(text, str):
        return f"{name} is {type(text).__name__}, not text"
    if not text.strip():
        return f"{name} is empty"
    if "\0" in text:
        return f"NUL character at position {text.index(chr(0))}; remove it"
    return surrogate_error(text)


def surrogate_error(text: str) -> str | None:
    """Return why `text` cannot be written as UTF-8, or None."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        code = f"U+{ord(text[error.start]):04X}"
        return f"lone surrogate {code} at position {error.start}; the text was cut inside a character"
    return None
