"""One sentence, one answer: alone, among a thousand, on one thread or two, and in a run that was resumed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hedgerow import Classifier, label_files, load
from hedgerow.labelling.manifest import ShardResult
from hedgerow.labelling.options import Options
from hedgerow.labelling.run_folder import RunListener, label_to_run
from hedgerow.predictors.folder import shipped
from hedgerow.results import Prediction

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
ALONE = 25  # sentences that are labelled one by one too


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """A thousand sentences of every length, and some that no corpus has."""
    lines = (ROOT / "data" / "corpus" / "train.jsonl").read_text("utf-8").splitlines()
    odd = ["Short.", "word " * 300, "“He may,” she said.", "Cafe\u0301s may close.", "1 2 3", "The bridge " * 31]
    return [*odd, *(json.loads(line)["text"] for line in lines[: 1000 - len(odd)])]


def exact(predictions: list[Prediction]) -> list[tuple[object, ...]]:
    """Return everything that predictions say, with every bit of the scores."""
    return [(one, tuple(one.certainty_scores.items()), tuple(one.stance_scores.items())) for one in predictions]


def classifier(name: str, threads: int) -> Classifier:
    return load(name, threads=threads, cache_size=0)


@pytest.mark.parametrize("name", shipped())
def test_a_sentence_has_one_answer_whatever_runs_beside_it(name: str, texts: list[str]) -> None:
    together = exact(classifier(name, 1).predict(texts))
    assert exact(classifier(name, 2).predict(texts)) == together
    by_itself = classifier(name, 1)
    step = len(texts) // ALONE
    assert exact([by_itself(text) for text in texts[::step]]) == together[::step]
    assert exact(classifier(name, 2).predict(texts[:7])) == together[:7]


class Stopped(Exception):  # noqa: N818
    """Stands for whatever stops a run."""


def stop(_: object) -> None:
    raise Stopped


@pytest.mark.parametrize("name", shipped())
def test_a_resumed_run_writes_the_rows_of_a_file(name: str, texts: list[str], tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[:50]), "utf-8")
    label_files(rows, tmp_path / "whole.jsonl", model=name)
    options = Options.model_validate({"model": name, "shard_rows": 20})
    with pytest.raises(Stopped):
        label_to_run([rows], tmp_path / "run", options, RunListener(on_shard=stop))
    earlier: list[ShardResult] = []
    listener = RunListener(on_start=lambda _, results: earlier.extend(results))
    label_to_run([rows], tmp_path / "run", options, listener)
    assert len(earlier) == 1
    parts = sorted((tmp_path / "run" / "parts").iterdir())
    assert b"".join(part.read_bytes() for part in parts) == (tmp_path / "whole.jsonl").read_bytes()
