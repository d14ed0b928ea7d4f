"""The machine that speed was measured on, described without a name or a path."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hedgerow

COUNTED = ("numpy", "onnxruntime", "tokenizers", "nupunkt")


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, memory, versions; and how busy it was, for other work makes figures low."""
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        processor = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), processor)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {"hedgerow": hedgerow.__version__, **{name: version(name) for name in COUNTED}},
    }


def described(found: dict[str, Any]) -> str:
    """One line of `machine()`."""
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return (
        f"{found['processor']}, {found['cores']} cores, {found['memory_gb']} GB, {found['system']}; {versions}; "
        f"load when it began: {found['load_before']}"
    )
