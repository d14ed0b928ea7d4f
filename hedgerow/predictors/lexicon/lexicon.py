"""The lexicon: cues found by looking them up, and labels read off the cues. Rules that one can inspect.

The rules themselves are data (`lexicon.toml`); here is only how words are matched and how several cues in a sentence
are weighed: the weakest certainty and the most marked stance win (CODEBOOK sections 1 to 3), and a cue behind a
relative pronoun ("..., who allegedly lied, ...") is marked but not counted.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError
from hedgerow.labels import CODEBOOK_HEADS, Certainty, Prediction, Span, SpanType, Stance
from hedgerow.predictors.base import BATCH_SIZE
from hedgerow.predictors.folder import LEXICON
from hedgerow.predictors.lexicon.sources import Source, find_source
from hedgerow.predictors.lexicon.tokens import Token, tokenise

_BEFORE_OPENING = frozenset(",;:—–-(\"“‘'")
_RELATIVES = frozenset({"which", "who", "whom", "whose"})
_WEAKEST = (Certainty.CERTAIN, Certainty.PROBABLE, Certainty.UNCOMMITTED, Certainty.POSSIBLE)
_MOST_MARKED = tuple(Stance)


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of cues that do the same. `type` is None for words in another sense, which only block other cues."""

    type: SpanType | None = None
    certainty: Certainty | None = None
    stance: Stance | None = None
    source: str | None = None
    if_sourced: bool = False
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a cue: the words that may stand there; whether it may be empty, only has to follow, must open."""

    words: frozenset[str]
    optional: bool = False
    follows: bool = False
    opens: bool = False

    def fits(self, word: str) -> bool:
        return word in self.words or ("#" in self.words and word[0].isdigit())


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue as found: its rule, its tokens (`last` exclusive), and whose words they are."""

    rule: Rule
    first: int
    last: int
    source: Source | None = None

    @property
    def stance(self) -> Stance | None:
        return None if self.rule.if_sourced and self.source is None else self.rule.stance


class Lexicon:
    """A classifier that needs no training. Scores are 1 for the label the rules give and 0 for the others."""

    name = "lexicon"
    heads = CODEBOOK_HEADS
    preferred_batch_size = BATCH_SIZE
    prefetch = 0

    def __init__(self, table: dict[str, Any]) -> None:
        self.sources: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in table["sources"].items()}
        classes = {name: frozenset(words) for name, words in table["classes"].items()}
        self._by_first_word: dict[str, list[tuple[Rule, tuple[Element, ...]]]] = {}
        for group in table["cues"]:
            rule = _rule(group)
            for cue in group["words"]:
                elements = tuple(_element(word, classes) for word in cue.split())
                for word in _first_words(elements):
                    self._by_first_word.setdefault(word, []).append((rule, elements))

    def label(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._label(text) for text in texts]

    def spans(self, text: str) -> tuple[Span, ...]:
        """Cues and sources in `text`, in order."""
        tokens = tokenise(text)
        return self._spans(text, tokens, self._find(tokens))

    def _label(self, text: str) -> Prediction:
        tokens = tokenise(text)
        hits = self._find(tokens)
        relative = _relative_clauses(tokens)
        counted = [hit for hit in hits if not relative[hit.first]]
        certainty, stance = _certainty(tokens, [hit.rule for hit in counted]), _stance(text, counted)
        return Prediction(
            text=text,
            certainty=certainty,
            stance=stance,
            certainty_scores={label: float(label is certainty) for label in Certainty},
            stance_scores={label: float(label is stance) for label in Stance},
            spans=self._spans(text, tokens, hits),
        )

    def _find(self, tokens: list[Token]) -> list[Hit]:
        """From left to right, the longest cue at each place; an exception wins against a cue of the same length."""
        hits, at = [], 0
        while at < len(tokens):
            best: Hit | None = None
            for rule, elements in self._beginning_with(tokens[at].lower):
                last = _match(tokens, at, elements)
                if last and (best is None or last > best.last):
                    best = Hit(rule, at, last)
            if best is None:
                at += 1
                continue
            if best.rule.type is not None and not _is_name(tokens, best):
                source = find_source(tokens, best.first, best.last, best.rule.source, self.sources)
                hits.append(replace(best, source=source))
            at = best.last
        return hits

    def _beginning_with(self, word: str) -> Iterable[tuple[Rule, tuple[Element, ...]]]:
        figures = self._by_first_word.get("#", ()) if word[0].isdigit() else ()
        return (*self._by_first_word.get(word, ()), *figures)

    def _spans(self, text: str, tokens: list[Token], hits: list[Hit]) -> tuple[Span, ...]:
        found: dict[tuple[int, int], SpanType] = {}
        for hit in hits:
            assert hit.rule.type is not None  # exceptions are not among the hits
            found[tokens[hit.first].start, tokens[hit.last - 1].end] = hit.rule.type
        for hit in hits:
            if hit.source is not None:
                start, end, kind = hit.source
                found.setdefault((start, end), kind)
        return tuple(Span(start, end, kind, text[start:end]) for (start, end), kind in sorted(found.items()))


