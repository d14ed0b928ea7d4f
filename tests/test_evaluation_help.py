"""The help pages of `python -m evaluation.NAME`: usage, defaults, exit codes and an example."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = sorted(
    ".".join(path.relative_to(ROOT / "evaluation").with_suffix("").parts).removesuffix(".__main__")
    for path in (ROOT / "evaluation").rglob("*.py")
    if "make_parser(" in path.read_text("utf-8") and path.stem != "command"
)


def test_every_command_makes_its_parser_in_one_place() -> None:
    assert len(COMMANDS) == 29
    others = {path.name for path in (ROOT / "evaluation").rglob("*.py") if "ArgumentParser(" in path.read_text("utf-8")}
    assert others == {"command.py"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_page_has_exit_codes_defaults_and_an_example(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    module = f"evaluation.{command}"
    package = (ROOT / "evaluation" / command.replace(".", "/")).is_dir()
    with pytest.raises(SystemExit) as stopped:
        import_module(f"{module}.__main__" if package else module).main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    typed = command.removesuffix(".__main__")
    assert shown.startswith(f"usage: python -m evaluation.{typed} ")
    assert "Exit codes: 0 fine, " in shown
    assert f"Example: python -m evaluation.{typed}" in shown
    assert "default: None" not in shown
    for option in re.findall(r"^  -.*(?:\n {10}.*)?", shown, re.MULTILINE):  # a long one has its help in the next line
        assert re.search(r"\S\s{2,}\S", option.strip()), f"no help: {option}"
