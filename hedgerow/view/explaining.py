"""Why a sentence has its labels: its cues, the runner-up label, and the words that carry the answer.

The weight of a word is how much the score of the answer falls if the word is left out (leave one out: Li, Monroe &
Jurafsky 2016), asked of the same model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hedgerow.classifier import Classifier
from hedgerow.labels import AXES
from hedgerow.results import Prediction

MAX_VARIANTS = 64  # sentences that the model is asked for beside the sentence itself
SHOWN = 12  # words
CAVEAT = (
    "Each row shows how far the score of the answer moves if the model reads the sentence without that word. It shows "
    "what this model leans on, not why the label would be right; words that only count together can all look light."
)
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


@dataclass(frozen=True, slots=True)
class AxisAnswer:
    """The label of an axis with its score, and the label that came next.

    Attributes
    ----------
    axis : str
        "certainty" or "stance".
    label, runner_up : str
        The label, and the one that came next.
    score, runner_up_score : float
        Their scores, in 0..1.

    Examples
    --------
    >>> import hedgerow
    >>> from hedgerow.view import explain
    >>> certainty = explain(hedgerow.load("lexicon"), "The ferry may be late.").axes[0]
    >>> certainty.axis, certainty.label, certainty.score
    ('certainty', 'possible', 1.0)
    """

    axis: str
    label: str
    score: float
    runner_up: str
    runner_up_score: float


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of the sentence, and what it weighs.

    Attributes
    ----------
    text : str
        The word.
    start, end : int
        Its first code point in the sentence, and the one after its last.
    changes : tuple of float
        How far the score of the answer moves without the word, -1..1, for each of the explanation's `axes` in order.

    Examples
    --------
    >>> import hedgerow
    >>> from hedgerow.view import explain
    >>> word = explain(hedgerow.load("lexicon"), "The ferry may be late.").words[2]
    >>> word.text, word.changes
    ('may', (-1.0, 0.0))
    """

    text: str
    start: int
    end: int
    changes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a sentence has its labels.

    Attributes
    ----------
    prediction : Prediction
        The sentence, labelled by itself.
    axes : tuple of AxisAnswer
        The label of each axis, and the one that came next.
    words : tuple of WordWeight
        The weight of each word, in the order of the text.
    left_out : int
        How many words were not tried.
    in_text : tuple of str
        Labels that the sentence has in its document only, by what stands before it.

    Examples
    --------
    >>> import hedgerow
    >>> from hedgerow.view import explain
    >>> explanation = explain(hedgerow.load("lexicon"), "The ferry may be late.")
    >>> [(one.axis, one.label, one.score) for one in explanation.axes]
    [('certainty', 'possible', 1.0), ('stance', 'asserted', 1.0)]
    """

    prediction: Prediction
    axes: tuple[AxisAnswer, ...]
    words: tuple[WordWeight, ...]
    left_out: int = 0
    in_text: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The remarks beside the words: a caveat, words that were not tried, labels that come from the document."""
        more = f" {self.left_out:,} more words were not tried: {MAX_VARIANTS} is the limit." if self.left_out else ""
        labels = " and ".join(self.in_text)
        text = f" In its text the sentence is {labels}, by what stands before it; this asks about it alone."
        return f"{CAVEAT}{more}{text if labels else ''}"

    def heaviest(self, most: int = SHOWN) -> list[WordWeight]:
        """Return the words that move a score most, heaviest first, at most `most` of them."""
        return sorted(self.words, key=lambda word: -max(map(abs, word.changes)))[:most]


def explain(classifier: Classifier, sentence: str | Prediction) -> Explanation:
    """Return why the classifier gives a sentence its labels.

    Parameters
    ----------
    classifier : Classifier
        The model that answered.
    sentence : str or Prediction
        A sentence, or a sentence of a document. It is labelled alone, without the text before it.

    Returns
    -------
    Explanation
        The labels, the runner-ups, and the weight of each word. At most 64 words are tried, those in cues and sources
        first.

    Raises
    ------
    InputError
        If the sentence cannot be labelled.

    Examples
    --------
    >>> import hedgerow
    >>> from hedgerow.view import explain
    >>> explanation = explain(hedgerow.load("lexicon"), "The ferry may be late.")
    >>> explanation.heaviest(1)[0].text
    'may'
    """
    text = sentence.text if isinstance(sentence, Prediction) else sentence
    prediction = classifier(text)
    tried, left_out = _words(prediction)
    axes = tuple(_answer(prediction, axis) for axis in prediction.axes)
    variants = [_without(text, match) for match in tried]
    words = (
        WordWeight(match[0], match.start(), match.end(), _changes(axes, changed))
        for match, changed in zip(tried, classifier.predict(variants), strict=True)
    )
    in_order = tuple(sorted(words, key=lambda word: word.start))
    return Explanation(prediction, axes, in_order, left_out, _in_text(prediction, sentence))


def _in_text(alone: Prediction, sentence: str | Prediction) -> tuple[str, ...]:
    if isinstance(sentence, str):
        return ()
    return tuple(str(getattr(sentence, axis)) for axis in AXES if getattr(sentence, axis) != getattr(alone, axis))


def _words(prediction: Prediction) -> tuple[Sequence[re.Match[str]], int]:
    """Return the words to leave out, at most MAX_VARIANTS, and how many more there are."""
    text = prediction.text
    words = [match for match in _WORD.finditer(text) if _WORD.search(_without(text, match))]
    inside = [(span.start, span.end) for span in prediction.spans]
    first = sorted(words, key=lambda word: not any(start < word.end() and word.start() < end for start, end in inside))
    return first[:MAX_VARIANTS], max(0, len(words) - MAX_VARIANTS)


def _without(text: str, word: re.Match[str]) -> str:
    before, after = text[: word.start()], text[word.end() :]
    return f"{before.rstrip()}{after}" if after[:1].isspace() else before + after


def _answer(prediction: Prediction, axis: str) -> AxisAnswer:
    label = str(getattr(prediction, axis))
    scores = prediction.scores(axis)
    second = max((other for other in scores if other != label), key=scores.__getitem__)
    return AxisAnswer(axis, label, scores[label], str(second), scores[second])


def _changes(axes: Sequence[AxisAnswer], changed: Prediction) -> tuple[float, ...]:
    return tuple(changed.scores(one.axis)[one.label] - one.score for one in axes)