@lru_cache(maxsize=4)
def load_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Return the lexicon in `folder`, by default the shipped one; raise ModelError if its cues cannot be read."""
    path = folder / "cues.toml"
    try:
        return Lexicon(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: not a lexicon ({error!r}); copy the shipped one and change its words") from None


def _rule(group: dict[str, Any]) -> Rule:
    return Rule(
        type=SpanType(group["type"]) if "type" in group else None,
        certainty=Certainty(group["certainty"]) if "certainty" in group else None,
        stance=Stance(group["stance"]) if "stance" in group else None,
        source=group.get("source"),
        if_sourced=group.get("if_sourced", False),
        decides=group.get("decides", False),
    )


def _element(word: str, classes: dict[str, frozenset[str]]) -> Element:
    bare = word.removesuffix("?").lstrip(">^")
    words: set[str] = set()
    for choice in bare.split("|"):
        words |= classes[choice[1:]] if choice.startswith("@") else {choice}
    return Element(frozenset(words), word.endswith("?"), word.startswith(">"), word.startswith("^"))


def _first_words(elements: tuple[Element, ...]) -> frozenset[str]:
    """The words a cue can begin with: its leading optional ones, and the first it cannot do without."""
    words: frozenset[str] = frozenset()
    for element in elements:
        words |= element.words
        if not element.optional:
            break
    return words


def _match(tokens: list[Token], at: int, elements: tuple[Element, ...]) -> int:
    """Where the cue ends when it begins at `at`, else 0. Optional places are filled when they can be."""
    end = at
    for element in elements:
        if element.opens and at and tokens[at - 1].text not in _BEFORE_OPENING:
            return 0
        if at < len(tokens) and element.fits(tokens[at].lower):
            at += 1
            end = end if element.follows else at
        elif not element.optional:
            return 0
    return end


def _is_name(tokens: list[Token], hit: Hit) -> bool:
    """May, Will or March as a name: a capital in the middle of a sentence that is not all capitals or a title."""
    word = tokens[hit.first]
    if word.lower != "may" or not word.text[0].isupper() or word.text.isupper():
        return False
    return hit.first > 0 and tokens[hit.first - 1].text not in {'"', "“", "‘", "'", ":"}


def _relative_clauses(tokens: list[Token]) -> list[bool]:
    """For each token, whether a relative clause is open there: from its pronoun to the next comma or dash."""
    inside = False
    where = []
    for token in tokens:
        inside = token.text not in ",;:—–" and (inside or token.lower in _RELATIVES)
        where.append(inside)
    return where


def _certainty(tokens: list[Token], rules: list[Rule]) -> Certainty:
    if any(rule.decides for rule in rules) or any(token.text == "?" for token in tokens[-2:]):
        return Certainty.UNCOMMITTED
    # Reported "would" is as settled as the rest: "he said he would come".
    reported = any(rule.type is SpanType.ATTRIBUTION for rule in rules)
    weakest = [
        rule.certainty
        for rule in rules
        if rule.certainty is not None
        and not (reported and rule.type is SpanType.MODAL and rule.certainty == "uncommitted")
    ]
    return max(weakest, key=_WEAKEST.index, default=Certainty.CERTAIN)


def _stance(text: str, hits: list[Hit]) -> Stance:
    quoted = text.startswith(('"', "“")) and text.endswith(('"', "”"))
    stances = [hit.stance for hit in hits if hit.stance is not None]
    return max(stances, key=_MOST_MARKED.index, default=Stance.ATTRIBUTED if quoted else Stance.ASSERTED)
