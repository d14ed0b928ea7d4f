"""Describe the machine that speed was measured on, without a name or a path."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hedgerow

LIBRARIES = ("numpy", "onnxruntime", "tokenizers", "nupunkt")  # whose versions decide the speed


def this_machine() -> dict[str, Any]:
    """Return processor, usable cores, memory, versions, and the load before: other work makes figures lower."""
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        processor = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), processor)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # bytes
    return {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {"hedgerow": hedgerow.__version__, **{name: version(name) for name in LIBRARIES}},
    }


def describe(machine: dict[str, Any]) -> str:
    """Return one line about a machine."""
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"{versions}; load before: {machine['load_before']}"
    )
