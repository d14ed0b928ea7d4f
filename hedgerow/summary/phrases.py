"""Count the most frequent cues and sources in bounded memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from hedgerow.labels import SpanType
from hedgerow.summary.printable import printable
from hedgerow.summary.rows import LabelledSpan

_SOURCES = frozenset(kind for kind in SpanType if kind.is_source)
KEPT = 50_000  # phrases; beyond twice as many the rarest are dropped (lossy counting, Manku & Motwani 2002)
PRONOUN = "(pronoun)"  # the value of sentences whose sources are pronouns only
# Determiners that a source may begin with and that do not tell it from another. Quantifiers (many, some) stay: "many
# experts" is another source than "experts".
DETERMINERS = frozenset(
    ["the", "a", "an", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our", "their", "whose"]
)
# Sources of one word that name nobody by themselves: personal, reflexive, relative, demonstrative and indefinite
# pronouns, and determiners whose noun is left out ("some say").
_WORDS = """
i me mine myself you yours yourself yourselves he him himself she hers herself it itself we us ours ourselves
they them theirs themselves themself one ones oneself who whom whoever which what whatever
someone somebody something anyone anybody anything everyone everybody everything nobody nothing none
another other others some any all both each either neither few many several most more much such
i'm i've he's she's it's we're we've they're they've who's
"""
PRONOUNS = DETERMINERS | frozenset(_WORDS.split())
# A source of only these names nobody either: "no one", "all of them", "the latter", "the two", "everyone else".
_BESIDE = """
    of no no-one and or else alone own former latter rest same first second third last
    two three four five six seven eight nine ten dozen half
"""
_WITH_PRONOUNS = PRONOUNS | frozenset(_BESIDE.split())
_RELATIVE = frozenset(["who", "whom", "whose", "whoever"])  # "(those) who knew"
_ACRONYM = re.compile(r"\s*(?:[Tt]he\s+)?(?:WHO|US)\b")  # the World Health Organization is no pronoun
_POSSESSIVE = re.compile(r"(?<=\w)'s?\Z")


class PhraseCounts:
    """Counts of (type, phrase in lower case), exact up to 100,000 distinct ones; then those of rare ones may be low."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep the `kept` most frequent phrases if there are more than twice as many."""
        self._counts: Counter[tuple[SpanType | str, str]] = Counter()
        self._kept = kept
        self.exact = True
        self.pronouns = 0  # sources that are pronouns, which are not counted

    def add(self, kind: SpanType, text: str) -> None:
        """Count a phrase; case, spaces and the determiner of a source do not distinguish phrases."""
        is_source = kind in _SOURCES
        phrase = source_name(text) if is_source else _folded(text)
        if not phrase:
            self.pronouns += is_source
            return
        self._count(kind, phrase)

    def _count(self, kind: SpanType | str, phrase: str) -> None:
        self._counts[kind, phrase] += 1
        if len(self._counts) > 2 * self._kept:
            self._counts = Counter(dict(self._counts.most_common(self._kept)))
            self.exact = False

    def add_own(self, kind: str, text: str) -> None:
        """Count a phrase of a span head of the user's own."""
        if phrase := _folded(text):
            self._count(kind, phrase)

    def most_frequent_own(self, most: int) -> list[tuple[str, str, int]]:
        """Return the `most` frequent phrases of a span head of the user's own, as (type, phrase, count)."""
        rows = [(str(kind), text, count) for (kind, text), count in self._counts.items()]
        return sorted(rows, key=lambda row: (-row[2], row[1], row[0]))[:most]

    def most_frequent(self, most: int, *, sources: bool) -> list[tuple[SpanType, str, int]]:
        """Return the `most` frequent sources, or cues, as (type, phrase, count), ties in alphabetical order."""
        found = ((SpanType(kind), text, count) for (kind, text), count in self._counts.items())
        rows = [row for row in found if row[0].is_source is sources]
        return sorted(rows, key=lambda row: (-row[2], row[1], row[0]))[:most]


def first_source(spans: Iterable[LabelledSpan]) -> str | None:
    """Return the name of the first source that is no pronoun; "" if all are pronouns, None if there is no source."""
    found = None
    for span in spans:
        if span.type in _SOURCES:
            found = source_name(span.text)
            if found:
                break
    return found


@lru_cache(maxsize=8192)
def source_name(text: str) -> str:
    """Return a source in lower case without its determiners and a final 's (`white house`), "" if it is a pronoun."""
    words = _folded(text).replace("\u2019", "'").split()
    while words and words[0] in DETERMINERS:
        words = words[1:]
    if words and words[-1] not in PRONOUNS:  # he's
        words[-1] = _POSSESSIVE.sub("", words[-1])
    if words and _ACRONYM.match(text):
        return " ".join(words)
    if all(word in _WITH_PRONOUNS for word in words) or words[0] in _RELATIVE:
        return ""
    return " ".join(words)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    return printable(" ".join(text.casefold().split()))
