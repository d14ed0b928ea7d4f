"""Rules of the repository that a machine can check: circles, names, the version, supported systems."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import hedgerow
from scripts import compare_trees, tree

ROOT = Path(__file__).parents[1]
TINY = {
    "hedgerow/__init__.py": "from hedgerow.low import f\n",
    "hedgerow/low.py": "def f(a, b, c, d, e, *, f): ...\n",
    "hedgerow/left/__init__.py": "",
    "hedgerow/left/one.py": "from hedgerow.left import two\nfrom hedgerow.low import f\n",
    "hedgerow/left/two.py": "def lazy(self, a, b, c, d, e):\n    import hedgerow.left.one\n",
    "hedgerow/right.py": "import hedgerow.left.one\ndef long():\n" + 40 * "    pass\n",
    "evaluation/run.py": "from hedgerow.right import long\n" + 200 * "\n",
}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    for name, text in TINY.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_shape_of_a_tiny_tree_is_printed(tiny: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "tree.py"), str(tiny)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "rooms: 4",
        *("  evaluation", "  left", "  low", "  right"),
        "floors of rooms, top down: 4",
        *("  evaluation", "  right", "  left", "  low"),
        "import arrows between rooms: 3",
        "arrows back up: 0",
        "circles of rooms: 0",
        "circles of modules: 1",
        "  hedgerow.left.one <-> hedgerow.left.two",
        "root modules of hedgerow/: 3",
        *("  __init__.py", "  low.py", "  right.py"),
        "files over 200 lines: 1",
        "  evaluation/run.py (201)",
        "functions over 40 lines: 1",
        "  hedgerow/right.py:2 long (41)",
        "functions with more than 5 parameters: 1",
        "  hedgerow/low.py:1 f (6)",
        "lines of hedgerow/: 48 in 6 files",
        "lines of evaluation/: 201 in 1 files",
        "functions: 3, median length 2 lines",
    ]


def test_an_import_inside_a_function_makes_no_circle_at_import(tiny: Path) -> None:
    modules = tree.read_modules(tiny)
    assert tree.circles(tree.import_graph(modules))
    assert not tree.circles(tree.import_graph(modules, at_import=True))


def test_a_circle_of_rooms_and_its_arrow_back_up_are_counted(tiny: Path) -> None:
    (tiny / "hedgerow" / "low.py").write_text("from hedgerow import right\n", "utf-8")
    rooms = tree.room_graph(tree.read_modules(tiny))
    assert tree.circles(rooms) == [["left", "low", "right"]]
    assert len(tree.arrows_up(rooms)) == 1


@pytest.mark.slow
def test_no_circle_when_the_modules_are_imported() -> None:
    modules = tree.read_modules(ROOT)
    assert tree.circles(tree.import_graph(modules, at_import=True)) == []


def test_no_package_exports_a_function_under_the_name_of_one_of_its_modules() -> None:
    """`import hedgerow.corpus.x` must give the module, whatever the package exports."""
    for init in sorted((ROOT / "hedgerow").rglob("__init__.py")):
        package = ".".join(init.parent.relative_to(ROOT).parts)
        modules = {path.stem for path in init.parent.iterdir()} - {"__init__"}
        for node in ast.walk(ast.parse(init.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module != package:
                exported = {alias.asname or alias.name for alias in node.names}
                assert not exported & modules, f"{package} exports {exported & modules}"
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert node.name not in modules, f"{package} defines {node.name}"


def test_no_file_name_is_used_more_than_twice() -> None:
    files = [*ROOT.glob("*.py"), *(ROOT / "hedgerow").rglob("*.py"), *(ROOT / "evaluation").rglob("*.py")]
    count = Counter(path.name for path in files)
    shared = {"__init__.py", "__main__.py", "train.py"}
    assert {name: number for name, number in count.items() if number > 2 and name not in shared} == {}


def test_the_version_is_written_once_and_copied_right() -> None:
    """The build reads it from the package; the citation and the changelog name the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "hedgerow/version.py"
    citation = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    changes = re.search(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert citation
    assert changes
    assert citation[1] == changes[1] == hedgerow.__version__


def test_the_makefile_names_no_corpus_outside_the_repository() -> None:
    assert "../shared" not in (ROOT / "Makefile").read_text("utf-8")


def test_make_help_lists_every_target_of_a_user() -> None:
    text = (ROOT / "Makefile").read_text("utf-8") + (ROOT / "experiments.mk").read_text("utf-8")
    phony = {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.M) for name in line.split()}
    described = set(re.findall(r"^([a-z-]+):.*?## ", text, re.M))
    assert phony == described


# A system without POSIX: no file locks of its own, no forks, no processor affinity.
NOT_POSIX = """
import os, sys
sys.modules["fcntl"] = None
for name in ("fork", "register_at_fork", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
"""


def run_without_posix(code: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", NOT_POSIX + code]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_hedgerow_can_be_imported_without_posix() -> None:
    run_without_posix("import hedgerow; hedgerow.load('lexicon')")


def test_the_network_labels_without_posix() -> None:
    run_without_posix("import hedgerow; assert hedgerow.load('small').read('It may rain.')[0].certainty == 'possible'")


@pytest.mark.parametrize("out", ["rows.jsonl", "run"])
@pytest.mark.slow
def test_a_file_is_labelled_without_posix(tmp_path: Path, out: str) -> None:
    (tmp_path / "a.txt").write_text("It may rain.\n", "utf-8")
    arguments = ["label", str(tmp_path / "a.txt"), "--model", "lexicon", "--out", str(tmp_path / out)]
    run_without_posix(f"from hedgerow.cli import main; sys.argv[1:] = {arguments!r}; main()")
    assert "possible" in "".join(path.read_text("utf-8") for path in tmp_path.rglob("*.jsonl"))


@pytest.mark.slow
def test_two_checkouts_are_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A checkout compared with itself differs in nothing."""
    (tmp_path / "rows.jsonl").write_text('{"text": "It wouldn\'t rain, he said."}\n', "utf-8")
    code = compare_trees.main([str(ROOT), str(ROOT), "--corpus", str(tmp_path / "rows.jsonl")])
    assert code == 0
    assert "base: 34 sentences, 0 labels differ, scores by up to 0.0e+00, spans in 0" in capsys.readouterr().out
