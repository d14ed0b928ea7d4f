"""Networks exported to transformers: they give the labels that hedgerow gives, and nothing is overwritten."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import transformers
import yaml
from transformers import AutoConfig, AutoModel, AutoTokenizer

import hedgerow
from evaluation.components.exported import compared
from hedgerow import InputError, ModelError, RecipeError
from hedgerow.cli.export import Library, export
from hedgerow.integrations.transformers import export_to_transformers
from hedgerow.integrations.transformers.exporting import _describe_head
from hedgerow.results import expected_level
from hedgerow.training import train_model
from tests.conftest import write_network_recipe

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SENTENCES = [json.loads(line)["text"] for line in (ROOT / "data/corpus/dev.jsonl").read_text("utf-8").splitlines()]
LEAST_EQUAL = 0.98  # of the labels; evaluation.components.exported measures all of them equal for base and small


@pytest.fixture(scope="module")
def exported(tiny_network: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each network's export, by name. The folders have one name, by which transformers keeps their code."""
    folder = tmp_path_factory.mktemp("exports")
    models: dict[str, str | Path] = {"tiny": tiny_network, "small": "small"}
    for name, model in models.items():
        export_to_transformers(model, folder / name / "model")
    return {name: folder / name / "model" for name in models}


@pytest.fixture(scope="module", autouse=True)
def code_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the code that transformers copies out of the user's cache."""
    modules = tmp_path_factory.mktemp("modules")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(modules))
        patch.setattr(sys, "path", sys.path[:])
        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        yield


@pytest.fixture(scope="module")
def loaded(exported: dict[str, Path]) -> dict[str, tuple[Any, Any]]:
    """The exported networks and their tokenizers, as transformers loads them."""
    return {name: load(folder) for name, folder in exported.items()}


def load(folder: Path) -> tuple[Any, Any]:
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
    return AutoModel.from_pretrained(folder, trust_remote_code=True), tokenizer


@pytest.mark.parametrize("name", ["tiny", "small"])
def test_an_exported_network_gives_the_labels_and_scores_of_hedgerow(
    name: str, loaded: dict[str, tuple[Any, Any]], tiny_network: Path
) -> None:
    model, tokenizer = loaded[name]
    texts = [*SENTENCES[::8], "Cafe\u0301 [PAD] 😀 may\tclose .", "may " * 600]
    rows = [row for at in range(0, len(texts), 16) for row in model.label(texts[at : at + 16], tokenizer)]
    ours = hedgerow.load(tiny_network if name == "tiny" else name).predict(texts)
    for axis in ("certainty", "stance"):
        equal = sum(row[axis] == getattr(one, axis) for row, one in zip(rows, ours, strict=True))
        assert equal >= LEAST_EQUAL * len(texts)
    differences = [
        abs(row["certainty_scores"][label] - score)
        for row, one in zip(rows, ours, strict=True)
        for label, score in one.certainty_scores.items()
    ]
    assert max(differences) < 0.02


def test_the_command_compares_every_label_head_with_its_export(tiny_network: Path) -> None:
    rows = compared(str(tiny_network), SENTENCES[:4])
    assert [row[1:4] for row in rows] == [["certainty", 4, "100.00%"], ["stance", 4, "100.00%"]]


def test_only_sentences_are_labelled(loaded: dict[str, tuple[Any, Any]]) -> None:
    model, tokenizer = loaded["tiny"]
    assert model.label([], tokenizer) == []
    with pytest.raises(ValueError, match=r"not one string; write model\.label\(\[sentence\], tokenizer\)"):
        model.label("It may rain.", tokenizer)
    for wrong, message in (("", "blank"), (" \n", "blank"), (None, "NoneType, not a string")):
        with pytest.raises(ValueError, match=f"sentence 1 is {message}; leave it out"):
            model.label(["It may rain.", wrong], tokenizer)


