"""Who says what: the sources of a document, each with its sentences.

Mentions are grouped: "Gen. Tobias Revik", "Mr. Revik" and "Revik" are one source. A pronoun that reading in context
found to be named (`hedgerow.classifier.context`) belongs to the last named source. In a transcript a sentence also
belongs to the one who speaks. A sentence that only continues a
quotation belongs to the source of the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hedgerow.labels import Span, SpanType, Stance
from hedgerow.writers.records import LabelledSentence

_TITLE = r"""(?:adm|brig|capt|col|cpl|dr|gen|gov|hon|judge|justice|lady|lord|lt|maj|minister|miss|mr|mrs|ms|mx|president
    |prof|professor|rep|rev|sen|sgt|sir|senator)\.?"""
_TITLES = re.compile(rf"{_TITLE}(?:\s+|\Z)", re.IGNORECASE | re.VERBOSE)
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?\Z")
_PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "you", "him", "her", "them"})
_FRAMES = frozenset({SpanType.ATTRIBUTION, SpanType.HEARSAY, SpanType.FACTIVE, SpanType.DENIAL})


@dataclass(slots=True)
class Source:
    """A source: its fullest name, its type, its number from 1, and the places of its sentences in the document.

    `continued` are the places at which it only goes on speaking.
    """

    name: str
    type: SpanType
    number: int
    places: list[int] = field(default_factory=list)
    continued: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Speakers:
    """The sources of a document in the order of their first mention, and for each sentence the numbers of its own."""

    sources: tuple[Source, ...]
    of_sentence: tuple[tuple[int, ...], ...]


def find_speakers(sentences: Sequence[LabelledSentence]) -> Speakers:
    """Return who says what in the sentences of one document."""
    return _Grouping(sentences).speakers()


class _Grouping:
    """Goes through a document twice: for the full names, then for all mentions."""

    def __init__(self, sentences: Sequence[LabelledSentence]) -> None:
        self._sentences = sentences
        self._sources: dict[str, Source] = {}
        self._in_order: list[Source] = []
        self._last_named: Source | None = None
        self._full = {
            key.split()[-1]: key
            for sentence in reversed(sentences)
            for mention in _mentions(sentence)
            if " " in (key := _key(mention.text)) and _is_name(mention)
        }

    def speakers(self) -> Speakers:
        """Return the sources, and those of each sentence."""
        before: tuple[int, ...] = ()
        numbers = []
        for place, sentence in enumerate(self._sentences):
            mentions = (*_speaker(sentence), *_mentions(sentence))
            found = tuple(dict.fromkeys(self._number(mention, place) for mention in mentions))
            if not found and before and _continues(sentence, self._sentences[place - 1]):
                found = before[:1]
                source = self._in_order[found[0] - 1]
                source.places.append(place)
                source.continued.add(place)
            numbers.append(found)
            before = found
        return Speakers(tuple(self._in_order), tuple(numbers))

    def _number(self, mention: Span, place: int) -> int:
        kind = SpanType(mention.type)
        key = _key(mention.text)
        if key in _PRONOUNS:
            resolved = self._last_named if kind is SpanType.SOURCE_NAMED else None
            source = resolved or self._source(f"{key} (pronoun)", f"“{mention.text}”, not resolved", kind)
        else:
            source = self._source(self._full.get(key, key) if _is_name(mention) else key, mention.text, kind)
            self._last_named = source if kind is SpanType.SOURCE_NAMED else None
        if not source.places or source.places[-1] != place:
            source.places.append(place)
        return source.number

    def _source(self, key: str, name: str, kind: SpanType) -> Source:
        if key not in self._sources:
            self._sources[key] = Source(_POSSESSIVE.sub("", name), kind, len(self._in_order) + 1)
            self._in_order.append(self._sources[key])
        source = self._sources[key]
        plain = _POSSESSIVE.sub("", name)
        if len(plain) > len(source.name) and kind is source.type:
            source.name = plain
        return source


def _speaker(sentence: LabelledSentence) -> Iterator[Span]:
    """Yield who speaks, in a transcript: it is a source of all that is said."""
    if (name := sentence.prediction.speaker) is not None:
        yield Span(0, len(name), SpanType.SOURCE_NAMED, name)


def _mentions(sentence: LabelledSentence) -> Iterator[Span]:
    """Yield the sources of a sentence; a title apart from its name ("Gen.", "Tobias Revik") is joined to it."""
    text = sentence.prediction.text
    waiting: Span | None = None
    for span in sentence.prediction.sources:
        if waiting is not None and not text[waiting.end : span.start].strip():
            span = Span(waiting.start, span.end, span.type, text[waiting.start : span.end], span.score)
        elif waiting is not None:
            yield waiting
        waiting = span if _TITLES.fullmatch(span.text) else None
        if waiting is None:
            yield span
    if waiting is not None:
        yield waiting


def _key(text: str) -> str:
    """Return the mention without titles, article, possessive and case."""
    plain = _ARTICLE.sub("", " ".join(text.split()), count=1)
    while (title := _TITLES.match(plain)) and title.end() < len(plain):
        plain = plain[title.end() :]
    return _POSSESSIVE.sub("", plain).casefold()


def _is_name(mention: Span) -> bool:
    """Return whether every word begins with a capital, as in a person's name; then the last word may stand alone."""
    words = mention.text.split()
    return mention.type is SpanType.SOURCE_NAMED and all(word[:1].isupper() for word in words)


def _continues(sentence: LabelledSentence, before: LabelledSentence) -> bool:
    """Return whether a sentence is attributed without a frame of its own, right after one with a source."""
    prediction = sentence.prediction
    framed = any(span.type in _FRAMES for span in prediction.spans)
    return prediction.stance is Stance.ATTRIBUTED and not framed and before.prediction.stance is not Stance.ASSERTED
