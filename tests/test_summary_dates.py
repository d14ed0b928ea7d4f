"""Dates are read in the forms that people use, in one way or not at all; periods are numbered without gaps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hedgerow.errors import InputError
from hedgerow.labels import AXES
from hedgerow.summary import Group, Summary, read_labelled, summarise
from hedgerow.summary.dates import Period, read_date

THIRD_OF_MAY = [
    "2024-05-03",
    " 2024-05-03 ",
    "2024-05-03T10:15:00Z",
    "2024-05-03T10:15:00.123456+02:00",
    "2024-05-03T23:30:00-05:00",  # the day of its own time zone, though it is the fourth in UTC
    "2024-05-03 10:15",
    "2024-05-03 10:15:00 UTC",
    "2024-05-03 10:15:00 +0000",
    "2024/05/03",
    "2024-W18-5",
    "20240503",
    "20240503T101500Z",
    "20240503101500",
    20240503,
    20240503101500,
    20240503.0,
    "20240503.0",  # a whole number in a column with gaps
    1714730400,
    1714730400.5,
    "1714730400",
    1714730400123,
    "1714730400123",
    "Fri, 03 May 2024 10:15:00 +0200",
    "3 May 2024 10:15:00 GMT",
    "Fri May 03 10:15:00 +0000 2024",
    "Fri May  3 10:15:00 2024",
    "Fri May 03 2024 10:15:00 GMT+0200 (Central European Summer Time)",
    "May 3, 2024",
    "Friday, May 3, 2024",
    "MAY 3 2024",
    "May 3, 2024 Friday 10:15 AM EST",
    "May 3rd, 2024 at 3:04 p.m. ET",
    "3 May 2024",
    "3 May 2024 10:15",
    "the 3rd of May, 2024",
    "03-May-2024",
    "10:00, 3 May 2024 (UTC)",
    "10:00 AM · May 3, 2024",
    "10:15 AM EST, Friday, May 3, 2024",
    "May 3, 2024 · 10:00 AM UTC",
    "May 3, 2024 | 10:00 AM",
    "May 3, 2024 at 10:00:00 AM GMT+2",
    "3 May 2024 (Friday)",
    "20240503T10:00:00",
    "20240503 10:15",
    "2024-May-03",
    "2024 May 3",
    "2024-05-03 (Friday)",
    "2024-05-03 10:00 (UTC)",
    "May 3, 2024 Friday Late Edition - Final",
    "May 3, 2024 Friday 1st Edition",
    "3 May 2024, National Edition",
    1714730400123456,
    "1714730400123456",
    1714730400123456789,
]


@pytest.mark.parametrize("value", THIRD_OF_MAY)
def test_a_day_is_read(value: object) -> None:
    assert read_date(value) == (date(2024, 5, 3), date(2024, 5, 3))


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2024-05", ("2024-05-01", "2024-05-31")),
        ("May 2024", ("2024-05-01", "2024-05-31")),
        ("Sept. 2024", ("2024-09-01", "2024-09-30")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2024", ("2024-01-01", "2024-12-31")),
        (2024, ("2024-01-01", "2024-12-31")),
        ("2024-Q2", ("2024-04-01", "2024-06-30")),
        ("Q4 2024", ("2024-10-01", "2024-12-31")),
        ("2024-W18", ("2024-04-29", "2024-05-05")),
    ],
)
def test_a_date_may_be_coarser_than_a_day(value: object, days: tuple[str, str]) -> None:
    assert read_date(value) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize(
    "value",
    [
        *("03/04/2024", "3.4.2024", "03-04-2024", "03-May-24", "240503"),  # several dates, so none is guessed
        *("2024050310", "202405031015", "2024050310150012"),  # year to hour, or seconds since 1970
        *("", "n/a", "soon", "May", "5 mai 2024", "2024-05-03 or later", "last updated May 3, 2024"),
        *("2024-02-30", "2024-13-01", "20241301", "2023-02-29", "31 June 2024", "2024-W54", "0000-00-00"),
        *("0001-01-01", "9999-12-31"),  # placeholders
        *(None, True, [2024], {"year": 2024}, -1, 0, 1e20, float("nan"), float("inf"), "1" * 5000, "٢٠٢٤-٠٥-٠٣"),
    ],
)
def test_other_values_are_no_dates(value: object) -> None:
    assert read_date(value) is None


def test_periods_are_numbered_one_after_the_other_and_named() -> None:
    names = {
        Period.YEAR: ("2019", "2020"),
        Period.QUARTER: ("2019-Q4", "2020-Q1"),
        Period.MONTH: ("2019-12", "2020-01"),
        Period.WEEK: ("2020-W53", "2021-W01"),
        Period.DAY: ("2020-02-29", "2020-03-01"),
    }
    for period, (before, after) in names.items():
        first, second = period.position(before), period.position(after)
        assert first is not None
        assert second == first + 1
        assert (period.show(first), period.show(second)) == (before, after)


@pytest.mark.parametrize(
    ("by", "name"), [("year", "2024"), ("quarter", "2024-Q2"), ("month", "2024-05"), ("week", "2024-W18")]
)
def test_a_date_has_a_period_if_it_is_not_coarser(by: str, name: str) -> None:
    assert Period(by).of("3 May 2024") == name
    assert Period.YEAR.of("2024-05") == "2024"
    assert Period.DAY.of("2024-05") is None
    assert Period.MONTH.of("2024") is None
    assert Period.MONTH.of("2024-W18") is None  # days of April and of May


def labelled(doc: str, certainty: str = "certain", **row: Any) -> dict[str, Any]:
    return {"doc": doc, "certainty": certainty, "stance": "asserted", "spans": [], "row": row}


@pytest.fixture
def rolled_up(corpus_file: Callable[..., Path]) -> Callable[..., Summary]:
    def roll_up(*rows: dict[str, Any], by: str) -> Summary:
        group = Group(by)
        return summarise(read_labelled([corpus_file(*rows)], group.columns), group)

    return roll_up


def names(summary: Summary) -> list[str]:
    return [group.name for group in summary.groups]


def test_rows_without_a_readable_date_are_a_group_at_the_end(rolled_up: Callable[..., Summary]) -> None:
    dates = ["2024-05-03", "03/04/2024", None, "", "soon", "1 June 2024", "soon", "later", "some day"]
    summary = rolled_up(*(labelled(str(number), date=date) for number, date in enumerate(dates)), by="month")
    assert names(summary) == ["2024-05", "2024-06", "(no readable date)"]
    assert [group.sentences for group in summary.groups] == [1, 1, 7]
    assert (summary.undated.sentences, summary.undated.without) == (7, 2)
    assert summary.undated.dates == ["03/04/2024", "soon", "later"]


def test_no_readable_date_at_all_does_not_stop_a_roll_up(rolled_up: Callable[..., Summary]) -> None:
    assert names(rolled_up(labelled("1", date="soon"), labelled("2", date=None), by="day")) == ["(no readable date)"]
    assert names(rolled_up(labelled("1", date=""), by="week")) == ["(no readable date)"]


def test_rows_are_grouped_by_several_keys(rolled_up: Callable[..., Summary]) -> None:
    rows = [
        labelled("1", outlet="Herald", date="2024-06-01"),
        labelled("2", outlet="Courier", date="2024-05-01"),
        labelled("3", outlet="Herald", date="May 9, 2024"),
        labelled("4", outlet="Herald", date="May 10, 2024"),
        labelled("5", outlet="Herald", date="tomorrow"),
    ]
    expected = ["2024-05, Herald", "2024-05, Courier", "2024-06, Herald", "(no readable date), Herald"]
    assert names(rolled_up(*rows, by="month,outlet")) == expected
    assert [group.value for group in rolled_up(*rows, by="outlet, month").groups][1] == ("Courier", "2024-05")
    columns = [labelled("1") | {"row": {"city, state": "Salem, Oregon", "outlet": "A"}}]
    assert names(rolled_up(*columns, by='"city, state",outlet')) == ["Salem, Oregon, A"]


def test_a_column_is_one_of_the_input_else_a_field_of_the_labelled_row(rolled_up: Callable[..., Summary]) -> None:
    rows = [labelled("1") | {"speaker": "ANNA", "copy": "x"}, labelled("2", speaker="BO") | {"speaker": "Q"}]
    assert names(rolled_up(*rows, by="speaker")) == ["ANNA", "BO"]
    assert names(rolled_up(*rows, by="row.speaker")) == ["(none)", "BO"]
    assert names(rolled_up(*rows, by="copy,certainty")) == ["(none), certain", "x, certain"]


def test_a_column_that_is_named_as_a_period_is_found_by_its_full_name(rolled_up: Callable[..., Summary]) -> None:
    rows = [labelled("1", year=2023), labelled("2", year=2024)]
    with pytest.raises(
        InputError, match=r"no row has a column 'date'; .* for the column 'year' itself write row\.year"
    ):
        rolled_up(*rows, by="year")
    assert names(rolled_up(*rows, by="row.year")) == names(rolled_up(*rows, by="year:year")) == ["2023", "2024"]


@pytest.mark.parametrize("by", ["", ",", "month,", "week:", "row.", "month,month", " "])
def test_a_grouping_without_a_name_or_with_one_twice_is_an_error(by: str) -> None:
    with pytest.raises(InputError, match="--by"):
        Group(by)


def test_every_axis_is_there_for_every_group(rolled_up: Callable[..., Summary]) -> None:
    summary = rolled_up(labelled("1", date="2024"), by="year")
    assert {one.axis for group in summary.all_groups for one in group.estimates} == set(AXES)
