"""Training: the same bytes from the same recipe and data, and nothing written when something is wrong."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hedgerow
from hedgerow import CorpusError, HedgerowError, InputError, ModelError, RecipeError
from hedgerow.cli.arguments import repeat_options
from hedgerow.corpus import CorpusPart, RowError, checking
from hedgerow.corpus.rows import CorpusRow, read_rows
from hedgerow.corpus.text_hashes import read_hashes, text_hash
from hedgerow.predictors.folder import read_manifest
from hedgerow.training import TrainingInputs, train_model
from hedgerow.training.recipe import read_recipe
from hedgerow.training.recipe_errors import RENAMED
from scripts.convert_0_1 import RECIPE_KEYS

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
    assert "spans on dev\n\n| match | precision | recall | F1 |" in ran.stdout
    assert "17 sentences to train on" in ran.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "hedgerow.json", "metrics.json", "recipe.toml", "training_texts.bin", "vocabulary.json", "weights.npz",
    ]  # fmt: skip
    metrics = json.loads((out / "metrics.json").read_text())
    assert set(metrics["dev"]["certainty"]["classes"]["possible"]) == {"precision", "recall", "f1", "support"}
    assert len(list(hedgerow.load(out).predict(["It may rain."]))) == 1


def test_the_same_recipe_and_data_give_the_same_bytes_wherever_they_lie(recipe: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "elsewhere" / "two"
    for out in (first, second):
        train_model(recipe, out)
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
    wrong = run(recipe, "--measure", other)
    assert wrong.returncode == 2
    assert f"--measure {other}: not NAME=FILE" in wrong.stderr


def test_files_of_one_name_are_measured_together_and_a_condition_limits_them(recipe: Path, tmp_path: Path) -> None:
    dev = [json.loads(line) for line in (tmp_path / "dev.jsonl").read_text().splitlines()]
    whole, chosen = tmp_path / "whole.jsonl", tmp_path / "chosen.jsonl"
    chosen.write_text("".join(json.dumps(row | {"picked": at > 4}) + "\n" for at, row in enumerate(dev)))
    whole.write_text("".join(json.dumps(row) + "\n" for row in dev[:2]).replace("again", "at last").replace("dev", "w"))
    parts = ["--measure", f"running={whole}", f"running={chosen}", f"all={chosen}"]
    ran = run(recipe, *parts, "--where", "running:picked=false", "--out", tmp_path / "model")
    assert ran.returncode == 0, ran.stderr
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert {name: scores["sentences"] for name, scores in metrics.items()} == {"dev": 9, "running": 7, "all": 9}
    measured = json.loads((tmp_path / "model" / "hedgerow.json").read_text())["data"]["measured"]
    assert [{name: value for name, value in entry.items() if name != "sha256"} for entry in measured] == [
        {"file": "whole.jsonl", "part": "running", "where": ["picked=false"]},
        {"file": "chosen.jsonl", "part": "running", "where": ["picked=false"]},
        {"file": "chosen.jsonl", "part": "all"},
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--where", "running:picked=false"], "--where running:picked=false: not NAME:FIELD=VALUE"),
        (
            ["--measure", "dev=no.jsonl"],
            "--measure dev=FILE: 'dev' is the part that chooses the epoch; name its files with --dev",
        ),
        (["--measure", "a=no.jsonl", "--where", "a:picked"], "--where picked: not FIELD=VALUE"),
    ],
)
def test_a_wrong_part_is_rejected(recipe: Path, tmp_path: Path, options: list[str], message: str) -> None:
    ran = run(recipe, *options, "--out", tmp_path / "model")
    assert ran.returncode == 2
    assert message in ran.stderr
    assert not (tmp_path / "model").exists()


def test_an_option_takes_several_values_in_a_row_or_is_repeated(recipe: Path, tmp_path: Path) -> None:
    lines = (tmp_path / "train.jsonl").read_text().splitlines(keepends=True)
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text("".join(lines[:9]))
    second.write_text("".join(lines[9:]))
    for name, options in (("row", ["--corpus", first, second]), ("repeat", ["--corpus", first, "--corpus", second])):
        ran = run(recipe, *options, "--out", tmp_path / name)
        assert ran.returncode == 0, ran.stderr
        assert re.search(r"^\[ +\d+\.\d s\] 17 sentences to train on, 9 to measure on$", ran.stderr, re.MULTILINE)
    for path in (tmp_path / "row").iterdir():
        assert path.read_bytes() == (tmp_path / "repeat" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("r --corpus a b --out c", "r --corpus a --corpus b --out c"),
        ("--corpus a --corpus b r", "--corpus a --corpus b --corpus r"),
        ("--out a b --corpus=c d", "--out a b --corpus=c d"),
        ("--corpus - b -- c --corpus d e", "--corpus - --corpus b -- c --corpus d e"),
        ("--corpus --out a", "--corpus --out a"),
        ("", ""),
    ],
)
def test_values_in_a_row_are_written_as_repeated_options(arguments: str, expected: str) -> None:
    assert repeat_options(arguments.split(), {"--corpus"}) == expected.split()


def test_the_help_page_shows_defaults_exit_codes_and_an_example() -> None:
    shown = " ".join(run("--help").stdout.replace("│", "").split())
    for part in ("the recipe's", "Exit codes: 0 trained", "Example: hedgerow train model/linear/recipe.toml",
                 "pip install 'hedgerow[eval]'", "hedgerow[train]", "needs [distillation]"):  # fmt: skip
        assert part in shown


def test_the_linear_model_needs_no_library_of_networks(recipe: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from hedgerow.training import train_model\n"
        f"train_model(Path({str(recipe)!r}), Path({str(tmp_path / 'model')!r}))\n"
        "print(*{'datasets', 'torch', 'transformers', 'onnxruntime'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout == "\n"


def test_the_manifest_says_which_fraction_and_seed_replaced_the_recipes(recipe: Path, tmp_path: Path) -> None:
    train_model(recipe, tmp_path / "model", train_fraction=0.9, seed=13)
    data = json.loads((tmp_path / "model" / "hedgerow.json").read_text())["data"]
    assert (data["train_fraction"], data["seed"], data["sentences"]) == (0.9, 13, 15)


def test_each_corpus_file_is_loaded_once(recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def read(path: Path) -> Iterator[CorpusRow | RowError]:
        opened.append(path.name)
        return read_rows(path)

    monkeypatch.setattr(checking, "read_rows", read)
    train_model(recipe, tmp_path / "model")
    assert opened == ["train.jsonl", "dev.jsonl"]


@pytest.mark.parametrize(
    ("library", "package", "extra"), [("sklearn", "scikit-learn", "eval"), ("accelerate", "accelerate", "train")]
)
def test_a_missing_library_is_reported_with_the_command_that_installs_it(
    request: pytest.FixtureRequest, tmp_path: Path, library: str, package: str, extra: str
) -> None:
    recipe = request.getfixturevalue("recipe" if extra == "eval" else "network_recipe")
    code = f"import sys; sys.modules[{library!r}] = None; sys.argv[0] = 'train.py'; import runpy; "
    code += f"runpy.run_path({str(ROOT / 'train.py')!r}, run_name='__main__')"
    command = [sys.executable, "-c", code, str(recipe), "--out", str(tmp_path / "model")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 2
    assert f"needs {package} " in ran.stderr
    assert f"pip install 'hedgerow[{extra}]'" in ran.stderr
    assert not (tmp_path / "model").exists()


def test_where_the_data_lie_does_not_change_the_bytes(recipe: Path, tmp_path: Path) -> None:
    train_model(recipe, tmp_path / "one")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("train.jsonl", "dev.jsonl", "recipe.toml"):
        (elsewhere / name).write_bytes((tmp_path / name).read_bytes())
    train_model(elsewhere / "recipe.toml", tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_manifest_counts_sentences_and_not_line_ends(recipe: Path, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n" + path.read_text().rstrip("\n"))
    train_model(recipe, tmp_path / "model")
    assert json.loads((tmp_path / "model" / "hedgerow.json").read_text())["data"]["sentences"] == 17


def test_corpora_on_the_command_line_replace_the_recipes(recipe: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text((tmp_path / "train.jsonl").read_text().replace("bridge", "tunnel"))
    train_model(recipe, tmp_path / "model", TrainingInputs(corpora=[other]))
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
        ("dev = [", "dve = [", "unknown setting 'corpora.dve' = ['dev.jsonl']; did you mean 'dev'"),
        ("seed = 13", "sede = 13", "unknown setting 'sede' = 13; did you mean 'seed'"),
        ("seed = 13", "", "no setting 'seed'"),
        ("seed = 13", 'seed = "x"', "setting 'seed' = 'x'"),
        ("max_features = 500", "max_features = 0", "setting 'features.max_features' = 0"),
        ('kind = "linear"', 'kind = "lineal"', "setting 'kind' = 'lineal'"),
        ("seed = 13", "seed 13", "not TOML"),
        ("seed = 13", "seed = -1", "setting 'seed' = -1"),
        ("seed = 13", "seed = true", "setting 'seed' = true: give a whole number"),
        ("[1, 2]", "[2, 1]", "setting 'features.word_ngrams' = [2, 1]"),
        ("[1, 2]", "[0, 2]", "setting 'features.word_ngrams' = [0, 2]"),
        ("= 4.0", "= inf", "setting 'regression.C'"),
        ('train = ["train.jsonl"]', "train = []", "setting 'corpora.train' = []: it is empty; give at least one"),
        ('train = ["train.jsonl"]', "train = 5", "setting 'corpora.train' = 5: give a list, in brackets"),
        ('["train.jsonl"]', '"nope.jsonl"', "setting 'corpora.train' = 'nope.jsonl': give a list: [\"nope.jsonl\"]"),
        ("[1, 2]", "1", "setting 'features.word_ngrams' = 1: give the shortest and the longest n-gram"),
        ("[1, 2]", "[1]", "setting 'features.word_ngrams' = [1]: give the shortest and the longest n-gram"),
        ("= 4.0", "= 0", "setting 'regression.C' = 0: give more than 0"),
        ("= 4.0", "= 'a'", "setting 'regression.C' = 'a': give a number, without quotes"),
        ("seed = 13", "seed = 13\nheads = 5", "setting 'heads' = 5: it is an array of tables; write each as [[heads]]"),
        ("seed = 13", "seed = 13\nheads = [5]", "setting 'heads.0' = 5: it is a table; write it as [[heads]]"),
        (
            "seed = 13",
            'seed = 13\nheads = [{name = "a", kind = "span"}]',
            "setting 'heads.0.kind' = 'span': give 'label' or "
            "'ordered'; a linear model has no span heads, a network has",
        ),
        (
            "seed = 13",
            'seed = 13\nheads = [{name = "a", kind = "label", labels = "x"}]',
            "setting 'heads.0.labels' = 'x': give a list: [\"x\"]",
        ),
        (
            "seed = 13",
            'seed = 13\nheads = [{name = "a", kind = "label", labels = [[1], "b"]}]',
            "setting 'heads.0.labels.0' = [1]: a label is a text, a number, or true or false",
        ),
        (
            "seed = 13",
            'seed = 13\nheads = [{name = "a", kind = "label", map = 5}]',
            "setting 'heads.0.map' = 5: give a table of values and their labels",
        ),
    ],
)
def test_a_wrong_setting_is_rejected(recipe: Path, tmp_path: Path, before: str, after: str, message: str) -> None:
    recipe.write_text(recipe.read_text().replace(before, after))
    rejected(recipe, tmp_path, RecipeError, f"{recipe}: {message}")


def test_a_table_is_set_by_its_settings(recipe: Path) -> None:
    with pytest.raises(RecipeError, match=r"'regression' = 5: it is a table; give its settings: regression\.C, regr"):
        read_recipe(recipe, {"regression": 5})


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("min_sentences = 1", "min_sentences = 1000", "setting 'features.min_sentences' = 1000"),
        ("max_iter = 100", "max_iter = 1", "setting 'regression.max_iter' = 1: not converged"),
    ],
)
def test_a_setting_that_cannot_work_is_rejected(
    recipe: Path, tmp_path: Path, before: str, after: str, message: str
) -> None:
    recipe.write_text(recipe.read_text().replace(before, after))
    rejected(recipe, tmp_path, RecipeError, message)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_setting_with_its_old_name_is_rejected_with_the_new_name(tmp_path: Path, old: str, new: str) -> None:
    section, name = old.split(".")
    kind = "linear" if section == "regression" else "network"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(f'kind = "{kind}"\n[{section}]\n{name} = 1\n')
    with pytest.raises(RecipeError) as error:
        read_recipe(recipe)
    assert str(error.value) == f"{recipe}: setting '{old}' was renamed to '{new}'"


def test_the_converter_and_the_messages_know_the_same_renamed_settings() -> None:
    names = {(old.split(".")[1], new.split(".")[1]) for old, new in RENAMED.items()}
    assert names == set(RECIPE_KEYS.items())


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
    rejected(recipe, tmp_path, CorpusError, "is also in the training data")


def test_a_copy_of_a_training_row_in_a_measured_file_is_rejected(recipe: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    row = json.loads((tmp_path / "train.jsonl").read_text().splitlines()[0])
    other.write_text(json.dumps(row | {"id": "copy", "text": row["text"].upper()}) + "\n")
    with pytest.raises(CorpusError, match=r"other.jsonl:1: row 'copy': its text is also in the .* row 'train-0' \("):
        train_model(recipe, tmp_path / "model", TrainingInputs(measure={"news": CorpusPart([other])}))


def test_near_duplicates_are_counted_in_a_warning_and_in_the_manifest(recipe: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text((tmp_path / "dev.jsonl").read_text().splitlines()[0] + "\n")
    ran = run(recipe, "--measure", f"news={other}", "--out", tmp_path / "model")
    assert ran.returncode == 0, ran.stderr
    assert (
        "dev: 1 row of 9 shares 8 words in a row with training data, such as 'dev-6' with 'train-12'; "
        "they are measured too"
    ) in ran.stderr
    manifest = json.loads((tmp_path / "model" / "hedgerow.json").read_text())
    assert manifest["data"]["near_duplicates"] == {"dev": 1, "news": 0}


def test_two_corpora_may_use_the_same_ids(recipe: Path, tmp_path: Path) -> None:
    dev = tmp_path / "dev.jsonl"
    dev.write_text(dev.read_text().replace('"dev-', '"train-'))
    assert train_model(recipe, tmp_path / "model") is not None


def test_a_model_folder_recognises_its_training_texts(recipe: Path, tmp_path: Path) -> None:
    train_model(recipe, tmp_path / "model", train_fraction=0.9)
    manifest = json.loads((tmp_path / "model" / "hedgerow.json").read_text())
    known = read_hashes(tmp_path / "model" / "training_texts.bin")
    assert "training_texts.bin" in manifest["files"]
    assert len(known) == manifest["data"]["sentences"] == 15
    texts = [json.loads(line)["text"] for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert sum(text_hash(text) in known for text in texts) == 15


def test_a_model_without_optional_files_is_valid_and_one_with_an_unknown_file_is_not(
    tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    manifest = json.loads((folder / "hedgerow.json").read_text())
    del manifest["files"]["training_texts.bin"]
    (folder / "hedgerow.json").write_text(json.dumps(manifest))
    assert read_manifest(folder)["files"].keys() == {"recipe.toml", "metrics.json", "vocabulary.json", "weights.npz"}
    manifest["files"]["notes.txt"] = "0" * 64
    (folder / "hedgerow.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="a linear model has recipe"):
        read_manifest(folder)


def test_a_folder_with_other_files_is_not_overwritten(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.doc").write_text("precious")
    with pytest.raises(InputError, match=r"thesis\.doc"):
        train_model(recipe, tmp_path / "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["thesis.doc"]


def rejected(recipe: Path, folder: Path, kind: type[HedgerowError], message: str) -> None:
    """Check that the library and the command reject the recipe, and that neither writes anything."""
    before = sorted(folder.iterdir())
    with pytest.raises(kind) as error:
        train_model(recipe, folder / "model")
    assert message in str(error.value)
    ran = run(recipe, "--out", folder / "model")
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert sorted(folder.iterdir()) == before
