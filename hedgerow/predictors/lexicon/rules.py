"""Rules: the cues of `cues.toml` as objects, indexed by the words they can begin with.

The header of `cues.toml` explains how a cue is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hedgerow.labels import Certainty, SpanType, Stance


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of cues with the same effect.

    `type` is the type of their spans; it is None for exceptions (a cue's word in another sense), which only block other
    cues. `certainty` and `stance` are the labels that the cues speak for. `source` is the side ("before" or "after") on
    which the source is looked for; with `if_sourced`, the stance holds only if there is one. A rule that `decides`
    overrides the certainty of all others.
    """

    type: SpanType | None = None
    certainty: Certainty | None = None
    stance: Stance | None = None
    source: str | None = None
    if_sourced: bool = False
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One position in a cue: the words that match there ("#": any figure; "*": any word).

    It may be `optional`, a `lookahead` (it must follow, but is not part of the cue), `near` (a lookahead that may come
    within a few words), a `lookbehind` (it must come directly before the cue), or `initial` (it must be at the
    beginning of the sentence, or after a comma, colon, dash or opening quotation mark).
    """

    words: frozenset[str]
    optional: bool = False
    lookahead: bool = False
    near: bool = False
    lookbehind: bool = False
    initial: bool = False

    def matches(self, word: str) -> bool:
        """Whether the word, in lower case, matches here."""
        return word in self.words or "*" in self.words or ("#" in self.words and word[0].isdigit())


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: the rule it belongs to, its elements in order, and the lookbehinds before them, the nearest first."""

    rule: Rule
    elements: tuple[Element, ...]
    before: tuple[Element, ...] = ()

    @property
    def first_words(self) -> frozenset[str]:
        """The words that it can begin with: of the leading optional elements, and of the first that is not."""
        words: frozenset[str] = frozenset()
        for element in self.elements:
            words |= element.words
            if not element.optional:
                break
        return words


def index_cues(table: Mapping[str, Any]) -> dict[str, list[Cue]]:
    """Return the cues of the parsed `cues.toml` by each word that they can begin with, in their order in the file."""
    classes = {name: frozenset(words) for name, words in table["classes"].items()}
    index: dict[str, list[Cue]] = {}
    for group in table["cues"]:
        rule = _to_rule(group)
        for words in group["words"]:
            elements = [_to_element(word, classes) for word in words.split()]
            before = tuple(element for element in reversed(elements) if element.lookbehind)
            cue = Cue(rule, tuple(element for element in elements if not element.lookbehind), before)
            for first in cue.first_words:
                index.setdefault(first, []).append(cue)
    return index


def _to_rule(group: Mapping[str, Any]) -> Rule:
    return Rule(
        type=SpanType(group["type"]) if "type" in group else None,
        certainty=Certainty(group["certainty"]) if "certainty" in group else None,
        stance=Stance(group["stance"]) if "stance" in group else None,
        source=group.get("source"),
        if_sourced=group.get("if_sourced", False),
        decides=group.get("decides", False),
    )


def _to_element(word: str, classes: Mapping[str, frozenset[str]]) -> Element:
    words: set[str] = set()
    for choice in word.removesuffix("?").lstrip("<>~^").split("|"):
        words |= classes[choice[1:]] if choice.startswith("@") else {choice}
    return Element(
        frozenset(words),
        optional=word.endswith("?"),
        lookahead=word.startswith(">"),
        near=word.startswith("~"),
        lookbehind=word.startswith("<"),
        initial=word.startswith(("^", "<^")),
    )
