"""Several processes that train one network (torchrun): the first one writes."""

from __future__ import annotations

import os


def is_first_process() -> bool:
    """Return whether this is the only process, or the first of several."""
    return os.environ.get("RANK", "0") == "0"


def process_count() -> int:
    """Return the number of processes, which torchrun and accelerate launch set."""
    return int(os.environ.get("WORLD_SIZE", "1"))
