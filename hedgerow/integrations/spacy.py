"""A spaCy component: `nlp.add_pipe("hedgerow", config={"model": "base"})`.

It labels the sentences of a Doc and marks cues and sources. spaCy finds it by its entry point, so nothing has to be
imported. Three groups of spans are written:

- `doc.spans["hedgerow_sentences"]`: the labelled sentences, with `span._.certainty`, `span._.certainty_scores`,
  `span._.certainty_score` (0 to 1, None if uncommitted), `span._.stance`, `span._.stance_scores`, and NAME, NAME_scores
  and NAME_level (of an ordered head) of each head of the user's own. They are those of the Doc if something before has
  set sentence boundaries, else those of `hedgerow.sentences`; `.attrs["split_by"]` says which, "doc" or "hedgerow".
- `doc.spans["cues"]` and `["sources"]`, and a group by the name of each span head of the user's own. A span's type is
  its label; a span covers all tokens that it touches, and `.attrs` has its own offsets ("characters") and "scores".

The attributes of a sentence are read from the group's `.attrs["labels"]`, one object per sentence. So sentences in one
token have each their own, a Doc that is labelled again has nothing of an earlier model, and the labels survive
`Doc.to_bytes` and DocBin. A process that reads such Docs without a pipeline imports this module first, which registers
the attributes.

Examples
--------
>>> import spacy
>>> nlp = spacy.blank("en")
>>> component = nlp.add_pipe("hedgerow", config={"model": "lexicon"})
>>> doc = nlp("He reportedly may resign. It rained.")
>>> [(str(span), str(span._.certainty)) for span in doc.spans["hedgerow_sentences"]]
[('He reportedly may resign.', 'possible'), ('It rained.', 'certain')]
>>> [(str(span), span.label_) for span in doc.spans["cues"]]
[('reportedly', 'hearsay'), ('may', 'modal')]
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError, ModelError
from hedgerow.head import CODEBOOK_HEADS, LEVEL, Head
from hedgerow.integrations.reading import read_together
from hedgerow.io.optional import library
from hedgerow.io.strict_json import write_json
from hedgerow.io.text_checks import text_error
from hedgerow.labels import Span
from hedgerow.predictors.folder import find, model_hash
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence
from hedgerow.sentences import stream as split

_language: Any = library("spacy.language", needed_for="the spaCy component", extra="spacy").Language
_tokens: Any = library("spacy.tokens", needed_for="the spaCy component", extra="spacy")
_raise_error: Any = library("spacy.util", needed_for="the spaCy component", extra="spacy").raise_error
_hash_string: Any = library("spacy.strings", needed_for="the spaCy component", extra="spacy").hash_string

SENTENCES, CUES, SOURCES = "hedgerow_sentences", "cues", "sources"  # the groups of spans
ErrorHandler = Callable[[str, Any, list[Any], Exception], None]


class Hedgerow:
    """The component.

    Parameters
    ----------
    name : str
        Its name in the pipeline.
    model : str
        A shipped model's name, or a model folder.
    threads : int, optional
        How many batches a network runs at the same time; by default one per core.
    """

    def __init__(self, name: str, model: str, *, threads: int | None = None) -> None:
        from hedgerow.classifier import load

        self.name = name
        self.model = model
        self.classifier = load(model, threads=threads)
        self.sha256 = model_hash(find(model))
        self._on_error: ErrorHandler = _raise_error
        self._own_spans = [head.name for head in self.classifier.heads if head.kind == "span" and head.is_own]
        self._attributes = _attributes(self.classifier.heads)
        _register(self._attributes)

    def __call__(self, doc: Any) -> Any:
        """Label one Doc; raise InputError if its text cannot be labelled."""
        self._label([(doc, _sentences(doc))])
        return doc

    def pipe(self, stream: Iterable[Any], *, batch_size: int = 128) -> Iterator[Any]:
        """Label Docs; the sentences of a batch are predicted in one call.

        A Doc that cannot be labelled goes to the error handler, which raises by default, and is left out.
        """
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            split_up = []
            for doc in batch:
                try:
                    split_up.append((doc, _sentences(doc)))
                except InputError as error:
                    self._on_error(self.name, self, [doc], error)
            self._label(split_up)
            yield from (doc for doc, _ in split_up)

    def set_error_handler(self, error_handler: ErrorHandler) -> None:
        """Call `error_handler` with each Doc that cannot be labelled."""
        self._on_error = error_handler

    def get_error_handler(self) -> ErrorHandler:
        """Return what is called with a Doc that cannot be labelled."""
        return self._on_error

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:  # noqa: ARG002  # spaCy passes it to every component
        """Return the model's name and hash; its weights stay in their folder."""
        return json.dumps({"model": self.model, "sha256": self.sha256}).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> Hedgerow:  # noqa: ARG002
        """Check that the model is the one that was saved; raise ModelError if it is another."""
        saved = json.loads(data)
        if saved["sha256"] != self.sha256:
            raise ModelError(
                f"the pipeline was saved with {saved['model']} of hash {saved['sha256'][:12]}, and {self.model} here "
                f"has {self.sha256[:12]}; install the version of hedgerow that it was saved with, or add the component "
                "again and save the pipeline"
            )
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Write the model's name and hash; its weights stay in their folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        write_json(Path(path) / "model.json", json.loads(self.to_bytes()))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Hedgerow:  # noqa: ARG002
        """Check that the model is the one that was saved; raise ModelError if it is another."""
        return self.from_bytes((Path(path) / "model.json").read_bytes())

    def _label(self, docs: Sequence[tuple[Any, list[Sentence]]]) -> None:
        labelled = read_together(self.classifier, [sentences for _, sentences in docs])
        for (doc, sentences), predictions in zip(docs, labelled, strict=True):
            _remove_groups(doc)
            doc.spans[SENTENCES] = self._sentence_group(doc, sentences, predictions)
            _mark(doc, CUES, [(one.start, one.cues) for one in predictions])
            _mark(doc, SOURCES, [(one.start, one.sources) for one in predictions])
            for name in self._own_spans:
                _mark(doc, name, [(one.start, one.other_spans[name]) for one in predictions])

    def _sentence_group(self, doc: Any, sentences: Sequence[Sentence], predictions: Sequence[Prediction]) -> Any:
        """Return the group of the labelled sentences; the id of a span is its number, which tells two of a token."""
        found = [_whole(doc, one.start, one.end) for one in sentences]
        spans = [_tokens.Span(doc, one.start, one.end, span_id=str(at)) for at, one in enumerate(found)]
        attributes = {
            "split_by": _split_by(doc),
            "model": self.model,
            "groups": [CUES, SOURCES, *self._own_spans],
            "characters": [[one.start, one.end] for one in sentences],
            "covered": [[one.start_char, one.end_char] for one in spans],
            "labels": [_labels(one, self._attributes) for one in predictions],
        }
        return _tokens.SpanGroup(doc, name=SENTENCES, attrs=attributes, spans=spans)


