"""Dates as people write them, and the periods (year, quarter, month, week, day) that they fall in.

A date is read only if it can be read in one way: ISO 8601, RFC 2822, the forms of Twitter, GDELT, Nexis and Wikipedia,
seconds since 1970 (or milli-, micro- or nanoseconds), and English dates with a month's name. `03/04/2024` is not
guessed. The day is that of the date's own time zone; numbers of seconds are in UTC.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

YEARS = range(1000, 2200)  # other years are placeholders, such as 0001-01-01 and 9999-12-31
MAX_LENGTH = 100  # characters of a date
Days = tuple[date, date]  # the first and the last day that a date may mean: 2024-05 is 31 days

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {name[:length]: number for number, name in enumerate(_NAMES, 1) for length in (3, len(name))} | {"sept": 9}
_MONTH = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_ZONE = r"(?:\s*(?:z|[a-z]+/[a-z_]+|[a-z]{2,4}\b)?\s*(?:[+-]\d{1,2}(?::?\d\d)?)?(?:\s*[\[(][^\])]*[\])])?)"
_TIME = r"\d{1,2}(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:\s*[ap]\.?m\.?)?"
_CLOCK = rf"(?:,?\s*(?:at\s+|[·•|]\s*)?\d{{1,2}}[:.]\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?{_ZONE})?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
# What stands beside the day: before it "10:00 AM · ", after it "Friday", "(UTC)", "Late Edition - Final".
_BEFORE = rf"(?:\d{{1,2}}:\d\d(?::\d\d)?(?:\s*[ap]\.?m\.?)?{_ZONE}(?:,\s*|\s*[·•|]\s*|\s+))?(?:{_WEEKDAY},?\s+)?"
_NOTED = rf"(?:\s*\((?:{_WEEKDAY}|[a-z]{{2,4}})\))?"
_EDITION = r"(?:,?(?:\s+\w+){0,3}\s+edition(?:\s+-)?(?:\s+\w+){0,2})?"
_AFTER = rf"(?:,?\s*{_WEEKDAY})?{_CLOCK}{_NOTED}{_EDITION}"
_FORMS = [
    re.compile(pattern, re.I | re.A)
    for pattern in (
        rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?:(?P=mark)(?P<day>\d{{1,2}})(?:(?:t|,?\s+){_TIME}{_ZONE})?{_NOTED})?",
        rf"(?P<year>\d{{4}})(?P<mark>[-/. ]){_MONTH}(?P=mark){_DAY}{_AFTER}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)"
        rf"(?:(?:[t ]\d{{4}}|[t ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?|[t ]?\d{{6}}(?:[.,]\d+)?){_ZONE})?",
        rf"{_BEFORE}(?:the\s+)?{_DAY}(?:\s+of\s+|[\s-]+){_MONTH},?[\s-]+(?P<year>\d{{4}}){_AFTER}",
        rf"{_BEFORE}{_MONTH}\s+(?:the\s+)?{_DAY},?\s+(?P<year>\d{{4}}){_AFTER}",
        rf"(?:{_WEEKDAY},?\s+)?{_MONTH}\s+{_DAY}\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        rf"{_MONTH},?[\s-]+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})",
    )
]
_WEEK = re.compile(r"(\d{4})-?W(\d\d)(?:-?([1-7]))?", re.I | re.A)
_QUARTER = re.compile(r"(?:(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])|Q(?P<first>[1-4])[- ](?P<then>\d{4}))", re.I | re.A)
_COMPACT = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # may be year, month, day and hour: no guess
_EPOCH = re.compile(
    rf"((?!{_COMPACT}(?:\d\d){{1,5}}(?!\d))(?:\d{{9,10}}|\d{{12,13}}|\d{{15,16}}|\d{{18,19}}))(?:\.\d+)?", re.A
)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+", re.A)  # a column of whole numbers with gaps, as pandas writes it


class Period(StrEnum):
    """A unit of time. Its periods are numbered, so that the next one has the next number."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    def number(self, day: date) -> int:
        """Return the number of the period that `day` is in."""
        if self is Period.WEEK:
            return (day.toordinal() - 1) // 7  # 0001-01-01 was a Monday
        if self is Period.DAY:
            return day.toordinal()
        months = 12 * day.year + day.month - 1
        return months // {Period.YEAR: 12, Period.QUARTER: 3}.get(self, 1)

    def show(self, number: int) -> str:
        """Return the name of a period: 2024, 2024-Q2, 2024-05, 2024-W18 (ISO 8601), 2024-05-03."""
        if self is Period.YEAR:
            return f"{number:04}"
        if self is Period.QUARTER:
            return f"{number // 4:04}-Q{number % 4 + 1}"
        if self is Period.MONTH:
            return f"{number // 12:04}-{number % 12 + 1:02}"
        if self is Period.DAY:
            return date.fromordinal(number).isoformat()
        year, week, _ = date.fromordinal(7 * number + 1).isocalendar()
        return f"{year:04}-W{week:02}"

    def of(self, value: object) -> str | None:
        """Return the name of the period of a date; None if it cannot be read, or is coarser than a period."""
        if isinstance(value, str):
            return self._of(value) if len(value) <= MAX_LENGTH else None
        return self._of(value) if isinstance(value, int | float) else None

    @lru_cache(maxsize=4096)
    def _of(self, value: str | float) -> str | None:
        days = read_date(value)
        if days is None:
            return None
        first, last = map(self.number, days)
        return self.show(first) if first == last else None

    def position(self, name: str) -> int | None:
        """Return the number of the period that `show` names so, None if none is named so."""
        days = read_date(name)
        return None if days is None else self.number(days[0])


