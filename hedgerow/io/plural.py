"""Numbers with their nouns."""


def count(number: int, noun: str) -> str:
    """Return a number and its noun: `1 document`, `2,000 documents`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
