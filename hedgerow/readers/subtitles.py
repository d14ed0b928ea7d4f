"""Subtitles, SubRip (.srt) and WebVTT (.vtt): the words that are said, as one text, with the time of each cue.

Cues are joined, because a sentence may go over several; a pause after the end of a sentence, a dash or >> begins a
paragraph, and so does the label of a speaker ("Anna Lee:") in a file with two of them. Tags, settings, sounds in
brackets, songs, notes and styles are left out. A voice (<v Anna>) that changes becomes "Anna: ". A line that a rolling
caption repeats is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain
from typing import NamedTuple

from hedgerow.readers.input_text import InputText, Item, Rejected
from hedgerow.readers.layout import Format, Source
from hedgerow.readers.whole import read_text, rejected
from hedgerow.sentences.turns import find_turns

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,99})?\s{1,9}([^<>]{1,99})>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,299}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,299}\}|</?>")
_SOUND = re.compile(r"\[[^\[\]]{0,299}\]|\([A-Z][A-Z '’,.-]{1,99}\)|\A\s*[-–—]?\s*\([^()]*\)\s*\Z")
_SONG = re.compile("[♪♫]")
_TURN = re.compile(r"\s*(?:[-–—](?=\s|[^\s\d])|>{2,3})\s*")
# Where another person begins within a line: at a voice, and at a dash or >> after the end of a sentence.
_VOICES = re.compile(r"(?=<v[.\s])")
_TURNS = re.compile(r"(?<=[.!?…\"'”’)\]>])\s+(?=(?:<[a-z]{1,9}>)?(?:[-–—]\s?|>{2,3}\s?)[\"'“‘(\[<]?[A-ZÀ-ÖØ-Þ])")
_STOP = re.compile(r"[.!?…][\"'”’)]*\Z")
_PAUSE = 3.0  # seconds
_ROLLING = 0.05  # seconds between a cue and the next that repeats its last line
_FLASH = 0.1  # seconds that a cue is shown which only ends a rolling one


class _Cue(NamedTuple):
    start: float
    end: float
    lines: list[str]


class _Line(NamedTuple):
    """A line that is said; `turns` is whether another speaker begins."""

    text: str
    turns: bool


def read(source: Source) -> Iterator[Item]:
    """Yield what is said in the whole file as one input text with times, or why it is rejected."""
    content = read_text(source)
    if isinstance(content, Rejected):
        yield content
        return
    raw, text = content
    cues = sorted(_cues(text, source.layout.format), key=lambda cue: cue.start)
    if not cues:
        yield rejected(source, "no cue with a time such as '00:00:01,000 --> 00:00:03,000'", raw)
        return
    said, times = _join(_labelled([*_said(cues)]))
    if said:
        yield InputText(source.name, iter([said]), times=times)
    else:
        yield rejected(source, "contains no text, only sounds or empty cues", raw)


def _cues(text: str, format_: Format) -> Iterator[_Cue]:
    """Yield the cues of a file with their lines, in its order."""
    timing: re.Match[str] | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        match = _TIMING.fullmatch(line)
        if match is None:
            lines.append(line)
            continue
        if timing is not None:
            yield _cue(timing, lines, format_)
        timing, lines = match, []
    if timing is not None:
        yield _cue(timing, [*lines, ""], format_)


def _cue(timing: re.Match[str], lines: list[str], format_: Format) -> _Cue:
    """Return a cue; `lines` are those up to the next timing, the next cue's number or name among them."""
    if format_ is Format.VTT:  # a blank line ends a cue
        lines = lines[: lines.index("")] if "" in lines else lines
    elif lines and lines[-1].strip().isdigit():  # of SubRip, blank lines may be in a cue
        lines = lines[:-1]
    return _Cue(_seconds(timing.groups()[:4]), _seconds(timing.groups()[4:]), [line for line in lines if line.strip()])


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return round(whole + float(f"0.{fraction or 0}"), 3)


def _said(cues: list[_Cue]) -> Iterator[tuple[_Cue, list[_Line]]]:
    """Yield each cue with its lines that are said, without those that a rolling caption repeats."""
    last, last_end, voice = "", 0.0, ""
    for cue in cues:
        lines = []
        repeats = cue.start <= last_end + _ROLLING and (len(cue.lines) > 1 or cue.end - cue.start < _FLASH)
        for line in chain.from_iterable(map(_pieces, cue.lines)):
            speaker = _VOICE.search(line)
            said = _spoken(line)
            if not said.text or (repeats and said.text == last):
                continue
            if speaker is not None and (name := unescape(speaker[1]).strip()) != voice:
                voice = name
                said = _Line(f"{name}: {said.text}", turns=True)
            lines.append(said)
        last = lines[-1].text if lines else last
        last_end = cue.end
        if lines:
            yield cue, lines


def _pieces(line: str) -> list[str]:
    """Return what each person says in a line."""
    found = []
    for piece in _VOICES.split(line):
        found += _TURNS.split(piece) if _TURN.match(_TAG.sub("", piece)) else [piece]
    return found


def _labelled(said: list[tuple[_Cue, list[_Line]]]) -> list[tuple[_Cue, list[_Line]]]:
    """Return the lines, with a turn at each speaker's label, if two lines of the file begin with one.

    The label of a speaker who goes on in the middle of a sentence is left out.
    """
    text = "\n".join(line.text for _, lines in said for line in lines)
    labels = {turn.start: turn for turn in find_turns(text, is_transcript=True, is_last=True)[0]}
    start, count, found = 0, 0, []
    last, speaker = "", ""
    for cue, lines in said:
        found.append((cue, [*lines]))
        for number, line in enumerate(lines):
            label = labels.get(start)
            start += len(line.text) + 1
            if label is not None:
                count += 1
                goes_on = label.speaker == speaker and not line.turns and _STOP.search(last) is None
                rest = line.text[label.end - label.start :]
                found[-1][1][number] = _Line(rest, turns=False) if goes_on and rest else _Line(line.text, turns=True)
                speaker = label.speaker
            last = line.text
    return found if count > 1 else said


def _spoken(line: str) -> _Line:
    """Return a line without tags and sounds."""
    text = "" if _SONG.search(line) else _SOUND.sub(" ", unescape(_TAG.sub("", line)))
    turn = _TURN.match(text)
    return _Line(" ".join((text if turn is None else text[turn.end() :]).split()), turn is not None)


def _join(said: list[tuple[_Cue, list[_Line]]]) -> tuple[str, tuple[tuple[int, float], ...]]:
    """Return the lines as one text, and for each cue where it starts in the text, and when."""
    parts: list[str] = []
    times = []
    size, end = 0, 0.0
    for cue, lines in said:
        for number, line in enumerate(lines):
            pause = number == 0 and cue.start - end >= _PAUSE and _STOP.search(parts[-1] if parts else "") is not None
            gap = "" if not parts else "\n\n" if line.turns or pause else " "
            if number == 0:
                times.append((size + len(gap), cue.start))
            parts += [gap, line.text]
            size += len(gap) + len(line.text)
        end = cue.end
    return "".join(parts), tuple(times)