def read_date(value: object) -> Days | None:
    """Return the days that a value may mean, None if it is no date that can be read in one way."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(value.split()) if isinstance(value, str) else repr(value)
    if len(text) > MAX_LENGTH:
        return None
    whole = _WHOLE_FLOAT.fullmatch(text)
    for days in _readings(text if whole is None else whole[1]):
        if days is not None:
            return days if days[0].year in YEARS and days[1].year in YEARS else None
    return None


def _readings(text: str) -> Iterator[Days | None]:
    """Yield the days that the forms give, None for a form that does not fit."""
    for form in _FORMS:
        if (found := form.fullmatch(text)) is not None:
            yield _days(found.groupdict())
    if (found := _WEEK.fullmatch(text)) is not None:
        yield _week(int(found[1]), int(found[2]), found[3])
    if (found := _QUARTER.fullmatch(text)) is not None:
        year, quarter = int(found["year"] or found["then"]), int(found["quarter"] or found["first"])
        yield _month(year, 3 * quarter - 2)[0], _month(year, 3 * quarter)[1]
    if (found := _EPOCH.fullmatch(text)) is not None:
        unit = 1000 ** ((len(found[1]) - 10 + 2) // 3)  # seconds, milli-, micro- or nanoseconds
        day = datetime.fromtimestamp(int(found[1]) // unit, UTC).date()
        yield day, day


def _days(parts: Mapping[str, str | None]) -> Days | None:
    """Return the days of a year, month and day, of which the last ones may be missing; None if there is no such day."""
    year = int(parts["year"] or 0)
    name, number, day = parts.get("name"), parts.get("month"), parts.get("day")
    if year not in YEARS:
        return None
    if name is None and number is None:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(number) if number is not None else _MONTHS[str(name).lower()]
    if not 1 <= month <= 12:
        return None
    if day is None:
        return _month(year, month)
    if not 1 <= int(day) <= monthrange(year, month)[1]:
        return None
    return date(year, month, int(day)), date(year, month, int(day))


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _week(year: int, week: int, weekday: str | None) -> Days | None:
    try:
        first = date.fromisocalendar(year, week, int(weekday or 1))
    except ValueError:  # week 53 of a year with 52
        return None
    return first, first if weekday else first + timedelta(days=6)
