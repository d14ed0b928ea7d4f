"""Duplicates: copies of a sentence, near duplicates, and sentences recognised by their hashes."""

from pathlib import Path

import pytest

from hedgerow import Certainty, CorpusError, Stance, corpus
from hedgerow.corpus.duplicates import RUN, find_near_duplicates, plain_text
from hedgerow.corpus.text_hashes import SIZE, read_hashes, text_hash, write_hashes
from hedgerow.labels import Example

ROOT = Path(__file__).parents[1]
BUNDLED = ROOT / "data" / "corpus"


def example(id: str, text: str, group: str | None = None, doc: str | None = None) -> Example:
    return Example(id, text, Certainty.CERTAIN, Stance.ASSERTED, group=group, doc=doc)


@pytest.mark.parametrize(
    "copy",
    [
        "the mayor’s “plan” – a bad one – FAILED.",
        "The mayor's 'plan' - a bad one - failed.",
        '  The mayor\'s\u00a0"plan"\t— a bad one —\nfailed. ',
    ],
)
def test_case_quotes_dashes_and_white_space_do_not_count(copy: str) -> None:
    assert plain_text(copy) == plain_text('The mayor\'s "plan" — a bad one — failed.')


def test_unicode_forms_of_one_text_are_the_same_and_other_accents_are_not() -> None:
    assert plain_text("Caf\u00e9 \u00dcber Stra\u00dfe") == plain_text("cafe\u0301 u\u0308ber strasse")
    assert plain_text("café") != plain_text("cafe")
    assert plain_text("He left.") != plain_text("He left!")


@pytest.mark.parametrize(
    ("leak", "found"),
    [
        (example("dev-1", "“HE  may go”"), "text is also in the training data, row 'train-1'"),
        (example("dev-2", "She left.", group="g"), "group 'g' is also in the training data, row 'train-1'"),
        (example("dev-3", "She left.", doc="d"), "group 'd' is also in the training data, row 'train-2'"),
    ],
)
def test_a_leak_names_both_rows(leak: Example, found: str) -> None:
    train = [example("train-1", '"He may go"', group="g"), example("train-2", "It rained.", doc="d")]
    with pytest.raises(CorpusError) as error:
        corpus.reject_leaks(train, [leak], name="dev")
    assert str(error.value) == f"dev: row {leak.id!r}: its {found}; remove one of the two"


def test_a_row_of_another_corpus_may_have_the_same_id() -> None:
    train, held_out = example("1", "He may go."), example("1", "She left.")
    corpus.reject_leaks([train], [held_out], name="dev")
    corpus.reject_leaks([train], [example("2", "She left.", doc="1")], name="dev")
    corpus.reject_leaks([example("2", "It rained.", group="1")], [held_out], name="dev")


def test_a_shared_run_of_eight_words_is_a_near_duplicate() -> None:
    train = [
        example("t1", "Police said on Monday that the old bridge over the river had been closed."),
        example("t2", "On Monday that the old bridge over the river — closed."),
    ]
    held_out = [
        example("near", "The mayor: “THE OLD BRIDGE over the river had been shut.”"),
        example("seven", "The old bridge over the river had collapsed."),
        example("short", "Police said on Monday."),
    ]
    found = find_near_duplicates(train, {"dev": held_out, "news": held_out[1:]})
    assert {name: [(row.id, other.id) for row, other in pairs] for name, pairs in found.items()} == {
        "dev": [("near", "t1")],
        "news": [],
    }
    assert RUN == 8


def test_the_bundled_parts_have_few_near_duplicates() -> None:
    train, *held_out = (corpus.load([BUNDLED / f"{part}.jsonl"]) for part in ("train", "dev", "test"))
    found = find_near_duplicates(train, dict(zip(("dev", "test"), held_out, strict=True)))
    assert {name: len(pairs) < 10 for name, pairs in found.items()} == {"dev": True, "test": True}


@pytest.mark.slow
def test_many_rows_are_compared() -> None:
    """A comparison of each pair, 125 million of them, would take hours."""
    train = [example(f"t{n}", " ".join(f"w{(n * step) % 9973}" for step in range(1, 25))) for n in range(25_000)]
    held_out = [example(f"d{n}", f"so it seems {train[n * 5].text}") for n in range(5000)]
    corpus.reject_leaks(train, held_out, name="dev")
    assert len(find_near_duplicates(train, {"dev": held_out})["dev"]) == 5000


@pytest.mark.slow
def test_the_real_parts_do_not_leak(shared: Path) -> None:
    """The shipped recipes train on both files and measure on these parts."""
    real = shared / "corpora" / "real"
    train = corpus.load([BUNDLED / "train.jsonl", real / "train.jsonl"])
    parts = {"dev": corpus.load([BUNDLED / "dev.jsonl"])}
    parts |= {path.stem: corpus.load([path]) for path in real.glob("*dev.jsonl")}
    for name, rows in parts.items():
        corpus.reject_leaks(train, rows, name=name)
    for name, pairs in find_near_duplicates(train, parts).items():
        assert len(pairs) <= 0.02 * len(parts[name]), name


def test_hashes_recognise_a_sentence_and_its_copies_and_hold_no_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one.bin", tmp_path / "two.bin"
    write_hashes(one, ["He may go.", "It rained.", "he may go."])
    write_hashes(two, ["It rained.", "HE MAY GO."])
    assert one.read_bytes() == two.read_bytes()
    assert len(one.read_bytes()) == 2 * SIZE
    assert text_hash("He  may go.") in read_hashes(one)
    assert text_hash("She may go.") not in read_hashes(one)
