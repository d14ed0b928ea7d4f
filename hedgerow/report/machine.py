"""The computer that speed was measured on, without a name or a path."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pydantic import ConfigDict

# Instructions for sums of products of 8-bit integers, as Linux names them: x86 (VNNI) and ARM.
INTEGER_PRODUCTS = ("avx512_vnni", "avx_vnni", "asimddp", "i8mm")
LIBRARIES = ("numpy", "onnxruntime", "tokenizers", "nupunkt")  # whose versions labels, scores and speed depend on


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor, cores that could be used, memory, system, and the load average before and after measuring.

    Other work on the machine makes figures lower. `integer_products` are the processor's instructions for products of
    8-bit integers; None if they are not known.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    processor: str
    cores: int
    memory_gb: float
    system: str
    integer_products: tuple[str, ...] | None = None
    load_before: float | None = None
    load_after: float | None = None

    def __str__(self) -> str:
        """Return one line about the machine."""
        loads = {"load before": self.load_before, "load after": self.load_after}
        known = "".join(f", {name} {load}" for name, load in loads.items() if load is not None)
        return f"{self.processor}{_products(self)}, {self.cores} cores, {self.memory_gb} GB, {self.system}{known}"


def this_machine() -> Machine:
    """Return the machine that this process runs on, with its load now."""
    info = _processor_info()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # bytes
    return Machine(
        processor=info.get("model name", platform.processor() or platform.machine()),
        cores=usable_cores(),
        memory_gb=round(memory / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        integer_products=_integer_products(info),
        load_before=load_average(),
    )


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that labels, scores and speed depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


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


def _integer_products(info: dict[str, str]) -> tuple[str, ...] | None:
    """Return the processor's instructions for integer products; None if it is not known."""
    flags = info.get("flags", info.get("Features"))
    return None if flags is None else tuple(name for name in INTEGER_PRODUCTS if name in flags.split())


def _products(machine: Machine) -> str:
    if machine.integer_products is None:
        return ""
    found = ", ".join(machine.integer_products)
    return f" ({found or 'no instructions for integer products, such as VNNI'})"
