"""One request's work, in a thread: read, label through the shared queue, explain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hedgerow.classifier import Classifier
from hedgerow.labelling.options import Options
from hedgerow.labelling.stream import Follower, label_texts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.serve.problems import ApiError, for_api, shortened
from hedgerow.view import Collector, Explanation, ViewedDocument, explain
from hedgerow.writers.rejected import rejected_row

TEXT = "text"  # the name of the document of a request that gives one text


@dataclass(frozen=True, slots=True)
class Job:
    """What a request asks for: its texts, which are read in a thread, and how to label them."""

    texts: Callable[[], Iterable[Item]]
    options: Options
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The labelled documents, the rejected rows, the number of skipped ones.

    `explanations` are by the number of a document and of a sentence, both from 0.
    """

    model: str
    documents: tuple[ViewedDocument, ...]
    rejected: tuple[Rejected, ...] = ()
    skipped: int = 0
    explanations: Mapping[tuple[int, int], Explanation] = field(default_factory=dict)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of the sentences, as every output has them; an explained one has its `explanation`."""
        for number, document in enumerate(self.documents):
            for at, sentence in enumerate(document.sentences):
                explanation = self.explanations.get((number, at))
                more = {} if explanation is None else {"explanation": explained_row(explanation)}
                yield sentence.to_dict() | more

    def to_dict(self) -> dict[str, Any]:
        """Return the answer of the API."""
        return {
            "model": self.model,
            "sentences": list(self.rows()),
            "rejected": [told(one) for one in self.rejected],
            "skipped": self.skipped,
        }


def of_text(text: str, name: str = TEXT) -> Callable[[], Iterable[Item]]:
    """Return what gives one text to split."""
    return lambda: [InputText(name, iter([text]))]


def of_sentences(sentences: Sequence[str]) -> Callable[[], Iterable[Item]]:
    """Return what gives sentences that are labelled as they are; a document each, numbered from 1."""
    return lambda: (InputText(f"sentences:{number}", iter([one])) for number, one in enumerate(sentences, 1))


def label_job(classifier: Classifier, job: Job, *, most: int, most_explained: int) -> Answer:
    """Label the texts of a job; raise ApiError if they have more sentences than `most`."""
    rejected: list[Rejected] = []
    collector = Collector()
    follower = Follower(rejected.append, keep=collector.keep)
    for number, sentence in enumerate(label_texts(classifier, job.texts(), job.options, follower), 1):
        if number > most:
            raise ApiError(413, f"over {most:,} sentences; send fewer at a time, or use /v1/label/stream")
        if job.explained and number > most_explained:
            raise ApiError(422, f"at most {most_explained} sentences are explained at a time", field="explain")
        collector.write(sentence)
    documents = tuple(collector.documents)
    explanations = _explanations(classifier, documents) if job.explained else {}
    return Answer(classifier.name, documents, tuple(rejected), follower.counts.skipped, explanations)


def _explanations(classifier: Classifier, documents: Sequence[ViewedDocument]) -> dict[tuple[int, int], Explanation]:
    return {
        (number, at): explain(classifier, sentence.prediction)
        for number, document in enumerate(documents)
        for at, sentence in enumerate(document.sentences)
    }


def explained_row(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as a JSON object: the runner-ups, the cues, the words heaviest first, the caveat."""
    axes: dict[str, Any] = {
        one.axis: {
            "label": one.label,
            "score": round(one.score, 4),
            "runner_up": one.runner_up,
            "runner_up_score": round(one.runner_up_score, 4),
        }
        for one in explanation.axes
    }
    words = [
        {"start": word.start, "end": word.end, "text": word.text}
        | {axis: round(change, 4) for axis, change in zip(axes, word.changes, strict=True)}
        for word in explanation.heaviest(len(explanation.words))
    ]
    cues = [span.to_dict() for span in explanation.prediction.cues]
    return axes | {"cues": cues, "words": words, "note": explanation.note}


def told(rejected: Rejected) -> dict[str, Any]:
    """Return a rejected row as `hedgerow label` writes it, without its bytes, which the client has."""
    row = rejected_row(rejected)
    del row["raw"]
    return row | {"reason": shortened(for_api(rejected.reason))}
