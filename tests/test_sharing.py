"""Classifiers that are pickled, copied, shared between threads and processes, and hashed by `datasets`."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import hedgerow
from hedgerow import ModelError

MODELS = ["lexicon", "linear", "small", "base"]
TEXTS = ["He may go.", "She said it rained.", "Reportedly it did.", "It is unclear whether it did."] * 20


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.slow
def test_a_pickled_or_copied_classifier_gives_the_same_predictions(model: str) -> None:
    classifier = hedgerow.load(model, cache_size=5)
    expected = classifier.predict(TEXTS)
    for other in (pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier), copy.copy(classifier)):
        assert (other.name, other.cache_size, other.cache_hits) == (model, 5, 0)
        assert other.predict(TEXTS) == expected


def test_a_pickle_of_a_model_that_has_changed_is_rejected(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    pickled = pickle.dumps(hedgerow.load(folder))
    manifest = folder / "hedgerow.json"
    manifest.write_text(manifest.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(ModelError, match="changed since the classifier was pickled"):
        pickle.loads(pickled)
    shutil.rmtree(folder)
    with pytest.raises(ModelError, match=r"no folder with a hedgerow\.json"):
        pickle.loads(pickled)


@pytest.mark.parametrize("cache_size", [0, 3])
def test_threads_share_a_classifier(tiny_network: Path, cache_size: int) -> None:
    classifier = hedgerow.load(tiny_network, threads=2, cache_size=cache_size)
    expected = classifier.predict(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(classifier.predict, [TEXTS] * 16))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_uses_its_parents_classifier(tiny_network: Path) -> None:
    classifier = hedgerow.load(tiny_network, threads=2)
    texts = [f"{text} {number}" for number, text in enumerate(TEXTS)] + ["word " * 30, "more " * 60]
    expected = classifier.predict(texts)  # the parent's threads exist now
    child = os.fork()
    if not child:
        os._exit(0 if classifier.predict([*texts, *texts]) == expected * 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_datasets_map_caches_what_a_classifier_labelled() -> None:
    datasets = pytest.importorskip("datasets")
    from datasets.fingerprint import Hasher

    classifier = hedgerow.load("lexicon")

    def label(row: dict[str, str]) -> dict[str, str]:
        return {"certainty": str(classifier(row["text"]).certainty)}

    before = Hasher.hash(label)
    table = datasets.Dataset.from_dict({"text": TEXTS})
    assert table.map(label)["certainty"][0] == "possible"
    assert Hasher.hash(label) == before  # the cache of predictions does not count
    assert Hasher.hash(hedgerow.load("lexicon")) == Hasher.hash(classifier)
    assert Hasher.hash(hedgerow.load("linear")) != Hasher.hash(classifier)


def test_calls_that_overlap_do_not_get_more_threads_than_were_asked_for(
    tiny_network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = hedgerow.load(tiny_network, threads=1, cache_size=0)
    infer, lock = type(classifier.model).infer, threading.Lock()  # type: ignore[attr-defined]
    running, most = 0, 0

    def counted(model: Any, rows: Any) -> Any:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        try:
            return infer(model, rows)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(type(classifier.model), "infer", counted)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(classifier, [f"It may rain {number} times." for number in range(12)]))
    assert most == 1
