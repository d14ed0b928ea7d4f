"""Texts that say that there is no text: what spreadsheets, databases, pandas and Reddit write for one."""

from __future__ import annotations

# Compared with the whole text, in lower case, without white space around it.
MISSING = frozenset(
    {
        *("nan", "-nan", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nat", "1.#ind", "1.#qnan"),
        *("null", "(null)", "#null!", "\\n", "none", "(none)", "nil", "(blank)", "(empty)"),
        *("-", "--", "---", "–", "—", ".", "..", "...", "…"),
        *("#value!", "#ref!", "#name?", "#num!", "#div/0!"),
        *("[deleted]", "[removed]", "(deleted)", "(removed)", "[deleted by user]", "[removed by moderator]"),
        *("[removed by reddit]", "[ removed by reddit ]"),
    }
)
_LONGEST = max(map(len, MISSING))
BLANK = " \t\n\r\f\v\xa0\u2028\u2029\u200b\ufeff"  # also what white space is in spite of Unicode


def is_missing(stripped: str) -> bool:
    """Return whether a text, without white space around it, is a mark of `MISSING`."""
    return len(stripped) <= _LONGEST and stripped.lower() in MISSING
