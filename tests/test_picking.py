"""What to label next: the uncertain, the rare or the random, the same each time, and nothing twice."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hedgerow import InputError
from hedgerow.cli.corpus import app
from hedgerow.corpus.exchange.items import Item
from hedgerow.corpus.picking import By, pick
from hedgerow.predictors.folder import shipped
from tests.annotation_files import write_lines

Write = Callable[..., Path]


def item(text: str, certain: float, asserted: float = 1.0, again: float | None = None) -> Item:
    scores = {
        "certainty": {"certain": certain, "possible": 1 - certain},
        "stance": {"asserted": asserted, "disputed": 1 - asserted},
    }
    if again is not None:
        scores["certainty again"] = {"certain": again, "possible": 1 - again}
    return Item(text, text, scores=scores)


POOL = [
    item("Rain fell on the valley.", 0.99),
    item("The bridge may close.", 0.55),
    item("Trains run again, says the mayor.", 0.9, 0.52),
    item("A clerk burned old files.", 0.7),
]


def texts(items: list[Item]) -> list[str]:
    return [one.text.split()[0] for one in items]


@pytest.mark.parametrize("by", [By.MARGIN, By.ENTROPY])
def test_the_least_certain_in_any_head_come_first(by: By) -> None:
    assert texts(pick(POOL, 4, by, seed=1)) == ["Trains", "The", "A", "Rain"]


def test_texts_of_rare_labels_come_first() -> None:
    pool = [item(f"Sentence number {'x' * at}.", 1.0) for at in range(1, 9)] + [
        item("Police denied everything.", 1.0, 0.0)
    ]
    assert texts(pick(pool, 1, By.RARE, seed=1)) == ["Police"]


def test_texts_on_which_two_models_differ_come_first() -> None:
    pool = [item("Both are unsure here.", 0.5, again=0.5), item("Each is sure of another.", 0.95, again=0.05)]
    assert texts(pick(pool, 2, By.DISAGREEMENT, seed=1)) == ["Each", "Both"]


@pytest.mark.parametrize("by", [By.MARGIN, By.RARE, By.RANDOM])
def test_the_choice_is_the_same_in_any_order_of_the_pool(by: By) -> None:
    assert pick(POOL, 2, by, seed=5) == pick(POOL[::-1], 2, by, seed=5)


def test_a_random_choice_depends_on_the_seed_and_a_smaller_one_is_a_part_of_a_larger() -> None:
    words = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]
    pool = [item(f"{word} happened there {word}.", 0.5) for word in words]
    draws = {tuple(texts(pick(pool, 4, By.RANDOM, seed=seed))) for seed in range(6)}
    assert len(draws) > 3
    assert pick(pool, 2, By.RANDOM, seed=3) == pick(pool, 4, By.RANDOM, seed=3)[:2]


@pytest.mark.parametrize(
    "copy",
    [
        "the bridge MAY close.",
        "The bridge  may close",
        "The old bridge may close.",
    ],
)
def test_near_duplicates_of_picked_and_of_labelled_texts_are_left_out(copy: str) -> None:
    pool = [item("The bridge may close.", 0.5), item(copy, 0.5)]
    assert len(pick(pool, 2, By.MARGIN, seed=1)) == 1
    assert pick(pool[1:], 1, By.MARGIN, seed=1, known=["The bridge may close."]) == []


def test_one_document_gives_a_tenth_as_long_as_others_have_texts() -> None:
    def texts_of(doc: str, many: int, certain: float) -> list[Item]:
        return [
            replace(item(f"{doc} told us {doc}{at} and {doc}x{at}.", certain), fields={"doc": doc})
            for at in range(many)
        ]

    long = texts_of("Long", 40, 0.5)
    pool = [*long, *(one for at in range(15) for one in texts_of(f"Short{at}", 2, 0.9)), item("By itself.", 0.9)]
    for by in (By.MARGIN, By.ENTROPY):
        docs = Counter(one.fields.get("doc") for one in pick(pool, 20, by, seed=1))
        assert (docs["Long"], max(docs.values())) == (2, 2)
    assert sum(one in long for one in pick(pool, 20, By.RANDOM, seed=1)) > 5
    assert len(pick(long, 20, By.MARGIN, seed=1)) == 20
    two = [*long, *texts_of("Second", 40, 0.9)]
    docs = Counter(one.fields["doc"] for one in pick(two, 20, By.MARGIN, seed=1))
    assert docs == {"Long": 12, "Second": 8}  # 2 of each, 4, 8; the rest where the model is least certain
    grouped = [replace(one, fields={"doc": one.text, "group": "g"}) for one in long]
    assert sum(one in grouped for one in pick([*grouped, *pool[40:]], 20, By.MARGIN, seed=1)) == 2


def test_models_that_never_differ_show_no_disagreement() -> None:
    with pytest.raises(InputError, match="both models give every text the same scores; name two that differ"):
        pick([item("Both say so.", 0.6, again=0.6)], 1, By.DISAGREEMENT, seed=1)


def test_without_scores_the_message_names_the_option() -> None:
    with pytest.raises(InputError, match="--by margin needs the scores of a model; name one with --model"):
        pick([Item("a", "A text.")], 1, By.MARGIN, seed=1)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["pick", *map(str, arguments)])


def test_the_command_writes_the_texts_with_their_fields(corpus_file: Write, tmp_path: Path) -> None:
    labelled = corpus_file({"id": "a", "text": "He may go.", "certainty": "possible", "stance": "asserted"})
    rows: list[dict[str, Any]] = [
        {"id": 7, "text": "He may go!"},
        {"text": "Police denied it.", "src": "wire"},
        {"text": "So be it."},
    ]
    pool, out = write_lines(tmp_path / "pool.jsonl", *rows), tmp_path / "next.jsonl"
    ran = run(pool, "--n", 3, "--model", "lexicon", "--labelled", labelled, "--by", "rare", "--out", out)
    assert ran.stdout == f"{out}: 2 texts of 3\n"
    assert "the others nearly repeat these, or texts that are labelled; 3 were asked for" in ran.stderr
    first = json.loads(out.read_text("utf-8").splitlines()[0])
    assert first == {"id": "2", "text": "Police denied it.", "src": "wire", "picked": True}
    run(pool, "--n", 1, "--by", "random", "--out", out)
    assert json.loads(out.read_text("utf-8"))["picked"] is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "random", "--model", "small"], "--by random asks no model"),
        (["--by", "disagreement", "--model", "small"], "--by disagreement takes two models"),
        (["--model", "small", "--model", "linear"], "--by margin takes one model"),
        (
            ["--by", "disagreement", "--model", "linear", "--model", str(shipped()["linear"])],
            "one model, which never disagrees with itself; name two",
        ),
        ([], "--by margin needs the scores of a model"),
    ],
)
def test_models_that_are_not_heeded_or_missing_are_wrong_usage(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    pool = write_lines(tmp_path / "pool.jsonl", {"text": "He may go."})
    error = run(pool, "--n", 1, "--out", tmp_path / "out.jsonl", *arguments).exception
    assert isinstance(error, InputError)
    assert message in str(error)
    assert not (tmp_path / "out.jsonl").exists()
