"""Kill a process at a line of hedgerow.labelling, as the system kills. Run in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def lines_run(work: Callable[[], object], kill_at: int | None = None) -> int:
    """Do `work` and return how many lines of hedgerow.labelling ran; at line `kill_at` the process is killed."""
    count = 0

    def trace(frame: Any, event: str, _: object) -> Any:
        nonlocal count
        if "hedgerow/labelling" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    work()
    sys.settrace(None)
    return count


def killed(work: Callable[[], object], kill_at: int) -> bool:
    """Do `work` in a child process that is killed at line `kill_at`; return whether it was."""
    child = os.fork()
    if not child:
        lines_run(work, kill_at)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])
