"""The wheel contains the package and the shipped models and nothing else, and works by itself."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    # Without isolation: the build requirements are installed, and nothing is downloaded.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_contains_the_package_and_the_models_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(["git", "ls-files", "hedgerow"], cwd=ROOT, capture_output=True, text=True, check=False)
    model = {
        f"hedgerow/model/{name}/{path.name}"
        for name in ("base", "finetune", "linear", "small")
        for path in (ROOT / "model" / name).iterdir()
    }
    assert model <= names
    if tracked.stdout:
        assert names == set(tracked.stdout.split()) | model
    assert {name.split("/")[0] for name in names} == {"hedgerow"}
    assert wheel.stat().st_size < 60e6


def test_the_wheel_by_itself_labels_a_sentence(wheel: Path, tmp_path: Path) -> None:
    """Unpack it in a folder of its own, away from the clone: the shipped model is found and runs."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import hedgerow; print(hedgerow.__file__, hedgerow.load().read('It may rain.')[0].certainty)"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": ""}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [str(tmp_path / "hedgerow" / "__init__.py"), "possible"]
    command = [sys.executable, "-m", "hedgerow", "label", "-"]
    ran = subprocess.run(
        command, input="It may rain.", cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert '"certainty": "possible"' in ran.stdout
