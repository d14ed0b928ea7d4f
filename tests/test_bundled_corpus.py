"""The bundled corpus keeps what data/README.md promises."""

import json
import re
from pathlib import Path

import pytest

from hedgerow import Certainty, Stance, corpus

DATA = Path(__file__).parents[1] / "data"
PARTS = {name: DATA / "corpus" / f"{name}.jsonl" for name in ("train", "dev", "test")}


def test_the_corpus_has_no_faults_and_no_group_in_two_parts() -> None:
    assert corpus.check(list(PARTS.values())) == []


def test_the_example_has_no_faults_and_every_label() -> None:
    article = corpus.load([DATA / "examples" / "article.jsonl"])
    assert 25 <= len(article) <= 35
    assert {example.certainty for example in article} == set(Certainty)
    assert {example.stance for example in article} == set(Stance)


def test_every_label_is_in_every_part_in_proportion() -> None:
    parts = {name: corpus.load([path]) for name, path in PARTS.items()}
    total = sum(map(len, parts.values()))
    for axis, enum in (("certainty", Certainty), ("stance", Stance)):
        for label in enum:
            share = sum(getattr(e, axis) == label for rows in parts.values() for e in rows) / total
            for rows in parts.values():
                assert sum(getattr(e, axis) == label for e in rows) / len(rows) == pytest.approx(share, abs=0.01)


def test_the_committed_split_is_what_the_code_gives() -> None:
    shares = {"train": 0.8, "dev": 0.1, "test": 0.1}
    parts = corpus.split(corpus.load(list(PARTS.values())), shares, seed=13)
    for name, examples in parts.items():
        lines = "".join(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in examples)
        assert PARTS[name].read_text("utf-8") == lines


def test_the_datasheet_counts_what_is_there() -> None:
    sheet = (DATA / "README.md").read_text("utf-8")
    for name, path in PARTS.items():
        rows = len(path.read_text("utf-8").splitlines())
        assert re.search(rf"\| `{name}.jsonl` \| {rows:,} \|", sheet), f"data/README.md does not say {name}: {rows:,}"


def test_no_sentence_of_the_shared_real_corpora_is_in_the_repository(shared: Path) -> None:
    ours = {e.text for path in (*PARTS.values(), DATA / "examples" / "article.jsonl") for e in corpus.load([path])}
    for path in sorted((shared / "corpora" / "real").glob("*.jsonl")):
        assert not ours & {json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()}
