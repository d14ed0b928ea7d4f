"""The bundled corpus keeps what data/README.md promises."""

import contextlib
import csv
import json
import re
import subprocess
from pathlib import Path

import pytest

from hedgerow import Certainty, Stance, corpus
from hedgerow.labels import Example

DATA = Path(__file__).parents[1] / "data"
PARTS = {name: DATA / "corpus" / f"{name}.jsonl" for name in ("train", "dev", "test")}


def round_of(example: Example) -> int:
    """The round in which the sentence was written; rows of the first have no field for it."""
    return int(example.extra.get("round", 1))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_the_corpus_has_no_faults_and_no_group_in_two_parts() -> None:
    assert corpus.check(list(PARTS.values())) == []


def test_the_example_has_no_faults_and_every_label() -> None:
    article = corpus.load([DATA / "examples" / "article.jsonl"])
    assert 25 <= len(article) <= 35
    assert {example.certainty for example in article} == set(Certainty)
    assert {example.stance for example in article} == set(Stance)


def test_every_label_is_in_every_part_in_proportion_but_for_the_rounds_that_are_all_in_train() -> None:
    parts = {name: [e for e in corpus.load([path]) if round_of(e) <= 2] for name, path in PARTS.items()}
    total = sum(map(len, parts.values()))
    for axis, enum in (("certainty", Certainty), ("stance", Stance)):
        for label in enum:
            share = sum(getattr(e, axis) == label for rows in parts.values() for e in rows) / total
            for rows in parts.values():
                assert sum(getattr(e, axis) == label for e in rows) / len(rows) == pytest.approx(share, abs=0.01)


def test_every_row_is_pinned_to_its_part_so_that_corrected_labels_move_none() -> None:
    for name, path in PARTS.items():
        assert {example.extra.get("part") for example in corpus.load([path])} == {name}


def test_the_committed_split_is_what_the_code_gives() -> None:
    shares = {"train": 0.8, "dev": 0.1, "test": 0.1}
    parts = corpus.split(corpus.load(list(PARTS.values())), shares, seed=13)
    for name, examples in parts.items():
        lines = "".join(json.dumps(example.to_dict(), ensure_ascii=False) + "\n" for example in examples)
        assert PARTS[name].read_text("utf-8") == lines


def test_the_datasheet_counts_what_is_there() -> None:
    sheet = (DATA / "README.md").read_text("utf-8")
    parts = {name: corpus.load([path]) for name, path in PARTS.items()}
    for name, rows in parts.items():
        counted = corpus.stats(rows)
        counts = [len(rows), *counted["certainty"].values(), *counted["stance"].values()]
        assert f"| `{name}.jsonl` | " + " | ".join(f"{count:,}" for count in counts) + " |" in sheet
    everything = [example for rows in parts.values() for example in rows]
    counted = corpus.stats(everything, by="kind")
    for kind, count in counted["by_kind"].items():
        assert re.search(rf"`{kind}`\s+{count:,}\b", sheet), kind
    spans = sum(row["count"] for row in counted["spans"].values())
    second, third, fourth = ([example for example in everything if round_of(example) == n] for n in (2, 3, 4))
    revised = sum(bool(example.extra.get("revised")) for example in everything)
    nested = sum(
        any(a != b and a.start <= b.start and b.end <= a.end for a in example.spans or () for b in example.spans or ())
        for example in everything
    )
    assert nested == 20
    for claim in (
        f"{len(everything):,} English sentences",
        f"{spans:,} spans of twelve types",
        f"{counted['over_30_words']} sentences are longer than 30 words",
        f"the {len(second)} sentences of the second round",
        f"{sum(len(example.text.split()) > 30 for example in second)} of them longer",
        f"the {len(third)} sentences of the third round, all in train, "
        f"{sum(len(example.text.split()) > 30 for example in third)} of them longer",
        f"the {len(fourth)} sentences of the fourth round, all in train, "
        f"{sum(len(example.text.split()) > 30 for example in fourth)} of them longer",
        f"{revised} rows were corrected",
        "Twenty rows nest a span",
    ):
        assert claim in sheet.replace("\n", " "), claim


def test_no_sentence_of_the_fourth_round_shares_eight_words_in_a_row_with_dev_or_test() -> None:
    def runs(example: Example) -> set[tuple[str, ...]]:
        found = words(example.text)
        return {tuple(found[at : at + 8]) for at in range(len(found) - 7)} or {tuple(found)}

    held_out = set().union(*(runs(example) for name in ("dev", "test") for example in corpus.load([PARTS[name]])))
    for example in corpus.load([PARTS["train"]]):
        assert round_of(example) != 4 or not runs(example) & held_out, example.id


def texts_of(path: Path) -> list[str]:
    """The sentences of a shared file, whatever its column is called."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = (
            csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file) if path.suffix == ".jsonl" else ()
        )
        found = [row.get("text") or row.get("finding") or row.get("sentence") or "" for row in rows]
    return [paragraph for text in found for paragraph in text.splitlines()]


@pytest.mark.slow
def test_no_sentence_of_the_shared_corpora_is_in_the_repository(shared: Path) -> None:
    """Neither as a row nor inside any tracked text: windows of 40 characters are looked up, at any place."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=DATA.parent, capture_output=True, check=True).stdout
    texts = []
    for name in filter(None, listed.decode().split("\0")):
        with contextlib.suppress(UnicodeDecodeError, FileNotFoundError):
            texts.append((DATA.parent / name).read_text("utf-8"))
    ours = "\n".join(texts)
    theirs = [*(shared / "seed" / "article.txt").read_text("utf-8").split("\n\n")]
    for path in sorted((shared / "corpora").rglob("*.*")):
        if path.is_file() and "composed" not in path.parts:  # "composed" is the project's own text
            theirs += texts_of(path)
    beginnings = {text[:40] for text in theirs if len(text) >= 40}
    found = {window for at in range(len(ours)) if (window := ours[at : at + 40]) in beginnings}
    assert not found
