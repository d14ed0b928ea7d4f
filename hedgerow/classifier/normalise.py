"""Unicode normalisation: a sentence gets the same labels in NFC and NFD, with offsets into the text as given.

Models read the NFC form (Unicode Standard Annex 15). Spans are moved back through an alignment of the two forms.
"""

from __future__ import annotations

from dataclasses import replace
from unicodedata import combining, is_normalized, normalize

from hedgerow.labels import Span
from hedgerow.results import Prediction


def to_nfc(text: str) -> str:
    """Return the NFC form of `text`: `text` itself if it is in that form already."""
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def restore_offsets(prediction: Prediction, text: str) -> Prediction:
    """Return `prediction`, made on the NFC form of `text`, with all offsets into `text` itself."""
    starts, ends = _alignment(text)

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        places = ((span, starts[span.start], ends[span.end]) for span in spans)
        return tuple(replace(span, start=start, end=end, text=text[start:end]) for span, start, end in places)

    read_to = None if prediction.read_to is None else ends[prediction.read_to]
    other_spans = {name: moved(spans) for name, spans in prediction.other_spans.items()}
    return replace(prediction, text=text, spans=moved(prediction.spans), other_spans=other_spans, read_to=read_to)


def _alignment(text: str) -> tuple[list[int], list[int]]:
    """For each offset in the NFC form, where a span that starts there, or ends there, does so in `text`."""
    starts, ends, place = [0], [0], 0
    for segment in _segments(text):
        composed = normalize("NFC", segment)
        if composed == segment:
            inner = list(range(place + 1, place + len(segment)))
            starts += inner
            ends += inner
        else:  # inside a segment that changed, spans take all of it
            starts += [place] * (len(composed) - 1)
            ends += [place + len(segment)] * (len(composed) - 1)
        place += len(segment)
        starts.append(place)
        ends.append(place)
    return starts, ends


def _segments(text: str) -> list[str]:
    """Cut `text` so that the NFC form of the whole is that of the segments, joined."""
    segments: list[str] = []
    for character in text:
        # A few characters of class 0 decompose into combining ones (U+0F73).
        joins = combining(normalize("NFD", character)[0]) or (segments and _composes(segments[-1], character))
        if segments and joins:
            segments[-1] += character
        else:
            segments.append(character)
    return segments


def _composes(before: str, character: str) -> bool:
    """Whether `character` changes what stands before it (Hangul jamo, some vowel signs)."""
    return normalize("NFC", before + character) != normalize("NFC", before) + normalize("NFC", character)
