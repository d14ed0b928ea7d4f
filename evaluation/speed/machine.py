"""Describe the machine that speed was measured on, without a name or a path."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hedgerow

LIBRARIES = ("numpy", "onnxruntime", "tokenizers", "nupunkt")  # whose versions decide the speed
# Instructions for sums of products of 8-bit integers, as Linux names them: x86 (VNNI) and ARM.
INTEGER_PRODUCTS = ("avx512_vnni", "avx_vnni", "asimddp", "i8mm")


def this_machine() -> dict[str, Any]:
    """Return processor, usable cores, memory, versions, and the load before: other work makes figures lower."""
    processor = platform.processor() or platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # bytes
    info = _processor_info()
    return {
        "processor": info.get("model name", processor),
        "integer_products": _integer_products(info),
        "cores": usable_cores(),
        "memory_gb": round(memory / 2**30, 1),
        "load_before": load_average(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {"hedgerow": hedgerow.__version__, **{name: version(name) for name in LIBRARIES}},
    }


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_average() -> float:
    """Return the processes that ran or waited to run, on average over the last minute."""
    return round(os.getloadavg()[0], 1)


def _processor_info() -> dict[str, str]:
    """Return what Linux says of the first core; nothing on another system."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    pairs = (line.partition(":") for line in path.read_text("utf-8").partition("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _integer_products(info: dict[str, str]) -> list[str] | None:
    """Return the processor's instructions for integer products; None if it is not known."""
    flags = info.get("flags", info.get("Features"))
    return None if flags is None else [name for name in INTEGER_PRODUCTS if name in flags.split()]


def describe(machine: dict[str, Any]) -> str:
    """Return one line about a machine; figures that an older report lacks are left out."""
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    loads = [f"load {when}: {machine[f'load_{when}']}" for when in ("before", "after") if f"load_{when}" in machine]
    return (
        f"{machine['processor']}{_shown_products(machine)}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}; {versions}; {', '.join(loads)}"
    )


def _shown_products(machine: dict[str, Any]) -> str:
    found = machine.get("integer_products")
    if found is None:
        return ""
    return f" ({', '.join(found)})" if found else " (no instructions for integer products, such as VNNI)"
