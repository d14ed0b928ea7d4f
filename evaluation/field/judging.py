"""Compare a model with field cases: labels of sentences, cues, splits of texts, and labels in their context."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from evaluation.field.cases import GoldSentence, SentenceCase, TextCase, places
from hedgerow import sentences
from hedgerow.labels import Certainty, Stance
from hedgerow.results import Prediction

# Kinds of reports that are negated or unreal ("has not confirmed that P"): nobody takes the content as true or false.
_REVERSIBLE = ("negated or unreal report", "not ruled out")
Splitter = Callable[[str], Sequence[tuple[int, int]]]
_SETTLING = (Stance.ENDORSED, Stance.DISPUTED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gold sentence beside the labels that a model gave it; `said` is None if the model has no such sentence."""

    id: str
    set: str
    kind: str
    confidence: str
    certainty: Sequence[Certainty]  # any of them is right
    stance: Sequence[Stance]
    said: Prediction | None

    @property
    def certainty_is_right(self) -> bool:
        """Whether the certainty is one of gold's."""
        return self.said is not None and self.said.certainty in self.certainty

    @property
    def stance_is_right(self) -> bool:
        """Whether the stance is one of gold's."""
        return self.said is not None and self.said.stance in self.stance

    @property
    def is_right(self) -> bool:
        """Whether both labels are."""
        return self.certainty_is_right and self.stance_is_right

    @property
    def is_reversible(self) -> bool:
        """Whether the kind is of negated or unreal reports."""
        return any(name in self.kind for name in _REVERSIBLE)

    @property
    def is_reversed(self) -> bool:
        """Whether the stance takes content as true or false that gold leaves open."""
        return self.said is not None and self.said.stance in _SETTLING and not self.stance_is_right


def judge_sentence(case: SentenceCase, prediction: Prediction) -> Verdict:
    """Return the verdict on the labels of one sentence."""
    return Verdict(case.id, case.set, case.kind, case.confidence, case.certainty, case.stance, prediction)


def cue_errors(case: SentenceCase, prediction: Prediction) -> list[str]:
    """Return the type of every cue check that failed: "no TYPE" for words that must be marked, "TYPE" for a wrong mark.

    Words that must be marked lie inside a span of their type. Words that must not be marked share no character with a
    cue; a source may cover them.
    """
    errors = []
    for kind, words in case.cues.must:
        marked = [(span.start, span.end) for span in prediction.spans if span.type == kind]
        if not any(first <= start and end <= last for start, end in places(words, case.text) for first, last in marked):
            errors.append(f"no {kind}")
    for words in case.cues.mustnot:
        wrong = [
            str(cue.type)
            for cue in prediction.cues
            if any(cue.start < end and start < cue.end for start, end in places(words, case.text))
        ]
        errors += wrong[:1]
    return errors


def count_checks(case: SentenceCase) -> int:
    """Return the number of cue checks of a sentence."""
    return len(case.cues.must) + len(case.cues.mustnot)


def split_texts(case: TextCase, splitter: Splitter = sentences.split) -> list[str]:
    """Return the sentences that the splitter finds in a text, with single spaces."""
    return [_plain(case.text[start:end]) for start, end in splitter(case.text)]


def is_split_right(case: TextCase, splitter: Splitter = sentences.split) -> bool:
    """Return whether the text is split as gold; white space does not count."""
    return split_texts(case, splitter) == _gold_texts(case.gold)


def judge_text(case: TextCase, predictions: Sequence[Prediction]) -> Iterator[Verdict]:
    """Yield the verdict on each counted sentence of a text; its id is ID:NUMBER.

    Gold sentences are aligned with the predictions by their text, in order. One that cannot be aligned is wrong.
    """
    found = [_plain(prediction.text) for prediction in predictions]
    blocks = SequenceMatcher(None, _gold_texts(case.gold), found, autojunk=False).get_matching_blocks()
    aligned = {block.a + at: predictions[block.b + at] for block in blocks for at in range(block.size)}
    for at, gold in enumerate(case.gold):
        if gold.is_counted:
            yield Verdict(
                id=f"{case.id}:{at + 1}",
                set=case.set,
                kind=case.kind,
                confidence=gold.confidence,
                certainty=gold.certainty,
                stance=gold.stance,
                said=aligned.get(at),
            )


def _gold_texts(gold: Sequence[GoldSentence]) -> list[str]:
    return [_plain(sentence.text) for sentence in gold]


def _plain(text: str) -> str:
    return " ".join(text.split())
