"""Match cues in the tokens of a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hedgerow.labels import Stance
from hedgerow.predictors.lexicon.rules import Cue, Element, Rule
from hedgerow.predictors.lexicon.sources import Source
from hedgerow.predictors.lexicon.tokens import Token

_NEAR = 7  # tokens after a cue in which a word that must be near is looked for
_BEFORE_INITIAL = frozenset(",;:—–-(\"“‘'")
_BEFORE_FIRST_WORD = frozenset({'"', "“", "‘", "'", ":"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue in a sentence: its rule, its tokens from `first` to `last` (exclusive), and its source if it has one."""

    rule: Rule
    first: int
    last: int
    source: Source | None = None

    @property
    def stance(self) -> Stance | None:
        """The stance that the cue speaks for."""
        return None if self.rule.if_sourced and self.source is None else self.rule.stance


def find_hits(tokens: Sequence[Token], index: Mapping[str, Sequence[Cue]]) -> list[Hit]:
    """Return the cues from left to right, the longest at each position; `index` has the cues by their first words.

    Of an exception and a cue of the same length, the one that is first in the index is taken; `cues.toml` starts with
    the exceptions. Exceptions are not returned.
    """
    hits = []
    position = 0
    while position < len(tokens):
        hit = _longest_hit(tokens, position, index)
        if hit is None:
            position += 1
            continue
        if hit.rule.type is not None and not _is_name(tokens, hit):
            hits.append(hit)
        position = hit.last
    return hits


def _longest_hit(tokens: Sequence[Token], first: int, index: Mapping[str, Sequence[Cue]]) -> Hit | None:
    word = tokens[first].lower
    longest: Hit | None = None
    for cue in (*index.get(word, ()), *(index.get("#", ()) if word[0].isdigit() else ())):
        last = _match(tokens, first, cue.elements)
        if last and cue.before and not _follows(tokens, first, cue.before):
            continue
        if last and (longest is None or last > longest.last):
            longest = Hit(cue.rule, first, last)
    return longest


def _match(tokens: Sequence[Token], position: int, elements: Sequence[Element]) -> int:
    """Return the token after a cue that begins at `position`, or 0 if it does not match.

    An optional element is matched if it can be.
    """
    end = position
    for element in elements:
        if element.near:
            if not any(element.matches(token.lower) for token in tokens[position : position + _NEAR]):
                return 0
            continue
        if element.initial and position and tokens[position - 1].text not in _BEFORE_INITIAL:
            return 0
        if position < len(tokens) and element.matches(tokens[position].lower):
            position += 1
            end = end if element.lookahead else position
        elif not element.optional:
            return 0
    return end


def _follows(tokens: Sequence[Token], first: int, before: Sequence[Element]) -> bool:
    """Whether the tokens before token `first` match the lookbehinds, of which the nearest is first."""
    position = first - 1
    for element in before:
        is_placed = not element.initial or position == 0 or tokens[position - 1].text in _BEFORE_INITIAL
        if position >= 0 and is_placed and element.matches(tokens[position].lower):
            position -= 1
        elif not element.optional:
            return False
    return True


def _is_name(tokens: Sequence[Token], hit: Hit) -> bool:
    """Whether "May" is a name: capitalised within a sentence, and not in a heading of all capitals."""
    word = tokens[hit.first]
    if word.lower != "may" or not word.text[0].isupper() or word.text.isupper():
        return False
    return hit.first > 0 and tokens[hit.first - 1].text not in _BEFORE_FIRST_WORD
