"""The public face: what `import hedgerow` offers beyond a classifier."""

from __future__ import annotations

import doctest
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hedgerow
from hedgerow import InputError, RejectedRowError, RunError
from hedgerow.classifier import classifier as classifier_module


def test_completion_shows_the_public_names() -> None:
    assert dir(hedgerow) == list(hedgerow.__all__)
    assert {"load", "Classifier", "label_files", "models"} <= set(dir(hedgerow))


def test_the_usage_in_the_docstrings_is_true() -> None:
    for module in (hedgerow, classifier_module):
        assert doctest.testmod(module).failed == 0
        assert doctest.testmod(module).attempted > 0


def test_models_lists_every_shipped_model_also_after_one_was_loaded() -> None:
    hedgerow.load("small")
    models = {model.name: model for model in hedgerow.models()}
    assert list(models) == ["base", "linear", "small", "lexicon"]
    assert models["base"].kind == "network"
    assert models["base"].scores["running"]["certainty"]["macro_f1"]["value"] > 0.8
    assert models["lexicon"].scores == {}
    assert hedgerow.load(models["lexicon"].folder)("He may go.") == hedgerow.load("lexicon")("He may go.")


def write_texts(folder: Path) -> None:
    (folder / "a.jsonl").write_text('{"body": "He may go. It rained."}\n{"body": 3}\n')
    (folder / "b.txt").write_text("She left.")


def test_label_files_writes_a_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_texts(tmp_path)
    out = tmp_path / "out.jsonl"
    with caplog.at_level(logging.WARNING, "hedgerow"):
        counts = hedgerow.label_files(tmp_path, out, model="lexicon", text_field="body", abstain=0.5)
    assert (counts.documents, counts.sentences, counts.rejected) == (2, 3, 1)
    assert [json.loads(line)["text"] for line in out.read_text().splitlines()] == [
        "He may go.",
        "It rained.",
        "She left.",
    ]
    assert "a.jsonl:2: field 'body' is int, not text" in caplog.text
    assert len((tmp_path / "out.jsonl.rejected.jsonl").read_text().splitlines()) == 1


def test_label_files_writes_and_resumes_a_run(tmp_path: Path) -> None:
    write_texts(tmp_path)
    for _ in range(2):
        counts = hedgerow.label_files(
            [tmp_path / "a.jsonl", str(tmp_path / "b.txt")], tmp_path / "run", model="lexicon", text_field="body"
        )
        assert (counts.documents, counts.sentences, counts.rejected) == (2, 3, 1)
    with pytest.raises(RunError, match="began with text_field 'body', not 'text'"):
        hedgerow.label_files([tmp_path / "a.jsonl", tmp_path / "b.txt"], tmp_path / "run", model="lexicon")


def test_label_files_takes_the_options_of_the_command_line(tmp_path: Path) -> None:
    write_texts(tmp_path)
    (tmp_path / "options.toml").write_text('model = "lexicon"\ntext_field = "none"\n')
    out = tmp_path / "o.jsonl"
    with pytest.raises(RejectedRowError, match="field 'body' is int"):
        hedgerow.label_files(
            tmp_path / "a.jsonl", out, config=tmp_path / "options.toml", text_field="body", strict=True
        )
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"modle": "lexicon"}, "unknown option 'modle'; did you mean 'model'"),
        ({"abstain": 2}, "abstain= 2: input should be less than or equal to 1"),
        ({"workers": 2}, "workers= is for run folders"),
        ({"model": "a\udcff"}, "model= 'a.udcff': not UTF-8"),
        ({"abstain": float("nan")}, "abstain= nan: input should be a finite number"),
        ({"abstain": True}, "abstain= True: input should be a valid number"),
    ]
    for options, message in wrong:
        with pytest.raises(InputError, match=message):
            hedgerow.label_files(tmp_path / "b.txt", out, **options)
    with pytest.raises(InputError, match="no inputs"):
        hedgerow.label_files([], out)
    assert not out.exists()
    right: dict[str, Any] = {"as": "txt", "model": hedgerow.models()[-1].folder}
    hedgerow.label_files(tmp_path / "b.txt", out, **right)
    assert out.exists()


@pytest.mark.slow
def test_the_command_line_prefetches(tiny_network: Path) -> None:
    """The second batch is begun before the first is written."""
    from hedgerow.labelling.options import Options
    from hedgerow.labelling.stream import Follower, label_texts
    from hedgerow.readers.input_text import InputText

    classifier = hedgerow.load(tiny_network, cache_size=0)
    taken = []

    def texts() -> Iterator[InputText]:
        for number in range(1000):
            taken.append(number)
            yield InputText(str(number), iter([f"It rained {number} times."]))

    next(label_texts(classifier, texts(), Options(), Follower(lambda _: None)))
    assert len(taken) == 64 + 128  # the first batches are short, so that a result comes soon
