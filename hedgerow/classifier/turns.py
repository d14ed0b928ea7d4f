"""What a model reads of a sentence in its text: without the label of a speaker, and without editorial tags.

The label ("ANNA:") names nobody's claim (CODEBOOK section 4: a name before unquoted speech is no frame), and a tag
("[who?]") asks nothing. Spans are moved back to the sentence as it stands.
"""

from __future__ import annotations

from dataclasses import replace

from hedgerow.labels import Span
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence, find_tags


def to_read(sentence: Sentence) -> str:
    """Return the part of a sentence that a model reads."""
    pieces = _pieces(sentence)
    return sentence.text if pieces is None else "".join(sentence.text[start:end] for start, end in pieces)


def place(prediction: Prediction, sentence: Sentence) -> Prediction:
    """Return a prediction on `to_read(sentence)` as one on the sentence: its text, place, speaker and offsets."""
    pieces = _pieces(sentence)
    if pieces is None:
        return replace(prediction, start=sentence.start, speaker=sentence.speaker)
    starts = [at for start, end in pieces for at in range(start, end)]  # by the place that the model saw

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        places = ((span, starts[span.start], starts[span.end - 1] + 1) for span in spans)
        return tuple(replace(span, start=start, end=end, text=sentence.text[start:end]) for span, start, end in places)

    return replace(
        prediction,
        text=sentence.text,
        start=sentence.start,
        speaker=sentence.speaker,
        spans=moved(prediction.spans),
        other_spans={name: moved(spans) for name, spans in prediction.other_spans.items()},
        read_to=None if prediction.read_to is None else starts[prediction.read_to - 1] + 1,
    )


def _pieces(sentence: Sentence) -> list[tuple[int, int]] | None:
    """Return the places of what a model reads, None if that is all of the sentence."""
    tags = find_tags(sentence.text)
    if not sentence.label_end and not tags:
        return None
    pieces = []
    start = sentence.label_end
    for tag_start, tag_end in tags:
        if tag_start > start:
            pieces.append((start, tag_start))
        start = max(start, tag_end)
    pieces.append((start, len(sentence.text)))
    read = "".join(sentence.text[start:end] for start, end in pieces)
    return pieces if read.strip() else None
