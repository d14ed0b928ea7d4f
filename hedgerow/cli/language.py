"""Is a text English? Only so far as to warn of one that surely is not: the models know no other language."""

from __future__ import annotations

import re

# Words that are frequent in English, also in its headlines, and no frequent words of its neighbours.
_ENGLISH = frozenset(
    """
    about after and are because been before but could first from had has have he her his if into it its many may might
    more new not of only people said say says she should than that the their there they this three to two until were
    what when which who will with would years you your
    """.split()  # noqa: SIM905  # a list would be eighty lines
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS = 18  # fewer show nothing
_MOST_WORDS = 20_000  # of the first texts; more cost time and change nothing
_LEAST_SHARE = 0.05


class EnglishWords:
    """Counts the words of texts, and the frequent English ones among them."""

    def __init__(self) -> None:
        """Begin without a word."""
        self._words = 0
        self._english = 0

    def add(self, text: str) -> None:
        """Count the words of a text."""
        if self._words < _MOST_WORDS:
            words = _WORD.findall(text.casefold())
            self._words += len(words)
            self._english += sum(word in _ENGLISH for word in words)

    @property
    def are_missing(self) -> bool:
        """Whether there are words, and hardly any of them is a frequent one of English."""
        return self._words >= _LEAST_WORDS and self._english < _LEAST_SHARE * self._words
