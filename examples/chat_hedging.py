"""Hedging in chat answers: how much more one assistant hedges than another, with intervals.

    python examples/chat_hedging.py [ANSWERS.jsonl]

A line of the file is one answer: `text`, and `assistant`, who gave it. Those in examples/chats.jsonl are invented. A
sentence is hedged if it is not `certain`. The sentences of an answer resemble each other, so the intervals draw
answers, not sentences.
"""

# --8<-- [start:code]
from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import hedgerow
from hedgerow.summary import Group, read_labelled, summarise

ANSWERS = Path(__file__).parent / "chats.jsonl"
HEDGED = ("probable", "possible", "uncommitted")


def main(answers: Path = ANSWERS) -> None:
    """Print the share of each certainty for both assistants, and the differences."""
    with tempfile.TemporaryDirectory() as folder:
        labelled = Path(folder, "answers.jsonl")
        hedgerow.label_files(answers, labelled, model="small")
        group = Group("assistant")
        summary = summarise(read_labelled([labelled], group.columns), group)
    for assistant in summary.groups:
        hedged = sum(one.count for one in assistant.estimates if one.label in HEDGED)
        share = hedged / assistant.sentences
        print(f"{assistant.name}: {hedged} of {assistant.sentences} sentences are hedged ({share:.0%})")
    for one in summary.differences:
        if one.axis == "certainty":
            score, clear = one.score, "  clear" if one.is_clear else ""
            interval = f"[{100 * score.low:+.0f}, {100 * score.high:+.0f}]"
            print(f"{one.first} minus {one.second}, {one.label}: {100 * score.value:+.0f} points {interval}{clear}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
