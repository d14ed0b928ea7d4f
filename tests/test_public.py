"""The public face: every promised name exists, importing is cheap, and imports point one way."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import hedgerow
from scripts import tree

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "transformers", "datasets", "pandas", "sklearn", "scipy", "pyarrow", "spacy"}
# The one list of rooms, top down: a room imports only from floors below its own.
# CONTRIBUTING.md and docs/architecture.md contain it as a table; `python tests/test_public.py` prints that.
ROOMS = [
    {"__main__": "`python -m hedgerow`"},
    {"cli": "the command line, one file per command"},
    {
        "integrations": "hedgerow in other libraries: spaCy, scikit-learn, pandas, datasets, transformers",
        "serve": "the HTTP API and its pages: a queue that requests share, limits, who may ask",
    },
    {"view": "labelled texts to look at: a page, a picture, a piece for a notebook, why a sentence has its labels"},
    {
        "labelling": "input texts to rows: options, one file, or a resumable run (shards, manifest, runners, Ray)",
        "measuring": "measure a model on labelled files, and the page of its report",
        "summary": "labelled rows to the prevalence of labels by group",
        "training": "a recipe and a corpus to a model folder: the linear model, and the network",
    },
    {
        "classifier": "`Classifier` and `load`; cache, prefetch, document context",
        "report": "one record and one page model of all reports; Markdown, HTML, charts as SVG; provenance",
        "writers": "rows to JSON Lines, CSV, Parquet, the terminal",
    },
    {
        "corpus": "labelled data: check, correct, split, sample, count; other people's corpora",
        "metrics": "scores with intervals, paired tests, agreement, slices, calibration error",
        "predictors": "the models that label a sentence, without torch: lexicon, linear, network (ONNX); model folders",
        "readers": "files to input texts: text, tables, pages, documents, mail, subtitles, compression",
    },
    {
        "io": "lines with their positions, strict JSON, text checks, atomic files, optional imports",
        "results": "the output of a model: Prediction and Document",
        "sentences": "text to sentences with offsets",
    },
    {"head": "what a model predicts: Head, the names that one may have, its labels as text"},
    {
        "errors": "one base class, one class per thing that a user passes in",
        "labels": "the codebook's types: Certainty, Stance, SpanType, Span, Example",
        "version": "the version, in its one place",
    },
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


@pytest.mark.slow
def test_labelling_imports_no_training_library() -> None:
    assert not imported_after("import hedgerow; hedgerow.load().read('He may go.')") & HEAVY
    assert not imported_after("import hedgerow.cli.label, hedgerow.labelling.run_folder") & HEAVY


def test_imports_point_down_the_rooms() -> None:
    level = {room: depth for depth, floor in enumerate(ROOMS) for room in floor}
    modules = tree.read_modules(ROOT)
    room = {name: module.room for name, module in modules.items() if module.room and name.startswith("hedgerow.")}
    assert set(room.values()) == level.keys()
    for importer, targets in tree.import_graph(modules).items():
        for imported in targets & room.keys() if importer in room else ():
            above, below = room[importer], room[imported]
            assert above == below or level[above] < level[below], f"{importer} imports {imported}, which is above"


def rooms_as_markdown() -> str:
    lines = ["| floor | room | content |", "| --- | --- | --- |"]
    for number, floor in enumerate(ROOMS, 1):
        lines += [f"| {number} | `{room}` | {content} |" for room, content in floor.items()]
    return "\n".join(lines)


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_the_documents_contain_the_list_of_rooms(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    written = text.split("<!-- rooms -->\n")[1].split("\n<!-- end of rooms -->")[0]
    assert written == rooms_as_markdown(), "paste the output of `python tests/test_public.py`"


def test_no_file_or_folder_shadows_a_dependency() -> None:
    names = {path.name.removesuffix(".py") for path in ROOT.glob("*") if not path.name.startswith(".")}
    assert not names & (HEAVY | {"evaluate", "tokenizers", "numpy"})


def test_the_dependencies_are_the_light_libraries_that_the_package_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = {requirement.split(">")[0].split("<")[0] for requirement in project["dependencies"]}
    # Names that differ.
    modules = {"markdown-it-py": "markdown_it", "mdit-py-plugins": "mdit_py_plugins", "protobuf": "google"}
    base = {modules.get(name, name) for name in base}
    imported = set()
    for path in (ROOT / "hedgerow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    training = {"sklearn", "scipy", "threadpoolctl", "datasets", "torch", "onnx", "safetensors"}
    training |= {"transformers", "huggingface_hub"}  # the one needs the other
    measuring = {"krippendorff"}
    serving = {"fastapi", "starlette", "uvicorn", "h11"}  # uvicorn needs h11, as fastapi does starlette
    assert imported - set(sys.stdlib_module_names) - training - measuring - serving == base | {"hedgerow"}


@pytest.mark.slow
def test_formats_that_few_need_are_read_by_libraries_of_an_extra(tmp_path: Path) -> None:
    """Without them the rest works, and the message says how to install the missing one."""
    for name in ("a.parquet", "a.html", "a.jsonl.zst"):
        (tmp_path / name).touch()
        missing = "import sys; sys.modules |= dict.fromkeys(['pyarrow', 'trafilatura', 'zstandard'])"
        code = f"{missing}; sys.argv[1:] = ['label', {str(tmp_path / name)!r}]; from hedgerow.cli import main; main()"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "pip install 'hedgerow[files]'" in ran.stderr
        assert len(ran.stderr.splitlines()) == 1


if __name__ == "__main__":
    print(rooms_as_markdown())