def test_an_ordered_head_has_its_level(loaded: dict[str, tuple[Any, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    model, tokenizer = loaded["tiny"]
    first, *others = model.config.heads
    monkeypatch.setattr(model.config, "heads", [{**first, "ordered": True}, *others])
    (row,) = model.label(["It may rain."], tokenizer)
    assert row["certainty_level"] == pytest.approx(expected_level(row["certainty_scores"].values()))
    assert "stance_level" not in row
    head = {"name": "grade", "kind": "label", "labels": ["low", "high"], "ordered": True, "temperature": 1.0}
    assert _describe_head(head)["ordered"]


def test_an_export_survives_save_pretrained(loaded: dict[str, tuple[Any, Any]], tmp_path: Path) -> None:
    for one in loaded["small"]:
        one.save_pretrained(tmp_path)
    model, tokenizer = load(tmp_path)
    assert model.label(SENTENCES[:2], tokenizer) == loaded["small"][0].label(SENTENCES[:2], loaded["small"][1])


def test_the_logits_of_spans_are_those_of_tags(loaded: dict[str, tuple[Any, Any]]) -> None:
    model, tokenizer = loaded["small"]
    inputs = tokenizer(["It may rain."], return_tensors="pt")
    (head,) = (head for head in model.config.heads if head["kind"] == "span")
    tags = [head["id2label"][str(tag)] for tag in model(**inputs)[head["name"]][0].argmax(-1).tolist()]
    assert tags == ["O", "O", "B-modal", "O", "O"]  # the beginning, then four words and marks


def test_a_network_that_is_loaded_in_transformers_learns(loaded: dict[str, tuple[Any, Any]]) -> None:
    model, tokenizer = loaded["small"]
    model(**tokenizer(["It may rain."], return_tensors="pt"))["certainty"].sum().backward()
    assert all(value.grad is not None for name, value in model.named_parameters() if "outputs" not in name)
    model.zero_grad()


def test_the_code_of_an_export_needs_no_hedgerow(exported: dict[str, Path]) -> None:
    for folder in exported.values():
        for path in folder.glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.level:
                    assert (folder / f"{node.module}.py").is_file()
                elif isinstance(node, ast.Import | ast.ImportFrom):
                    assert "hedgerow" not in ast.unparse(node)


def test_configuration_card_and_notice_say_what_the_model_is(exported: dict[str, Path]) -> None:
    config = AutoConfig.from_pretrained(exported["small"], trust_remote_code=True)
    heads = {head["name"]: head for head in config.heads}
    assert heads["certainty"]["id2label"] == {"0": "certain", "1": "probable", "2": "possible", "3": "uncommitted"}
    assert heads["spans"]["label2id"]["O"] == 0
    card = (exported["small"] / "README.md").read_text("utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    metrics = json.loads((ROOT / "model/small/metrics.json").read_text("utf-8"))
    assert config.id2label == {0: "certain", 1: "probable", 2: "possible", 3: "uncommitted"}
    assert config.label2id["possible"] == 2
    assert (front["language"], front["license"]) == ("en", "apache-2.0")
    assert not {"datasets", "pipeline_tag"} & set(
        front
    )  # files are no Hub datasets; transformers' pipelines cannot run it
    assert re.search(r"^It learnt from train\.jsonl \(sha256 \w{12}\), train\.jsonl \(sha256 \w{12}\)\.$", card, re.M)
    results = {
        (result["dataset"]["name"], metric["name"]): metric["value"]
        for result in front["model-index"][0]["results"]
        for metric in result["metrics"]
    }
    assert results["running", "stance macro-F1"] == metrics["running"]["stance"]["macro_f1"]["value"]
    assert "by a language model" in card
    assert (exported["small"] / "NOTICE").read_text("utf-8") == (ROOT / "NOTICE").read_text("utf-8")
    own = (exported["tiny"] / "README.md").read_text("utf-8")
    assert "license" not in yaml.safe_load(own.split("---\n")[1])
    assert "add `license` above before you publish it" in own
    assert "Its encoder comes from 'encoder'" in (exported["tiny"] / "NOTICE").read_text("utf-8")


def test_only_an_export_is_replaced_and_only_if_forced(tiny_network: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(str(tiny_network), out, Library.TRANSFORMERS)
    before = (out / "config.json").stat().st_mtime_ns
    with pytest.raises(InputError, match="is there already; name another folder, or replace an export with --force"):
        export(str(tiny_network), out, Library.TRANSFORMERS)
    assert (out / "config.json").stat().st_mtime_ns == before
    export(str(tiny_network), out, Library.TRANSFORMERS, force=True)
    (out / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(InputError, match=r"has 'thesis\.txt', which this command did not write"):
        export(str(tiny_network), out, Library.TRANSFORMERS, force=True)
    with pytest.raises(ModelError, match="a linear model has no network to rebuild"):
        export_to_transformers("linear", str(tmp_path / "linear"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_no_code_of_a_folder_runs_when_hedgerow_loads_or_trains(tiny_network: Path, tmp_path: Path) -> None:
    """A model folder with a modelling file, and an encoder whose configuration names one."""
    ran = tmp_path / "ran"
    code = f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n"
    recipe = write_network_recipe(tmp_path)
    encoder = tmp_path / "encoder"
    config = json.loads((encoder / "config.json").read_text("utf-8"))
    config |= {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "modeling_evil.Config", "AutoModel": "modeling_evil.Model"},
    }
    (encoder / "config.json").write_text(json.dumps(config), "utf-8")
    (encoder / "modeling_evil.py").write_text(code, "utf-8")
    with pytest.raises(RecipeError, match="has code of its own, which hedgerow never runs"):
        train_model(recipe, tmp_path / "model")
    for path in tiny_network.iterdir():
        (tmp_path / "copy").mkdir(exist_ok=True)
        (tmp_path / "copy" / path.name).write_bytes(path.read_bytes())
    for name in ("modeling_hedgerow.py", "__init__.py", "conftest.py"):
        (tmp_path / "copy" / name).write_text(code, "utf-8")
    (tmp_path / "copy" / "config.json").write_text(json.dumps(config), "utf-8")
    hedgerow.load(tmp_path / "copy").read("It may rain.")
    assert not ran.exists()


def printed_by(code: str) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, {"__name__": "example"})
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_every_example_of_the_page_about_integrations_prints_what_it_claims(
    exported: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command is run by tests/test_help.py; here its folder is the one that was exported above."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small-hf").symlink_to(exported["small"])
    page = (ROOT / "docs" / "integrations.md").read_text("utf-8")
    blocks = re.findall(r"```(python|console)\n(.*?)```", page, re.S)
    assert [kind for kind, _ in blocks] == ["python", "python", "python", "python", "console", "python"]
    for kind, block in blocks:
        if kind == "console":
            command, *claimed = block.splitlines()
            assert command == "$ hedgerow export small --to transformers small-hf"
            assert claimed == [f"small-hf/{path.name}" for path in sorted(exported["small"].iterdir())]
            continue
        claimed = [line.removeprefix("# ").rstrip() for line in block.splitlines() if line.startswith("# ")]
        code = "import hedgerow.integrations.spacy\n" + block  # its entry point may be from an earlier install
        assert printed_by(code) == claimed
