"""The option `abstain`: one threshold for all label heads, or one for each that is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Annotated

from pydantic import BeforeValidator

from hedgerow.errors import InputError
from hedgerow.head import Head


def read_thresholds(value: object) -> float | dict[str, float]:
    """Return a threshold, or thresholds by head, from a number, a text (0.8; certainty=0.8,stance=0.6) or a mapping."""
    if isinstance(value, str) and "=" in value:
        pairs = [part.partition("=") for part in value.split(",")]
        names = [name.strip() for name, _, _ in pairs]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"Head {twice[0]!r} is there twice")
        value = {name: threshold for name, (_, _, threshold) in zip(names, pairs, strict=True)}
    if isinstance(value, Mapping):
        if not value:
            raise ValueError("Name a head, such as certainty=0.8")
        return {str(name): _number(threshold) for name, threshold in value.items()}
    return _number(value)


def _number(value: object) -> float:
    number = None
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = None
    if number is None:
        raise ValueError("Input should be a valid number, or HEAD=NUMBER,...")
    if not isfinite(number):
        raise ValueError("Input should be a finite number")
    if not 0 <= number <= 1:
        end = "greater than or equal to 0" if number < 0 else "less than or equal to 1"
        raise ValueError(f"Input should be {end}")
    return number


Thresholds = Annotated[float | dict[str, float], BeforeValidator(read_thresholds)]


def check_thresholds(thresholds: float | Mapping[str, float], heads: Sequence[Head]) -> None:
    """Raise InputError if a threshold is of something that is no label head of the model."""
    known = [head.name for head in heads if head.kind == "label"]
    by_head = thresholds if isinstance(thresholds, Mapping) else {}
    for name, threshold in by_head.items():
        if name not in known:
            listed = ", ".join(known) or "none"
            raise InputError(f"abstain {name}={threshold:g}: not a label head of the model; those are {listed}")
