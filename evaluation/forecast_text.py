"""What a forecast says, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgerow.report import difference, markdown_table, with_interval

_METHOD = (
    "Forecast: a power law, a - b n^-c, on the points above. In brackets are the 2.5th and 97.5th percentiles of a "
    "wild bootstrap, which are no 95 % intervals: on 600 simulated curves of 13 trainings they held the true score 84 "
    "to 91 % of the time and the true gain 87 to 99 %, least often on curves that rise slowly "
    "(`evaluation.components.forecast_coverage`). The score of one training scatters around the curve by the last "
    "column. Forecasts assume rows like these and a curve that stays a power law; the back-test fits the smaller sizes "
    "alone and predicts the score at the largest."
)


def forecast_text(by_axis: Mapping[str, Any]) -> str:
    """Return the forecasts of one part: a table of those there are, the reasons for others, and the back-tests."""
    rows = [[axis, *_cells(found)] for axis, found in by_axis.items() if "refused" not in found]
    lines = [f"No forecast for {axis}: {found['refused']}." for axis, found in by_axis.items() if "refused" in found]
    if rows:
        more = next(found["more"] for found in by_axis.values() if "refused" not in found)
        header = ["axis", "labels", "on the curve", f"with {more:,} more", "gain", "scatter"]
        lines = [_METHOD, markdown_table(header, rows), *lines]
        if any(found["more"] > found["largest"] for found in by_axis.values() if "refused" not in found):
            lines.append("This looks further ahead than twice the labels that were measured: take it for a guess.")
    lines += [_tested(axis, found["backtest"]) for axis, found in by_axis.items() if found["backtest"]]
    return "\n\n".join(lines) + "\n"


def _cells(found: Mapping[str, Any]) -> list[str]:
    then, gain = with_interval(found["then"]), difference(found["gain"])
    return [f"{found['largest']:,}", with_interval(found["now"]), then, gain, f"{found['scatter']:.3f}"]


def _tested(axis: str, test: Mapping[str, Any]) -> str:
    predicted, measured = test["predicted"], test["measured"]
    outcome = "inside" if predicted["low"] <= measured <= predicted["high"] else "outside"
    return (
        f"Back-test of {axis}: from sizes up to {test['known']:,} the curve predicts {with_interval(predicted)}; measured "
        f"{measured:.3f}, {outcome} the interval."
    )
