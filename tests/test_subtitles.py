"""Subtitles: what is said is one text, joined over cues, with the time of each cue."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest

from hedgerow.readers.formats import read_texts
from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Layout, Source

SRT = """1
00:00:01,000 --> 00:00:03,000
The mayor said the bridge

2
00:00:03,000 --> 00:00:05,500
may close in May.

3
00:00:06,000 --> 00:00:08,000 X1:10 X2:20
<i>Critics reportedly</i>
{\\an8}objected.

4
00:01:06,000 --> 00:01:08,000
[MUSIC]

5
00:01:10,250 --> 00:01:12,000
- Will it rain?
- It may.
"""
VTT = """WEBVTT Kind: captions
Language: en

STYLE
::cue { color: red }

NOTE It may not be said.

intro
00:01.000 --> 00:03.000 align:start position:0%
<v Anna>The mayor said</v>

00:00:03.000 --> 00:00:05.000
<v.loud Anna>the bridge <c.yellow>may</c> close &amp; fall.

2
00:00:06.000 --> 00:00:08.000
<v Bob><00:00:06.000>Perhaps<00:00:07.000> not.</v>
♪ It may be love ♪
"""
ROLLING = """WEBVTT

00:00:00.000 --> 00:00:02.000 align:start
so<00:00:00.500><c> it</c><c> may</c>

00:00:02.000 --> 00:00:02.010
so it may

00:00:02.010 --> 00:00:04.000
so it may
rain<c> today</c>

00:00:04.000 --> 00:00:04.010
rain today

00:00:04.010 --> 00:00:06.000
rain today
or not
"""


def read(text: str | bytes, format_: Format = Format.SRT) -> Item:
    raw = text if isinstance(text, bytes) else text.encode()
    (item,) = read_texts(Source(io.BytesIO(raw), "a", Layout(format_)))
    return item


def said(text: str, format_: Format = Format.SRT) -> tuple[str, list[tuple[str, float]]]:
    """Return the text, and the words that begin at each time."""
    item = read(text, format_)
    assert isinstance(item, InputText), item
    whole = "".join(item.chunks)
    assert all(one < two for one, two in pairwise(start for start, _ in item.times))
    return whole, [(whole[start:].split()[0], seconds) for start, seconds in item.times]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_subrip_is_joined_over_cues(line_end: str) -> None:
    text, times = said("\ufeff" + SRT.replace("\n", line_end))
    assert (
        text == "The mayor said the bridge may close in May. Critics reportedly objected.\n\nWill it rain?\n\nIt may."
    )
    assert times == [("The", 1.0), ("may", 3.0), ("Critics", 6.0), ("Will", 70.25)]


def test_webvtt_is_joined_and_a_new_voice_is_named() -> None:
    text, times = said(VTT, Format.VTT)
    assert text == "Anna: The mayor said the bridge may close & fall.\n\nBob: Perhaps not."
    assert times == [("Anna:", 1.0), ("the", 3.0), ("Bob:", 6.0)]


def test_a_line_that_a_rolling_caption_repeats_is_read_once() -> None:
    assert said(ROLLING, Format.VTT)[0] == "so it may rain today or not"
    twice = "1\n00:01,000 --> 00:02,000\nNo.\n\n2\n00:02,000 --> 00:03,000\nNo.\n"
    assert said(twice)[0] == "No. No."


def cues(*lines: str) -> str:
    return "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{line}\n\n" for n, line in enumerate(lines, 1))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("Anna Lee: It may rain.", "Tom Roe: No."), "Anna Lee: It may rain.\n\nTom Roe: No."),
        (("Speaker 1: It may", "rain today.", "Speaker 2: No."), "Speaker 1: It may rain today.\n\nSpeaker 2: No."),
        (("ANNA: It may.", "It rains.", "ANNA: It does."), "ANNA: It may. It rains.\n\nANNA: It does."),
        (("Anna Lee: It may", "Anna Lee: rain.", "Tom Roe: No."), "Anna Lee: It may rain.\n\nTom Roe: No."),
        (("The answer may be", "Paris: a city."), "The answer may be Paris: a city."),
        (("He said: no.", "She asked: why?"), "He said: no. She asked: why?"),
        (("- No. - Yes, maybe.",), "No.\n\nYes, maybe."),
        (("<i>-No.</i> <i>-Yes, maybe.</i>",), "No.\n\nYes, maybe."),
        ((">> No. >> Yes, maybe.",), "No.\n\nYes, maybe."),
        (("No. - Yes, maybe.",), "No. - Yes, maybe."),
        (("- It may - or may not - rain.",), "It may - or may not - rain."),
    ],
)
def test_another_speaker_begins_a_line(lines: tuple[str, ...], text: str) -> None:
    assert said(cues(*lines))[0] == text


def test_two_voices_in_a_line_of_webvtt_are_two_turns() -> None:
    line = "<v Tom>No.</v> <v Anna Lee>Yes,</v> <v Anna Lee>maybe.</v> <v.loud Tom>No.</v>"
    text = said("WEBVTT\n\n00:01.000 --> 00:02.000\n" + line + "\n", Format.VTT)[0]
    assert text == "Tom: No.\n\nAnna Lee: Yes, maybe.\n\nTom: No."


def test_cues_are_read_by_their_times_and_blank_lines_in_subrip_are_kept() -> None:
    text = "2\n00:00:05,000 --> 00:00:06,000\nmay\n\nsnow.\n\n1\n00:00:01,000 --> 00:00:02,000\nIt\n"
    assert said(text) == ("It may snow.", [("It", 1.0), ("may", 5.0)])


@pytest.mark.parametrize(
    ("line", "spoken"),
    [
        ("(APPLAUSE) It may.", "It may."),
        ("(applause)", ""),
        ("It may (and he knows it).", "It may (and he knows it)."),
        (">> It may.", "It may."),
        ("[Anna laughs] It may.", "It may."),
        ("ANNA: It may.", "ANNA: It may."),
        ("It <b>may</b> cost < 3.", "It may cost < 3."),
        ("-5 degrees may come.", "-5 degrees may come."),
        ("1984", "1984"),
    ],
)
def test_sounds_and_tags_are_left_out(line: str, spoken: str) -> None:
    first = f"1\n00:00:01,000 --> 00:00:02,000\n{line}\n\n2\n00:00:02,000 --> 00:00:03,000\nEnd.\n"
    assert " ".join(said(first)[0].split()) == f"{spoken} End.".strip()


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("It may rain.", "no cue"),
        ("WEBVTT\n\n", "no cue"),
        ("1\n00:01,000 --> 00:02,000\n[MUSIC]\n", "only sounds"),
        (b"1\n00:01,000 --> 00:02,000\ncaf\xe9\n", "invalid UTF-8"),
        ("", "empty"),
        ("1\n00:01,000 --> 00:02,000\na\0b", "NUL"),
    ],
)
def test_a_file_without_speech_is_rejected(raw: str | bytes, word: str) -> None:
    item = read(raw)
    assert isinstance(item, Rejected)
    assert word in item.reason
