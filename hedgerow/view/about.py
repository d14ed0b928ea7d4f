"""What a page says about its labels: the model, its hash, the version, the day, and how far to trust the scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hedgerow.errors import ModelError
from hedgerow.predictors.folder import find, model_hash, read_manifest
from hedgerow.version import __version__

_UNKNOWN = "Nothing is recorded about the model, so how far its scores can be trusted is not known."
_RAW = "The scores of this model are not calibrated: do not read 90 % as nine in ten."


@dataclass(frozen=True, slots=True)
class About:
    """The model, its hash and the version that labelled, each None if it is not known; the day of the page."""

    model: str | None = None
    model_hash: str | None = None
    version: str | None = None
    made: str | None = None
    calibration: str = _UNKNOWN

    def line(self) -> str:
        """Return what is known in one line."""
        named = "labelled by a model that is not recorded" if self.model is None else f"labelled by {self.model}"
        parts = (
            f"{named} ({self.model_hash[:12]})" if self.model_hash else named,
            None if self.version is None else f"hedgerow {self.version}",
            self.made,
        )
        return ", ".join(part for part in parts if part)


def about_model(model: str | Path) -> About:
    """Return what is known about a model of this name or folder; raise ModelError if there is none."""
    folder = find(model)
    calibration = _calibration(read_manifest(folder))
    return About(folder.name, model_hash(folder), __version__, _today(), calibration)


def about_rows(model: str | None, hash_: str | None, version: str | None) -> About:
    """Return what is known about rows that were labelled before, from what their manifest says."""
    calibration = _UNKNOWN
    try:
        folder = find(model or "")
        if model_hash(folder) == hash_:
            calibration = _calibration(read_manifest(folder))
    except ModelError:  # the model is not on this machine, or is damaged: nothing more is known about it
        pass
    return About(model, hash_, version, _today(), calibration)


def _calibration(manifest: Mapping[str, Any]) -> str:
    """Return how good the scores are, by the model's manifest."""
    measured = manifest.get("calibration")
    if not measured:
        return _RAW
    heads = {name: facts for name, facts in measured.items() if isinstance(facts, Mapping) and "ece" in facts}
    if not heads:
        return _RAW
    errors = ", ".join(f"{100 * facts['ece']['after']:.1f} for {head}" for head, facts in heads.items())
    sentences = max(facts["sentences"] for facts in heads.values())
    return (
        f"The scores are calibrated. On {sentences:,} sentences of development text their calibration error is, in "
        f"percentage points, {errors}. On other kinds of text it can be larger."
    )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
