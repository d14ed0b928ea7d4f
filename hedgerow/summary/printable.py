"""Text of the input on one line of a terminal or a page."""


def printable(text: str) -> str:
    """Return `text` on one line, with U+FFFD for control characters, which a terminal would obey."""
    if text.isprintable():
        return text
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
