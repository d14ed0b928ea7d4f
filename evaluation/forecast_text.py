"""What a forecast says on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.report import Cell, Items, Section, Table, difference, literal, with_interval

METHOD = (
    "A power law, a - b n^-c, is fitted to the points of the table. In brackets are the 2.5th and 97.5th percentiles "
    "of a wild bootstrap, which are no 95 % intervals: on 600 simulated curves of 13 trainings they held the true "
    "score 84 to 91 % of the time and the true gain 87 to 99 %, least often on curves that rise slowly "
    "(`evaluation.components.forecast_coverage`). The score of one training scatters around the curve by the last "
    "column. Forecasts assume rows like these and a curve that stays a power law; the back-test fits the smaller sizes "
    "alone and predicts the score at the largest."
)
_GUESS = "This looks further ahead than twice the labels that were measured: take it for a guess."


def forecast_section(by_head: Mapping[str, Any]) -> Section:
    """Return the forecasts of one part: a table of those there are, the reasons for others, and the back-tests."""
    made = made_forecasts(by_head)
    texts = [
        literal(f"No forecast for {head}: {found['refused']}.") for head, found in by_head.items() if head not in made
    ]
    tables = []
    if made:
        more = next(iter(made.values()))["more"]
        header = ["head", "labels", "on the curve", f"with {more:,} more", "gain", "scatter"]
        tables.append(Table(header, [[head, *_cells(found)] for head, found in made.items()]))
    if any(found["more"] > found["largest"] for found in made.values()):
        texts.append(_GUESS)
    texts += [_tested(head, found["backtest"]) for head, found in by_head.items() if found["backtest"]]
    return Section("Forecast", level=3, parts=(*tables, *([Items(texts)] if texts else ())))


def made_forecasts(by_head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the forecasts that were not refused."""
    return {head: found for head, found in by_head.items() if "refused" not in found}


def _cells(found: Mapping[str, Any]) -> list[Cell]:
    then, gain = with_interval(found["then"]), difference(found["gain"])
    return [f"{found['largest']:,}", with_interval(found["now"]), then, gain, f"{found['scatter']:.3f}"]


def _tested(head: str, test: Mapping[str, Any]) -> str:
    predicted, measured = test["predicted"], test["measured"]
    outcome = "inside" if predicted["low"] <= measured <= predicted["high"] else "outside"
    return (
        f"Back-test of {literal(head)}: from sizes up to {test['known']:,} the curve predicts "
        f"{with_interval(predicted)}; measured {measured:.3f}, {outcome} the interval."
    )
