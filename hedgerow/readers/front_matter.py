"""Front matter: the settings before a Markdown text, in YAML (---), TOML (+++) or JSON ({)."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

_YAML = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)?\+\+\+[ \t]*(?:\n|\Z)", re.S)
_SETTING = re.compile(
    r"(?:[\w-]+|\"[^\"\n]*\")[ \t]*:(?:\s|\Z)|#|\s*\Z"
)  # first line of YAML; before any other, "---" is a rule
_SCALAR = re.compile(r"([\w-]+)[ \t]*:[ \t]+(.*\S)")
_COMMENT = re.compile(r"\s+#.*\Z")
_SHOWN = ("title", "date", "author")  # columns of the text


def split_front_matter(text: str) -> tuple[str, dict[str, str]]:
    """Return the text after its front matter, and those of title, date and author that are simple values."""
    for pattern, parse in ((_YAML, _yaml), (_TOML, _toml)):
        match = pattern.match(text)
        settings = None if match is None else parse(match[1] or "")
        if match is not None and settings is not None:
            return text[match.end() :], _shown(settings)
    if text.startswith("{"):
        try:
            settings, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            return text, {}
        if isinstance(settings, dict) and (end == len(text) or text[end:].lstrip(" \t").startswith("\n")):
            return text[end:], _shown(settings)
    return text, {}


def _yaml(block: str) -> Mapping[str, Any] | None:
    """Return the simple values of a block of YAML, None if it is prose between two rules."""
    lines = block.splitlines()
    if lines and not _SETTING.match(lines[0]):
        return None
    found = {match[1]: match[2] for line in lines if (match := _SCALAR.fullmatch(line))}
    return {key: value for key, text in found.items() if (value := _unquoted(text)) is not None}


def _unquoted(text: str) -> str | None:
    """Return a YAML value without quotes or comment; None for a list, a mapping or a block."""
    if text[0] in "\"'":
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 and not _COMMENT.sub("", text[end + 1 :]).strip() else None
    return None if text[0] in "[{|>&*!" else _COMMENT.sub("", text)


def _toml(block: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError:
        return None


def _shown(settings: Mapping[str, Any]) -> dict[str, str]:
    values = {str(key).lower(): value for key, value in settings.items()}
    scalars = {name: values[name] for name in _SHOWN if values.get(name) not in (None, "")}
    return {name: str(value) for name, value in scalars.items() if not isinstance(value, list | dict | bool)}