def make_component(nlp: Any, name: str, model: str, threads: int | None) -> Hedgerow:  # noqa: ARG001  # as spaCy calls it
    """Return the component; spaCy calls this for `nlp.add_pipe("hedgerow", config={"model": ..., "threads": ...})`.

    Raises ModelError if there is no such model.
    """
    return Hedgerow(name, model, threads=threads)


def _sentences(doc: Any) -> list[Sentence]:
    """Return the sentences to label; none of a blank Doc. Raise InputError if the text cannot be labelled."""
    if not doc.text.strip():
        return []
    if (error := text_error(doc.text, "text")) is not None:
        raise InputError(f"{doc!r:.40}: {error}")
    if _split_by(doc) == "hedgerow":
        return list(split([doc.text]))
    found = [(sent.start_char, sent.text) for sent in doc.sents if sent.text.strip()]
    return [
        Sentence(start + len(text) - len(text.lstrip()), text.strip(), _starts_block(doc.text, start))
        for start, text in found
    ]


def _split_by(doc: Any) -> str:
    return "doc" if doc.has_annotation("SENT_START") else "hedgerow"


def _starts_block(text: str, start: int) -> bool:
    """Return whether a blank line, or nothing, is before the sentence."""
    before = text[:start]
    gap = before[len(before.rstrip()) :]
    return gap.count("\n") > 1 or not before.strip()


def _attributes(heads: Iterable[Head]) -> list[str]:
    """Return the names of the attributes of a sentence."""
    names: list[str] = []
    for head in heads:
        if head.kind == "label":
            names += [head.name, f"{head.name}_scores", *([f"{head.name}_{LEVEL}"] if head.is_ordered else [])]
    return [*names, "certainty_score"]


def _labels(prediction: Prediction, names: Iterable[str]) -> dict[str, Any]:
    row = {**prediction.to_dict(), "certainty_score": prediction.certainty_score}
    return {name: row.get(name) for name in names}


def _labels_of(span: Any) -> Mapping[str, Any]:
    """Return the labels of a span that covers the tokens of a sentence; nothing if there is none, or no telling which.

    Several sentences can be in one token: then only the spans of the group have labels.
    """
    if (group := span.doc.spans.get(SENTENCES)) is None or "labels" not in group.attrs:
        return {}
    covered, place = group.attrs["covered"], [span.start_char, span.end_char]
    found: Sequence[int] = range(bisect_left(covered, place), bisect_right(covered, place))
    if len(found) > 1:
        found = [at for at in found if span.id == _hash_string(str(at))]
    labels: list[dict[str, Any]] = group.attrs["labels"]
    return labels[found[0]] if found else {}


def _remove_groups(doc: Any) -> None:
    """Remove the spans of the model that labelled the Doc before."""
    if SENTENCES in doc.spans:
        for name in doc.spans[SENTENCES].attrs.get("groups", ()):
            doc.spans.pop(name, None)


def _mark(doc: Any, name: str, found: Sequence[tuple[int, Sequence[Span]]]) -> None:
    """Write a group of spans; `found` has for each sentence its start in the Doc, and its spans."""
    marked = [(start + span.start, start + span.end, span) for start, spans in found for span in spans]
    attributes = {
        "characters": [[start, end] for start, end, _ in marked],
        "scores": [span.score for *_, span in marked],
    }
    spans = [_whole(doc, start, end, str(span.type)) for start, end, span in marked]
    doc.spans[name] = _tokens.SpanGroup(doc, name=name, attrs=attributes, spans=spans)


def _whole(doc: Any, start: int, end: int, label: str = "") -> Any:
    """Return the tokens that the characters touch."""
    return doc.char_span(start, end, label=label, alignment_mode="expand")


_registered: set[str] = set()  # the attributes of a labelled sentence


def _register(names: Iterable[str]) -> None:
    """Add these attributes to spaCy's Span, once; raise InputError if another extension has the name."""
    for name in names:
        if name in _registered:
            continue
        if _tokens.Span.has_extension(name):
            raise InputError(f"span._.{name} is another extension's; remove it (Span.remove_extension) before hedgerow")
        _tokens.Span.set_extension(name, getter=partial(_label_of, name))
        _registered.add(name)


def _label_of(name: str, span: Any) -> Any:
    return _labels_of(span).get(name)


_register(_attributes(CODEBOOK_HEADS))
_language.factory(
    "hedgerow",
    default_config={"model": "base", "threads": None},
    assigns=["doc.spans", "span._.certainty", "span._.stance"],
    func=make_component,
)
