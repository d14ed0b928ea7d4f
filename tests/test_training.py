"""Training: the same bytes from the same recipe and data, and nothing written when something is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hedgerow
from hedgerow import CorpusError, HedgerowError, InputError, RecipeError
from hedgerow.training import train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "train.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_train_py_ends_in_a_model_that_loads_and_a_report_by_class(recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    ran = run(recipe, "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert "| uncommitted |" in ran.stdout
    assert "| disputed |" in ran.stdout
    assert "17 sentences to train on" in ran.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "hedgerow.json", "metrics.json", "recipe.toml", "vocabulary.json", "weights.npz",
    ]  # fmt: skip
    metrics = json.loads((out / "metrics.json").read_text())
    assert set(metrics["dev"]["certainty"]["classes"]["possible"]) == {"precision", "recall", "f1", "support"}
    assert len(list(hedgerow.load(out).predict(["It may rain."]))) == 1


def test_the_same_recipe_and_data_give_the_same_bytes_wherever_they_lie(recipe: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "elsewhere" / "two"
    for out in (first, second):
        train(recipe, out)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name


def test_a_model_is_measured_on_other_files_by_name_too(recipe: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text((tmp_path / "dev.jsonl").read_text().replace("again", "at last"))
    ran = run(recipe, "--measure", f"held-out={other}", "--out", tmp_path / "model")
    assert ran.returncode == 0, ran.stderr
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert set(metrics) == {"dev", "held-out"}
    assert metrics["held-out"]["sentences"] == 9
    assert "is not NAME=FILE" in run(recipe, "--measure", other).stderr


def test_without_the_extra_the_cure_is_named(recipe: Path, tmp_path: Path) -> None:
    code = "import sys; sys.modules['sklearn'] = None; sys.argv[0] = 'train.py'; import runpy; "
    code += f"runpy.run_path({str(ROOT / 'train.py')!r}, run_name='__main__')"
    command = [sys.executable, "-c", code, str(recipe), "--out", str(tmp_path / "model")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 2
    assert "pip install 'hedgerow[eval]'" in ran.stderr
    assert not (tmp_path / "model").exists()


def test_where_the_data_lie_does_not_change_the_bytes(recipe: Path, tmp_path: Path) -> None:
    train(recipe, tmp_path / "one")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("train.jsonl", "dev.jsonl", "recipe.toml"):
        (elsewhere / name).write_bytes((tmp_path / name).read_bytes())
    train(elsewhere / "recipe.toml", tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_manifest_counts_sentences_and_not_line_ends(recipe: Path, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n" + path.read_text().rstrip("\n"))
    train(recipe, tmp_path / "model")
    assert json.loads((tmp_path / "model" / "hedgerow.json").read_text())["data"]["sentences"] == 17


def test_corpora_named_on_the_command_line_stand_in_for_the_recipes(recipe: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text((tmp_path / "train.jsonl").read_text().replace("bridge", "tunnel"))
    train(recipe, tmp_path / "model", corpora=[other])
    manifest = json.loads((tmp_path / "model" / "hedgerow.json").read_text())
    assert [part["file"].split("/")[-1] for part in manifest["data"]["train"]] == ["other.jsonl"]
    assert str(tmp_path) not in json.dumps(manifest)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "max_features = 500",
            "max_featurs = 500",
            "unknown setting 'features.max_featurs' = 500; did you mean 'max_f",
        ),
        ("seed = 13", "sede = 13", "unknown setting 'sede' = 13; did you mean 'seed'"),
        ("seed = 13", "", "no setting 'seed'"),
        ("seed = 13", 'seed = "x"', "setting 'seed' = 'x'"),
        ("max_features = 500", "max_features = 0", "setting 'features.max_features' = 0"),
        ('kind = "linear"', 'kind = "lineal"', "setting 'kind' = 'lineal'"),
        ("seed = 13", "seed 13", "not TOML"),
        ("seed = 13", "seed = -1", "setting 'seed' = -1"),
        ("seed = 13", "seed = true", "setting 'seed' = True"),
        ("[1, 2]", "[2, 1]", "setting 'features.word_ngrams' = [2, 1]"),
        ("[1, 2]", "[0, 2]", "setting 'features.word_ngrams' = [0, 2]"),
        ("= 4.0", "= inf", "setting 'regression.inverse_regularisation'"),
        ('train = ["train.jsonl"]', "train = []", "setting 'corpora.train'"),
    ],
)
def test_a_wrong_setting_is_rejected(recipe: Path, tmp_path: Path, before: str, after: str, message: str) -> None:
    recipe.write_text(recipe.read_text().replace(before, after))
    rejected(recipe, tmp_path, RecipeError, f"{recipe}: {message}")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("min_sentences = 1", "min_sentences = 1000", "setting 'features.min_sentences' = 1000"),
        ("max_iterations = 100", "max_iterations = 1", "setting 'regression.max_iterations' = 1: not converged"),
    ],
)
def test_a_setting_that_cannot_work_is_rejected(
    recipe: Path, tmp_path: Path, before: str, after: str, message: str
) -> None:
    recipe.write_text(recipe.read_text().replace(before, after))
    rejected(recipe, tmp_path, RecipeError, message)


def test_a_missing_recipe_corpus_or_dev_file_is_rejected(recipe: Path, tmp_path: Path) -> None:
    rejected(tmp_path / "nope.toml", tmp_path, RecipeError, "nope.toml: No such file")
    (tmp_path / "dev.jsonl").unlink()
    rejected(recipe, tmp_path, CorpusError, "dev.jsonl: No such file")


def test_an_empty_corpus_is_rejected(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("")
    rejected(recipe, tmp_path, CorpusError, "train.jsonl: no rows")


def test_a_label_without_an_example_is_rejected(recipe: Path, tmp_path: Path) -> None:
    lines = (tmp_path / "train.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "train.jsonl").write_text("".join(line for line in lines if "endorsed" not in line))
    rejected(recipe, tmp_path, CorpusError, "no example of stance 'endorsed'")


def test_dev_rows_in_the_training_data_are_rejected(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_text((tmp_path / "train.jsonl").read_text())
    rejected(recipe, tmp_path, CorpusError, "stands in the training data too")


def test_a_folder_with_other_files_is_not_overwritten(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.doc").write_text("precious")
    with pytest.raises(InputError, match=r"thesis\.doc"):
        train(recipe, tmp_path / "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["thesis.doc"]


def rejected(recipe: Path, folder: Path, kind: type[HedgerowError], message: str) -> None:
    """Both as a library and as a command; nothing is written either way."""
    before = sorted(folder.iterdir())
    with pytest.raises(kind) as error:
        train(recipe, folder / "model")
    assert message in str(error.value)
    ran = run(recipe, "--out", folder / "model")
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(folder.iterdir()) == before
