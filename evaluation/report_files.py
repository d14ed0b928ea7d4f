"""How the measuring commands say what they measured and write it: report.json and report.md, whole or not at all."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hedgerow
from evaluation.provenance import ROOT, commit
from hedgerow import report
from hedgerow.errors import HedgerowError, InputError
from hedgerow.io.atomic import replaced_folder, sha256
from hedgerow.io.strict_json import write_json
from hedgerow.predictors.folder import find, model_hash, read_manifest

FILES = ("report.json", "report.md")

SEEN = "seen in training by"
table = report.markdown


def command(module: str, arguments: Sequence[str]) -> str:
    """The command as it was typed."""
    return shlex.join(["python", "-m", f"evaluation.{module}", *arguments])


def guarded(module: str, run: Callable[[], None]) -> int:
    """The exit code of `run`: 2, and one clear line, where what was handed in is at fault."""
    try:
        run()
    except HedgerowError as error:
        print(f"evaluation.{module}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"evaluation.{module}: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"evaluation.{module}: {error}; measuring needs more: pip install '.[eval]'", file=sys.stderr)
        return 2
    return 0


def write(out: Path, measured: Mapping[str, Any], page: str, more: Mapping[str, str] | None = None) -> None:
    """report.json, report.md and `more` files by name in the folder `out`; may replace an older report."""
    extra = dict(more or {})
    with replaced_folder(out, allowed=(*FILES, *extra)) as folder:
        write_json(folder / "report.json", measured)
        for name, text in {"report.md": page, **extra}.items():
            (folder / name).write_text(text, "utf-8")


def provenance(module: str, arguments: Sequence[str], *measured_by: str) -> dict[str, str]:
    """What every report begins with. `measured_by` are files that count beside the package, models and data."""
    return {
        "command": command(module, arguments),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit("evaluation/page.py", f"evaluation/{module}.py", *measured_by),
        "version": hedgerow.__version__,
    }


def model_entry(name: str) -> dict[str, Any]:
    """Return a model by name and hash."""
    return {"name": name, "sha256": model_hash(find(name))}


def corpus_entries(files: Sequence[Path], models: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Files by name and hash, with those of `models` that learnt from them."""
    known = {name: {part["sha256"] for part in read_manifest(find(name))["data"].get("train", [])} for name in models}
    entries = []
    for path in files:
        digest = sha256(path)
        seen = [name for name, hashes in known.items() if digest in hashes]
        entries.append({"file": short_name(path), "sha256": digest, SEEN: seen})
    return entries


def short_name(path: Path) -> str:
    """The file and its folder, which says enough of where it lay."""
    return "/".join(path.resolve().parts[-2:])


def is_own(files: Sequence[Path]) -> bool:
    """Whether all sentences of `files` are the project's own, and so may be shown."""
    return all(ROOT / "data" in path.resolve().parents for path in files)


def reject_text_inside(out: Path | None) -> None:
    """Raise InputError where sentences of others would be written into the repository."""
    # As named and as it lies: a link may lead out of the repository, or into it.
    named = Path(os.path.abspath(out or "/"))  # noqa: PTH100, resolve() follows links
    if out is not None and (named.is_relative_to(ROOT) or out.resolve().is_relative_to(ROOT)):
        raise InputError(
            f"--with-text --out {out}: sentences of others stay out of the repository; name a place outside"
        )


def head(measured: Mapping[str, Any], title: str) -> str:
    """The beginning of a page: title, command, date, commit, models and files."""
    lines = [f"# {title}\n", f"- command: `{measured['command']}`"]
    lines.append(f"- date: {measured['date']}, commit: {measured['commit']}, hedgerow {measured['version']}")
    for model in measured.get("models", ()):
        lines.append(f"- model: `{model['name']}`, sha256 {model['sha256'][:12]}")
    for part in measured.get("corpus", ()):
        seen = f"; **training data of {', '.join(part[SEEN])}**" if part[SEEN] else ""
        lines.append(f"- file: `{part['file']}` ({part['sha256'][:12]}){seen}")
    return "\n".join(lines) + "\n"


def figure(score: Mapping[str, float], *, sign: bool = False) -> str:
    """A score and its interval as they stand in a table."""
    value, low, high = (f"{score[name]:{'+' if sign else ''}.3f}" for name in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"
