"""How many values some JSON has, before it is read: reading millions of them holds up all other requests."""

from __future__ import annotations

import re

from hedgerow.serve.problems import ApiError, invalid

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # also one without an end, so that no byte is read twice
_MARKS = (b",", b"[", b"{")


def check_values(body: bytes, most: int) -> None:
    """Raise ApiError if a body of JSON has more values, keys or lists than `most`, about."""
    if sum(map(body.count, _MARKS)) <= most:
        return
    outside, strings = _STRING.subn(b"", body, most + 1)
    if outside.count(b"[") + outside.count(b"{") > most:
        raise invalid(f"over {most:,} lists and objects of JSON; send what /openapi.json describes")
    if strings > most or outside.count(b",") > most:
        raise ApiError(413, f"over {most:,} values of JSON; send fewer at a time, or use /v1/label/stream")
