"""The function for `Dataset.map`: its columns, and what decides whether its results are read from the cache."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pytest
from datasets.fingerprint import Hasher

import hedgerow
from hedgerow import InputError, ModelError
from hedgerow.integrations.datasets import Labeller, labeller
from hedgerow.predictors.folder import LEXICON

pytestmark = pytest.mark.slow  # importing datasets takes seconds

ROOT = Path(__file__).parents[1]
TEXTS = ["It rained.", None, "It may rain, officials said.", " "]


@pytest.fixture
def dataset(tmp_path: Path) -> Any:
    """A dataset on disk: results of one in memory are not cached."""
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text, "n": n}) + "\n" for n, text in enumerate(TEXTS)), "utf-8")
    datasets.disable_progress_bars()
    return datasets.Dataset.from_json(str(path), cache_dir=str(tmp_path / "cache"))


@pytest.fixture
def own_model(tmp_path: Path) -> Path:
    """A lexicon of one's own: the shipped one, copied."""
    return shutil.copytree(LEXICON, tmp_path / "own")


def change(model: Path) -> None:
    """Change the hash of a model."""
    manifest = model / "hedgerow.json"
    manifest.write_text(manifest.read_text("utf-8") + "\n", "utf-8")


def count_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    label = Labeller._label

    def counted(self: Labeller, texts: list[Any]) -> list[dict[str, Any]]:
        calls.append(len(texts))
        return label(self, texts)

    monkeypatch.setattr(Labeller, "_label", counted)
    return calls


def test_a_dataset_gets_the_fields_of_labelled_sentences(dataset: Any) -> None:
    label = labeller("lexicon")
    one, two = hedgerow.load("lexicon").predict([TEXTS[0], TEXTS[2]])  # type: ignore[list-item]
    # With batches of one, the types of the first rows do not fit the later ones: features say them.
    for batched in (True, False):
        labelled = dataset.map(label, batched=batched, batch_size=1, features=label.features(dataset.features))
        assert [row["certainty"] for row in labelled] == ["certain", None, "possible", None]
        assert labelled[0]["stance_scores"] == one.to_dict()["stance_scores"]
        assert labelled[2]["spans"] == [{**span.to_dict(), "score": span.score} for span in two.spans]
        assert labelled[0]["spans"] == []
        assert labelled.column_names[:2] == ["text", "n"]


def test_the_second_map_is_read_from_the_cache_and_another_model_is_not(
    dataset: Any, own_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count_calls(monkeypatch)
    first = dataset.map(labeller(own_model), batched=True)
    assert sum(calls) == len(TEXTS)
    again = dataset.map(labeller(own_model), batched=True)
    assert sum(calls) == len(TEXTS)
    assert again._fingerprint == first._fingerprint
    old = labeller(own_model)
    change(own_model)
    changed = dataset.map(labeller(own_model), batched=True)
    assert sum(calls) == 2 * len(TEXTS)
    assert changed._fingerprint != first._fingerprint
    with pytest.raises(ModelError, match=r"changed since labeller\(.*\) was called; call it again"):
        old({"text": ["It rained."]})


def test_the_fingerprint_is_the_same_in_another_process_and_after_use(
    own_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = labeller("lexicon")
    label({"text": ["It rained."]})
    code = (
        "from datasets.fingerprint import Hasher; from hedgerow.integrations.datasets import labeller; "
        "print(Hasher.hash(labeller('lexicon')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == Hasher.hash(label) == Hasher.hash(pickle.loads(pickle.dumps(label)))
    assert Hasher.hash(labeller("lexicon", text="body")) != Hasher.hash(label)
    monkeypatch.chdir(own_model.parent)
    assert len({Hasher.hash(labeller(name)) for name in (own_model, "own", "./own", str(own_model))}) == 1
    copy = shutil.copytree(own_model, own_model.parent / "copy")
    assert Hasher.hash(labeller(copy)) != Hasher.hash(labeller("own"))


def test_an_ordered_head_has_its_level_and_a_missing_text_none(dataset: Any, own_heads_model: Path) -> None:
    label = labeller(own_heads_model)
    labelled = dataset.map(label, batched=True, features=label.features(dataset.features))
    (one,) = hedgerow.load(own_heads_model).predict([TEXTS[0]])  # type: ignore[list-item]
    assert labelled["urgency_level"][:2] == [one.to_dict()["urgency_level"], None]
    assert "topic_level" not in labelled.column_names


def test_what_cannot_be_labelled_is_named(dataset: Any) -> None:
    with pytest.raises(InputError, match=r"no column 'body'; the columns are text, n: give labeller\(text=NAME\)"):
        labeller("lexicon", text="body")({"text": [], "n": []})
    with pytest.raises(InputError, match="column 'n': row 1 of a batch is int, not a text"):
        labeller("lexicon", text="n")({"n": [None, 3]})
    label = labeller("lexicon")
    with pytest.raises(InputError, match="has a column 'certainty' already; rename it"):
        label.features(dataset.rename_column("n", "certainty").features)
    with pytest.raises(ModelError, match="no shipped model"):
        labeller("none")
