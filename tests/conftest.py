"""Shared by several tests: a small corpus, models trained on it once per session, and the shared corpora."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from hedgerow.training import train_model

os.environ["COLUMNS"] = "80"  # the width of a table, whatever terminal the tests run in
ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

# Every label of both axes, twice in train and once in dev; enough to fit, too little to be good.
SENTENCES = [
    ("The bridge opened on Monday.", "certain", "asserted"),
    ("Rain fell on the whole valley.", "certain", "asserted"),
    ("She said the bridge was safe.", "certain", "attributed"),
    ("The mayor told reporters that work had begun.", "certain", "attributed"),
    ("The bridge will probably open in May.", "probable", "asserted"),
    ("It seems the river is rising.", "probable", "asserted"),
    ("He reportedly left the country.", "probable", "distanced"),
    ("The firm claims it has paid.", "probable", "distanced"),
    ("The bridge may close again.", "possible", "asserted"),
    ("It could rain tomorrow.", "possible", "asserted"),
    ("The clerk allegedly burned the files.", "possible", "distanced"),
    ("Will the bridge hold?", "uncommitted", "asserted"),
    ("It is unclear whether the bridge will hold.", "uncommitted", "asserted"),
    ("The minister denied that money was missing.", "certain", "disputed"),
    ("Contrary to rumour, the well is clean.", "certain", "disputed"),
    ("The report confirmed that the beams had cracked.", "certain", "endorsed"),
    ("The study found lead in the water.", "certain", "endorsed"),
]


def rows(prefix: str, texts: list[tuple[str, str, str]]) -> str:
    """Corpus rows as JSON Lines."""
    lines = [
        {"id": f"{prefix}-{number}", "text": text, "certainty": certainty, "stance": stance, "spans": []}
        for number, (text, certainty, stance) in enumerate(texts)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


RECIPE = """
kind = "linear"
seed = 13
[corpora]
train = ["train.jsonl"]
dev = ["dev.jsonl"]
[features]
word_ngrams = [1, 2]
character_ngrams = [2, 4]
min_sentences = 1
max_features = 500
[regression]
C = 4.0
class_weight_power = 1.0
max_iter = 100
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe and its two corpora in a folder of their own."""
    return write_recipe(tmp_path)


def write_recipe(folder: Path) -> Path:
    (folder / "train.jsonl").write_text(rows("train", SENTENCES), "utf-8")
    held_out = [(f"{text[:-1]} again{text[-1]}", *labels) for text, *labels in SENTENCES[::2]]
    (folder / "dev.jsonl").write_text(rows("dev", [(text, a, b) for text, a, b in held_out]), "utf-8")
    path = folder / "recipe.toml"
    path.write_text(RECIPE, "utf-8")
    return path


def trained_folder(recipe: Path, out: Path) -> Path:
    trained = train_model(recipe, out)
    assert trained is not None
    return trained.folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` fills: one for all processes of pytest-xdist. No test may change it."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = base / name, base / f"{name}.done"
    with FileLock(base / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def copied_recipe(model: Path, folder: Path) -> Path:
    """Copy what `model` was trained from, which is beside it, to `folder`; return the recipe."""
    shutil.copytree(model.parent, folder, ignore=shutil.ignore_patterns("model", "model.run"), dirs_exist_ok=True)
    return folder / "recipe.toml"


def _train_linear(folder: Path) -> None:
    trained_folder(write_recipe(folder), folder / "model")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder trained on the small corpus."""
    return made_once(tmp_path_factory, "tiny", _train_linear) / "model"


OWN_HEADS = """
[[heads]]
name = "urgency"
kind = "ordered"
labels = ["low", "mid", "high"]
[[heads]]
name = "topic"
kind = "label"
labels = ["water", "road"]
"""


def _train_own(folder: Path) -> None:
    recipe = write_recipe(folder)
    recipe.write_text(recipe.read_text("utf-8") + OWN_HEADS, "utf-8")
    for name in ("train.jsonl", "dev.jsonl"):
        lines = [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
        labels = [{"urgency": ("low", "mid", "high")[at % 3], "topic": ("water", "road")[at % 2]} for at in range(20)]
        kept = [{"id": line["id"], "text": line["text"], **labels[at]} for at, line in enumerate(lines)]
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    trained_folder(recipe, folder / "model")


@pytest.fixture(scope="session")
def own_heads_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with an ordered head, `urgency`, and a label head, `topic`, and no axis."""
    return made_once(tmp_path_factory, "own-heads", _train_own) / "model"


NETWORK_RECIPE = """
kind = "network"
seed = 13
backbone = "encoder"
max_tokens = 32
calibrate_on = ["dev"]
[corpora]
train = ["train.jsonl"]
dev = ["dev.jsonl"]
[[heads]]
name = "certainty"
kind = "label"
[[heads]]
name = "stance"
kind = "label"
[[heads]]
name = "spans"
kind = "span"
[optimisation]
epochs = 2
batch_size = 8
encoder_lr = 1e-3
head_lr = 1e-2
warmup_ratio = 0.1
weight_decay = 0.01
dropout = 0.1
class_weight_power = 0.5
focal_gamma = 0.0
patience = 2
"""


def write_network_recipe(folder: Path) -> Path:
    """A recipe for a tiny encoder of random weights, made on the spot, and its corpora with a span in each row."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, set_seed

    write_recipe(folder)
    for name in ("train.jsonl", "dev.jsonl"):
        lines = [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]
        for line in lines:
            first = line["text"].split()[0]
            line["spans"] = [{"start": 0, "end": len(first), "type": "modal", "text": first}]
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    texts = [text for text, *_ in SENTENCES]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=200, special_tokens=special))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=tokenizer, pad_token="[PAD]").save_pretrained(folder / "encoder")
    set_seed(1)
    size = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(size).save_pretrained(folder / "encoder")
    path = folder / "recipe.toml"
    path.write_text(NETWORK_RECIPE, "utf-8")
    return path


@pytest.fixture
def network_recipe(tmp_path: Path) -> Path:
    return write_network_recipe(tmp_path)


def _train_network(folder: Path) -> None:
    trained_folder(write_network_recipe(folder), folder / "model")


@pytest.fixture(scope="session")
def tiny_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network's model folder, trained on the small corpus."""
    return made_once(tmp_path_factory, "tiny-network", _train_network) / "model"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared corpora, which only developers of the project have."""
    if not SHARED.is_dir():
        pytest.skip("the shared corpora are not on this machine")
    return SHARED


@pytest.fixture
def corpus_file(tmp_path: Path) -> Callable[..., Path]:
    """Write rows (dicts, or raw bytes) to a corpus file."""

    def write(*lines: dict[str, Any] | bytes, name: str = "corpus.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(b"".join((x if isinstance(x, bytes) else json.dumps(x).encode()) + b"\n" for x in lines))
        return path

    return write


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out files that are slow as a whole if slow tests are deselected: importing torch takes seconds."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if "\npytestmark = pytest.mark.slow\n" in collection_path.read_text("utf-8") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark every test that trains a network as slow."""
    for item in items:
        if {"tiny_network", "network_recipe"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
