"""Options that take several values in a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def repeat_options(arguments: Sequence[str], names: Collection[str]) -> list[str]:
    """Return `arguments` with `--corpus A B` written as `--corpus A --corpus B`, for the options in `names`.

    The values of an option go on until the next option. After `--`, nothing is changed.
    """
    repeated: list[str] = []
    option = ""  # the option whose values come, if it is in `names`
    for position, argument in enumerate(arguments):
        if argument == "--":
            return [*repeated, *arguments[position:]]
        if argument.startswith("-") and argument != "-":
            option = argument if argument in names else ""
        elif option and repeated[-1] != option:
            repeated.append(option)
        repeated.append(argument)
    return repeated
