"""Check what would be released: build it, install it in an empty environment, and read what goes with it.

    make release-check   # needs the package index; writes dist/ and dist/licences.txt

The checks stop at the first that fails; the exit code is then 1.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.request import urlopen

from hedgerow.version import __version__

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
MAX_BYTES = 60_000_000  # of the wheel
RUN_TIME_EXTRAS = "files,serve"  # what users of the shipped models install
# Licences that may be required at run time, as metadata names them. A package may be under one of several.
ALLOWED = re.compile(
    r"apache|cnri|bsd|\bmit\b|mozilla|mpl-2|\bisc\b|psf|python software foundation|unlicense|zlib|0bsd|cc0|hpnd|lgpl|"
    r"lesser general public",
    re.IGNORECASE,
)
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})"),
    "a token of PyPI": re.compile(r"\bpypi-[A-Za-z0-9_-]{40,}"),
    "a token of Hugging Face": re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    "a token of Slack": re.compile(r"\bxox[abpr]-[A-Za-z0-9-]{20,}"),
    "a key of an API": re.compile(r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}"),
    "a password in an address": re.compile(r"://[^\s/:@{}$<]+:[^\s/:@{}$<]{6,}@"),
}


class CheckError(Exception):
    """A check failed; the message says what, where, and what to do."""


def main() -> int:
    """Run every check; return the exit code."""
    checks: dict[str, Callable[[], str]] = {
        "version": check_version,
        "secrets": check_secrets,
        "citation": check_citation,
        "build": build,
        "metadata": check_metadata,
        "size": check_size,
        "install": check_installed,
    }
    for name, check in checks.items():
        try:
            print(f"{name:10} {check()}", flush=True)
        except CheckError as error:
            print(f"{name:10} failed: {error}", file=sys.stderr)
            return 1
    return 0


def check_version() -> str:
    """Compare the version with that of the citation and the changelog."""
    return compare_versions(
        __version__, (ROOT / "CITATION.cff").read_text("utf-8"), (ROOT / "CHANGELOG.md").read_text("utf-8")
    )


def compare_versions(version: str, citation: str, changelog: str) -> str:
    """Raise CheckError if the citation or the changelog has no such version."""
    cited = re.search(r"^version: (\S+)$", citation, re.MULTILINE)
    if cited is None or cited[1] != version:
        raise CheckError(f"CITATION.cff: version {cited[1] if cited else 'missing'}; hedgerow/version.py has {version}")
    entry = re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
    if entry is None:
        raise CheckError(f"CHANGELOG.md: no entry '## [{version}] - DATE'; write one")
    waiting = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## )", changelog, re.MULTILINE | re.DOTALL)
    lines = len(re.findall(r"^- ", waiting[1], re.MULTILINE)) if waiting else 0
    note = f"; {lines} changes are under [Unreleased]: to release them, give them a version" if lines else ""
    return f"{version}, cited, with an entry in the changelog{note}"


def check_secrets() -> str:
    """Look for keys, tokens and passwords in every file that git knows."""
    names = _run("git", "ls-files", "-z").split("\0")
    paths = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    if found := list(find_secrets(paths)):
        raise CheckError("; ".join(found) + "; remove it from the history, and revoke it")
    return f"none in {len(paths):,} files"


def find_secrets(paths: Iterable[Path]) -> Iterator[str]:
    """Yield the file, the line and the kind of everything that looks like a secret."""
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content[:8192]:  # not a text
            continue
        text = content.decode("utf-8", "ignore")
        for kind, pattern in SECRETS.items():
            for found in pattern.finditer(text):
                yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {kind}"


def check_citation() -> str:
    """Check CITATION.cff by the schema of the Citation File Format."""
    schema = ("--builtin-schema", "vendor.citation-file-format")
    _run(sys.executable, "-m", "check_jsonschema", *schema, "CITATION.cff")
    return "CITATION.cff follows its schema"


def build() -> str:
    """Build the source archive, and the wheel from it."""
    for old in (*DIST.glob("*.whl"), *DIST.glob("*.tar.gz")):
        old.unlink()
    _run(sys.executable, "-m", "build", "--outdir", str(DIST))
    return ", ".join(path.name for path in sorted(DIST.glob("hedgerow-*")))


def check_metadata() -> str:
    """Check what the package index would show."""
    _run(sys.executable, "-m", "twine", "check", "--strict", *map(str, DIST.glob("hedgerow-*")))
    return "twine check passed"


def check_size() -> str:
    """Compare the size of the wheel with the limit."""
    size = _wheel().stat().st_size
    if size > MAX_BYTES:
        raise CheckError(f"{_wheel().name}: {size / 1e6:.1f} MB, over {MAX_BYTES / 1e6:.0f} MB")
    return f"wheel {size / 1e6:.1f} MB, under {MAX_BYTES / 1e6:.0f} MB"


def check_installed() -> str:
    """Install the wheel in an empty environment, label a sentence there, and list the licences of what came along."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder, "environment")
        _run(sys.executable, "-m", "venv", str(environment))
        python = str(environment / "bin" / "python")
        install = (python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
        _run(*install, str(_wheel()), cwd=folder)
        _run(python, "-m", "pip", "check", cwd=folder)
        smoke_test(environment / "bin" / "hedgerow", Path(folder))
        _run(*install, f"{_wheel()}[{RUN_TIME_EXTRAS}]", cwd=folder)
        _run(python, "-m", "pip", "check", cwd=folder)
        page_test(environment / "bin" / "hedgerow", Path(folder))
        listed = _run(sys.executable, "-m", "piplicenses", "--python", python, "--format", "json", "--from", "mixed")
    licences = {str(row["Name"]): str(row["License"]) for row in json.loads(listed)}
    licences.pop("hedgerow", None)
    table = licence_table(licences)
    (DIST / "licences.txt").write_text(table, "utf-8")
    return f"labels a sentence, serves its page; {len(licences)} packages came along (dist/licences.txt)"


def smoke_test(command: Path, folder: Path) -> None:
    """Run the installed command in an empty folder, without the clone."""
    if (shown := _run(str(command), "--version", cwd=folder).strip()) != f"hedgerow {__version__}":
        raise CheckError(f"hedgerow --version prints {shown!r}; expected {__version__}")
    for model in ("base", "small", "linear", "lexicon"):
        row = json.loads(_run(str(command), "label", "-", "--model", model, cwd=folder, text="It may rain."))
        if row["certainty"] != "possible":
            raise CheckError(f"the installed {model} labels 'It may rain.' {row['certainty']}")


def page_test(command: Path, folder: Path) -> None:
    """Start the installed server on a free port, and read its page."""
    serve = [str(command), "serve", "--port", "0", "--model", "lexicon"]
    with subprocess.Popen(serve, cwd=folder, env=_environment(), stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        try:
            with urlopen(json.loads(line)["url"], timeout=60) as page:
                if b"<textarea" not in page.read():
                    raise CheckError("the page of the installed server has no field for a text")
        except (ValueError, KeyError, OSError) as error:
            raise CheckError(f"the installed server does not answer ({error}); it said {line.strip()!r}") from None
        finally:
            server.terminate()


def licence_table(licences: dict[str, str]) -> str:
    """Return one line a package; raise CheckError for a licence that is unknown or not allowed."""
    wrong = {name: licence for name, licence in licences.items() if not is_allowed(licence)}
    if wrong:
        listed = ", ".join(f"{name} ({licence})" for name, licence in sorted(wrong.items()))
        raise CheckError(f"licences that are unknown or not allowed: {listed}; use another package")
    width = max(map(len, licences), default=0)
    return "".join(f"{name:{width}}  {licence}\n" for name, licence in sorted(licences.items()))


def is_allowed(licence: str) -> bool:
    """Return whether one of the licences that are offered is allowed, and every one that applies."""
    offered = re.split(r"\s+OR\s+", licence.strip("() "))
    return any(all(map(ALLOWED.search, re.split(r"\s+AND\s+|;\s*", one))) for one in offered)


def _wheel() -> Path:
    (wheel,) = DIST.glob("hedgerow-*.whl")
    return wheel


def _environment() -> dict[str, str]:
    """Return the environment without what would import the clone."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _run(*command: str, cwd: str | Path = ROOT, text: str | None = None) -> str:
    """Run a command and return what it prints; raise CheckError with its last lines if it fails."""
    ran = subprocess.run(command, cwd=cwd, env=_environment(), input=text, capture_output=True, text=True, check=False)
    if ran.returncode:
        last = "\n".join((ran.stdout + ran.stderr).strip().splitlines()[-20:])
        raise CheckError(f"{' '.join(command[:4])} ... ended with {ran.returncode}:\n{last}")
    return ran.stdout


if __name__ == "__main__":
    sys.exit(main())
