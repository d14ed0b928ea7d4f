"""Measure sentence splitting: the F1 of sentence ends of a corpus, or the field texts that are split right.

    python -m evaluation.components.sentences --corpus ../shared/corpora/benchmarks/gum_attribution.jsonl --split test
    python -m evaluation.components.sentences --texts ../shared/field/texts.jsonl

The corpus is JSON Lines in order with `doc`, `text` and `split`. A document is its sentences joined by one space, so no
splitter can see the end of a heading without a full stop. Field texts have `id`, `phenomenon`, `text` and `gold`; one
is right if all its sentences are. nupunkt without the project's corrections is the baseline.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from nupunkt import sent_spans

from evaluation.command import guarded, make_parser
from evaluation.field.cases import TextCase, load_texts
from evaluation.field.judging import Splitter, is_split_right
from hedgerow.errors import CorpusError
from hedgerow.report import markdown_table
from hedgerow.sentences import split


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = make_parser("components.sentences", __doc__)
    measured = parser.add_mutually_exclusive_group(required=True)
    measured.add_argument("--corpus", type=Path, help="JSON Lines with doc, text, split")
    measured.add_argument("--texts", type=Path, help="JSON Lines with id, phenomenon, text, gold")
    parser.add_argument("--split", default="test", help="the part of the corpus to measure on")
    return guarded("components.sentences", lambda: _run(parser.parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    if options.texts is not None:
        print(markdown_table(["phenomenon", "texts", "nupunkt", "hedgerow"], _text_rows(load_texts(options.texts))))
        return
    genres = _documents(options.corpus, options.split)
    if not genres:
        raise CorpusError(f"{options.corpus}: no rows of split {options.split!r}")
    everything = [sentences for documents in genres.values() for sentences in documents]
    rows = [_row(genre, documents) for genre, documents in sorted(genres.items())]
    print(markdown_table(["genre", "documents", "sentences", "nupunkt", "hedgerow"], [*rows, _row("all", everything)]))


def _text_rows(cases: Sequence[TextCase]) -> list[list[object]]:
    """Return the rates of texts that are split right, by phenomenon and for all."""
    kinds: dict[str, list[TextCase]] = defaultdict(list)
    for case in cases:
        kinds[case.kind].append(case)
    return [_text_row(kind, own) for kind, own in sorted(kinds.items())] + [_text_row("all", cases)]


def _text_row(kind: str, cases: Sequence[TextCase]) -> list[object]:
    right = [sum(is_split_right(case, splitter) for case in cases) for splitter in (_nupunkt, split)]
    return [kind, len(cases), *(f"{count}: {count / len(cases):.3f}" for count in right)]


def _row(genre: str, documents: Sequence[list[str]]) -> list[object]:
    figures = [f"{_f1(splitter, documents):.3f}" for splitter in (_nupunkt, split)]
    return [genre, len(documents), sum(map(len, documents)), *figures]


def _documents(path: Path, part: str) -> dict[str, list[list[str]]]:
    """Return the documents of `part` by genre, each a list of its sentences."""
    documents: dict[tuple[str, str], list[str]] = defaultdict(list)
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["split"] == part:
                documents[row["labels"]["genre"], row["doc"]].append(row["text"])
    except (ValueError, KeyError) as error:
        raise CorpusError(f"{path}: not a corpus of documents ({error!r}); rows have doc, text, split, genre") from None
    genres: dict[str, list[list[str]]] = defaultdict(list)
    for (genre, _), sentences in documents.items():
        genres[genre].append(sentences)
    return genres


def _f1(splitter: Splitter, documents: Iterable[list[str]]) -> float:
    correct = predicted = gold = 0
    for sentences in documents:
        ends: set[int] = set()
        length = -1  # of the document so far, with a space before each sentence but the first
        for sentence in sentences:
            length += len(sentence) + 1
            ends.add(length)
        predicted_ends = {end for _, end in splitter(" ".join(sentences))}
        correct += len(predicted_ends & ends)
        predicted += len(predicted_ends)
        gold += len(ends)
    return 2 * correct / (predicted + gold)


def _nupunkt(text: str) -> list[tuple[int, int]]:
    return [(start, start + len(text[start:end].rstrip())) for start, end in sent_spans(text)]


if __name__ == "__main__":
    sys.exit(main())
