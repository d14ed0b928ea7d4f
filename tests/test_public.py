"""The public face: what is promised is there, and importing it is cheap."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import hedgerow

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "transformers", "datasets", "pandas", "sklearn", "scipy", "pyarrow"}
# The one list of rooms, top down: a room imports only from rooms below it. The documents are checked against it.
ROOMS = [
    {"__main__"},
    {"cli"},
    {"labelling", "report", "summary", "training"},
    {"classifier", "writers"},
    {"corpus", "metrics", "predictors", "readers"},
    {"io", "sentences"},
    {"errors", "labels"},
]


def imported_after(code: str) -> set[str]:
    check = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", check], capture_output=True, check=True).stdout.decode().split())


def test_all_is_sorted_and_true() -> None:
    assert list(hedgerow.__all__) == sorted(hedgerow.__all__)
    for name in hedgerow.__all__:
        assert getattr(hedgerow, name) is not None


def test_importing_hedgerow_imports_nothing_heavy() -> None:
    assert not imported_after("import hedgerow") & (HEAVY | {"numpy", "nupunkt", "pydantic"})


def test_labelling_imports_no_training_library() -> None:
    assert not imported_after("import hedgerow; hedgerow.load().read('He may go.')") & HEAVY
    assert not imported_after("import hedgerow.cli.label, hedgerow.labelling.run_folder") & HEAVY


def test_imports_point_down_the_rooms() -> None:
    level = {room: depth for depth, rooms in enumerate(ROOMS) for room in rooms}
    for path in sorted((ROOT / "hedgerow").rglob("*.py")):
        here = path.relative_to(ROOT / "hedgerow").parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for there in rooms_imported(node):
                same = here == there
                assert same or level[here] < level[there], f"{path} imports {there}, which is above"


def rooms_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and node.module == "hedgerow":
        rooms = {path.name.removesuffix(".py") for path in (ROOT / "hedgerow").iterdir()}
        return [alias.name for alias in node.names if alias.name in rooms]
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("hedgerow.")]
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hedgerow."):
        return [(node.module or "").split(".")[1]]
    return []


def test_no_file_or_folder_shadows_a_dependency() -> None:
    names = {path.name.removesuffix(".py") for path in ROOT.glob("*") if not path.name.startswith(".")}
    assert not names & (HEAVY | {"evaluate", "tokenizers", "numpy"})


def test_what_labelling_imports_is_declared_and_light() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = {requirement.split(">")[0].split("<")[0] for requirement in project["dependencies"]}
    imported = set()
    for path in (ROOT / "hedgerow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    training = {"sklearn", "scipy", "threadpoolctl", "datasets", "torch", "transformers", "onnx", "safetensors"}
    measuring = {"jinja2", "krippendorff"}
    assert imported - set(sys.stdlib_module_names) - training - measuring == base | {"hedgerow"}


def test_formats_that_few_need_are_read_by_libraries_of_an_extra(tmp_path: Path) -> None:
    """Without them the rest works, and who needs one is told how to install it."""
    for name in ("a.parquet", "a.html", "a.jsonl.zst"):
        (tmp_path / name).touch()
        missing = "import sys; sys.modules |= dict.fromkeys(['pyarrow', 'trafilatura', 'zstandard'])"
        code = f"{missing}; sys.argv[1:] = ['label', {str(tmp_path / name)!r}]; from hedgerow.cli import main; main()"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "pip install 'hedgerow[files]'" in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
