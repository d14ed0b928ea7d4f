"""Word lists: the tables of `cues.toml` besides the cues, as sets by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Words = Mapping[str, frozenset[str]]  # the lists of one table, by name


@dataclass(frozen=True, slots=True)
class WordLists:
    """The word lists that the modules of the lexicon use, a table each."""

    sources: Words
    clauses: Words
    reports: Words
    headlines: Words
    quotes: Words


def read_word_lists(table: Mapping[str, Any]) -> WordLists:
    """Return the word lists of the parsed `cues.toml`."""
    return WordLists(
        **{
            name: {kind: frozenset(words) for kind, words in table[name].items()}
            for name in ("sources", "clauses", "reports", "headlines", "quotes")
        }
    )
