"""A spaCy component: `nlp.add_pipe("hedgerow", config={"model": "base"})`.

It labels the sentences of a Doc and marks cues and sources. spaCy finds it by its entry point, so nothing has to be
imported. Three groups of spans are written:

- `doc.spans["hedgerow_sentences"]`: the labelled sentences, with `span._.certainty`, `span._.certainty_scores`,
  `span._.certainty_score` (0 to 1, None if uncommitted), `span._.stance`, `span._.stance_scores`, and NAME and
  NAME_scores of each head of the user's own. They are those of the Doc if something before has set sentence boundaries,
  else those of `hedgerow.sentences`; `.attrs["split_by"]` says which, "doc" or "hedgerow".
- `doc.spans["cues"]` and `["sources"]`, and a group by the name of each span head of the user's own. A span's type is
  its label; a span covers all tokens that it touches, and `.attrs` has its own offsets ("characters") and "scores".

Everything is stored in the Doc as plain data, so that it survives `Doc.to_bytes` and DocBin with user data. A process
that reads such Docs without a pipeline imports this module first, which registers the attributes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from hedgerow.errors import InputError, ModelError
from hedgerow.integrations.reading import read_together
from hedgerow.io.optional import library
from hedgerow.io.strict_json import write_json
from hedgerow.io.text_checks import text_error
from hedgerow.labels import AXES, Span
from hedgerow.predictors.folder import find, model_hash
from hedgerow.results import Prediction
from hedgerow.sentences import Sentence
from hedgerow.sentences import stream as split

_language: Any = library("spacy.language", needed_for="the spaCy component", extra="spacy").Language
_tokens: Any = library("spacy.tokens", needed_for="the spaCy component", extra="spacy")
_raise_error: Any = library("spacy.util", needed_for="the spaCy component", extra="spacy").raise_error

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
        How many batches a network runs side by side; by default one per core.
    """

    def __init__(self, name: str, model: str, *, threads: int | None = None) -> None:
        from hedgerow.classifier import load

        self.name = name
        self.model = model
        self.classifier = load(model, threads=threads)
        self.sha256 = model_hash(find(model))
        self._on_error: ErrorHandler = _raise_error
        labels = [head.name for head in self.classifier.heads if head.kind == "label"]
        self._own_spans = [head.name for head in self.classifier.heads if head.kind == "span" and head.is_own]
        _register(labels)

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
            spans = [_whole(doc, sentence.start, sentence.end) for sentence in sentences]
            attributes = {"split_by": _split_by(doc), "model": self.model, "characters": _places(sentences)}
            doc.spans[SENTENCES] = _tokens.SpanGroup(doc, name=SENTENCES, attrs=attributes, spans=spans)
            for span, prediction in zip(spans, predictions, strict=True):
                _set_labels(span, prediction)
            _mark(doc, CUES, [(one.start, one.cues) for one in predictions])
            _mark(doc, SOURCES, [(one.start, one.sources) for one in predictions])
            for name in self._own_spans:
                _mark(doc, name, [(one.start, one.other_spans[name]) for one in predictions])


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


def _set_labels(span: Any, prediction: Prediction) -> None:
    for name, value in prediction.to_dict().items():
        if span.has_extension(name) and name in _registered:
            span._.set(name, value)
    span._.set("certainty_score", prediction.certainty_score)


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


def _places(sentences: Sequence[Sentence]) -> list[list[int]]:
    return [[sentence.start, sentence.end] for sentence in sentences]


_registered: set[str] = set()  # the attributes of a labelled sentence


def _register(label_heads: Iterable[str]) -> None:
    """Add the attributes of these heads to spaCy's Span, once; raise InputError if another extension has the name."""
    for name in (attribute for head in label_heads for attribute in (head, f"{head}_scores")):
        _register_one(name)
    _register_one("certainty_score")


def _register_one(name: str) -> None:
    if name in _registered:
        return
    if _tokens.Span.has_extension(name):
        raise InputError(f"span._.{name} is another extension's; remove it (Span.remove_extension) before hedgerow")
    _tokens.Span.set_extension(name, default=None)
    _registered.add(name)


_register(AXES)
_language.factory(
    "hedgerow",
    default_config={"model": "base", "threads": None},
    assigns=["doc.spans", "span._.certainty", "span._.stance"],
    func=make_component,
)
