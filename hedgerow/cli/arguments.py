"""Options that take several values in a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def repeat_options(arguments: Sequence[str], names: Collection[str]) -> list[str]:
    """Return `arguments` with `--corpus A B` written as `--corpus A --corpus B`, for the options in `names`."""
    repeated: list[str] = []
    option, values = "", 0
    for argument in arguments:
        if argument.startswith("-") and argument != "-":
            option, values = (argument, 0) if argument in names else ("", 0)
        elif option:
            values += 1
            if values > 1:
                repeated.append(option)
        repeated.append(argument)
    return repeated
