"""The documents name files, modules, targets and extras that exist."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.site_hooks import COPIED, MADE

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "model/README.md", "data/README.md", "data/real/README.md")
    ),
    *sorted((ROOT / "docs").glob("*.md")),
]
# hedgerow[NAME,NAME], '.[NAME]', library(..., extra="NAME"), EXTRA = "NAME"
EXTRA = re.compile(r"""(?:hedgerow\\*\[|'\.\[|needed_for=[^)]*extra="|EXTRA = ")([a-z,]+)\\*["\]]""")
FOLDERS = ("hedgerow", "evaluation", "scripts", "model", "data", "docs", "tests")
ROOMS = [path.name for path in (ROOT / "hedgerow").iterdir() if path.is_dir() and path.name != "__pycache__"]

read = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def code_in(text: str) -> Iterator[str]:
    """Yield the code of a Markdown text: each block and each span in backticks."""
    yield from re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def missing_files(text: str) -> list[str]:
    """Return the paths below a folder of the repository, or of the package, that match no file."""
    named = [(ROOT, path) for path in re.findall(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./*-]*\w", text)]
    rooms = rf"(?:{'|'.join(ROOMS)})/[\w./*-]*\w"
    named += [(ROOT / "hedgerow", path) for code in code_in(text) for path in re.findall(rf"(?<![\w./-]){rooms}", code)]
    in_root = re.findall(r"(?<![\w./-])[\w.]+\.(?:py|mk|cff)\b(?![\w/])", " ".join(code_in(text)))
    known = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*")} | {
        path.name for path in ROOT.iterdir()
    }
    patterns = [(folder, re.sub(r"\b[A-Z]{2,}\b(?!\.md)", "*", path)) for folder, path in named]
    return [path for folder, path in patterns if not any(folder.glob(path))] + [
        name for name in in_root if name not in known
    ]


@read
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    assert missing_files(document.read_text("utf-8")) == []


def test_a_file_that_does_not_exist_is_noticed() -> None:
    text = "(hedgerow/words.py), `cli/none.py`, `gone.py`, `data/corpus/*.jsonl`, `evaluation/behaviour/FAMILY.jsonl`"
    assert missing_files(text) == ["hedgerow/words.py", "cli/none.py", "gone.py"]


@read
def test_every_link_of_a_document_has_a_target(document: Path) -> None:
    made = {*COPIED, *MADE} if document.parent.name == "docs" else set()  # pages of the site only
    for target in re.findall(r"\]\(([^)#]+)", document.read_text("utf-8")):
        assert "://" in target or target in made or (document.parent / target).exists(), target


@read
def test_every_module_that_a_document_names_exists(document: Path) -> None:
    for name in re.findall(r"\bevaluation(?:\.(?!md\b)[a-z_]+)+", document.read_text("utf-8")):
        module = ROOT.joinpath(*name.split("."))
        assert module.is_dir() or module.with_suffix(".py").is_file(), name


@read
def test_every_target_of_make_that_a_document_names_exists(document: Path) -> None:
    rules = "\n".join((ROOT / name).read_text("utf-8") for name in ("Makefile", "experiments.mk"))
    targets = set(re.findall(r"^([\w/-]+%?):", rules, re.MULTILINE))
    for code in code_in(document.read_text("utf-8")):
        for command in re.findall(r"^make (.*)", code, re.MULTILINE):
            for word in (word for word in command.split() if "=" not in word):
                assert any(re.fullmatch(target.replace("%", ".+"), word) for target in targets), f"make {command}"


def test_every_extra_that_a_file_names_is_in_the_project_file() -> None:
    """In documents, messages and help pages, and where the code asks for a library."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"].keys()
    files = [*ROOT.glob("*.*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*")), ROOT / "Makefile"]
    named = {}
    for path in files:
        if path.name == "Makefile" or (path.is_file() and path.suffix in (".py", ".md", ".toml", ".mk")):
            names = [match[1] for match in EXTRA.finditer(path.read_text("utf-8"))]
            named.update(dict.fromkeys(",".join(names).split(","), path.relative_to(ROOT)) if names else {})
    assert {"eval", "files", "train"} <= named.keys()
    assert {name: path for name, path in named.items() if name not in extras} == {}
