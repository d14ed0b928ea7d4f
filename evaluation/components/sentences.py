"""Measure sentence splitting: the F1 of sentence ends against a corpus that has them.

    python -m evaluation.components.sentences --corpus ../shared/corpora/benchmarks/gum_attribution.jsonl --split test

The corpus is JSON lines in order with `doc`, `text` and `split`; a document is its sentences joined by one space, so
headings without a full stop are ends that no splitter can see. nupunkt without the project's fix-ups stands beside.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from nupunkt import sent_spans

from hedgerow.report import markdown
from hedgerow.sentences import split

Splitter = Callable[[str], list[tuple[int, int]]]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure sentence splitting.")
    parser.add_argument("--corpus", type=Path, required=True, help="JSON lines with doc, text, split")
    parser.add_argument("--split", default="test", help="the part of the corpus to measure on")
    options = parser.parse_args()
    try:
        documents = _documents(options.corpus, options.split)
    except (OSError, ValueError, KeyError) as error:
        print(f"evaluation.components.sentences: {options.corpus}: {error!r}", file=sys.stderr)
        return 2
    if not documents:
        print(f"evaluation.components.sentences: {options.corpus}: no rows of split {options.split!r}", file=sys.stderr)
        return 2
    rows = []
    for genre, texts in sorted(documents.items()):
        ends = sum(len(sentences) for sentences in texts)
        figures = [f"{_f1(splitter, texts):.3f}" for splitter in (_nupunkt, split)]
        rows.append([genre, len(texts), ends, *figures])
    everything = [text for texts in documents.values() for text in texts]
    figures = [f"{_f1(splitter, everything):.3f}" for splitter in (_nupunkt, split)]
    rows.append(["all", len(everything), sum(map(len, everything)), *figures])
    print(markdown(["genre", "documents", "sentences", "nupunkt", "hedgerow"], rows))
    return 0


def _documents(path: Path, part: str) -> dict[str, list[list[str]]]:
    """The documents of `part` by genre, each a list of its sentences."""
    documents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == part:
            documents[row["labels"]["genre"], row["doc"]].append(row["text"])
    genres: dict[str, list[list[str]]] = defaultdict(list)
    for (genre, _), sentences in documents.items():
        genres[genre].append(sentences)
    return genres


def _f1(splitter: Splitter, documents: Iterable[list[str]]) -> float:
    right = found = there = 0
    for sentences in documents:
        ends, at = set(), -1
        for sentence in sentences:
            at += len(sentence) + 1
            ends.add(at)
        ours = {end for _, end in splitter(" ".join(sentences))}
        right, found, there = right + len(ours & ends), found + len(ours), there + len(ends)
    return 2 * right / (found + there)


def _nupunkt(text: str) -> list[tuple[int, int]]:
    return [(start, start + len(text[start:end].rstrip())) for start, end in sent_spans(text)]


if __name__ == "__main__":
    sys.exit(main())
