"""The notes that a reader of the figures needs: how intervals are made, what was not counted, what is missing."""

from __future__ import annotations

from hedgerow.io.plural import count
from hedgerow.summary.examples import MAX_EXAMPLE_GROUPS
from hedgerow.summary.groups import NO_DATE
from hedgerow.summary.intervals import FEW
from hedgerow.summary.origin import Origin
from hedgerow.summary.prevalence import BOOTSTRAP, EFFECTIVE
from hedgerow.summary.roll_up import Summary
from hedgerow.summary.timeline import gaps

MAX_GAPS = 10


def notes(summary: Summary) -> list[str]:
    """Return the notes, one or two sentences each."""
    candidates = (*_intervals(summary), *_correction(summary), *_left_out(summary), *_time(summary))
    return [note for note in candidates if note]


def _intervals(summary: Summary) -> list[str]:
    methods = sorted({one.method for group in summary.all_groups for one in group.estimates})
    if not methods:
        return ["No sentence has a label, so there is nothing to count."]
    texts = [f"Percent with 95 % intervals: {'; '.join(methods)}."]
    if BOOTSTRAP in methods:
        texts.append("Bootstrap: documents are drawn, and their variance gives the effective number for Wilson's form.")
    if EFFECTIVE in methods:
        texts.append(
            "Effective number: sentences of a document resemble each other, so they count less, by their correlation "
            f"within all documents; with fewer than {FEW} documents in all, a document counts as one sentence."
        )
    if summary.scattered:
        texts.append(
            f"The rows of {count(summary.scattered, 'document')} or more are far apart, and are counted as those of "
            "several documents, so intervals are too narrow; sort the rows by doc."
        )
    if any(group.is_few for group in summary.all_groups):
        texts.append(f"few: fewer than {FEW} documents.")
    return texts


def _correction(summary: Summary) -> list[str]:
    if not summary.corrected:
        return []
    return [
        "Corrected for the classifier's error by its confusion matrix (adjusted count); this is valid if it errs on "
        "these texts as it did on those of the report."
    ]


def _left_out(summary: Summary) -> list[str]:
    texts = []
    if any(summary.abstained.values()):
        without = ", ".join(f"{number:,} without {axis}" for axis, number in summary.abstained.items() if number)
        texts.append(f"Sentences not counted: {without} (--abstain); n counts the others.")
    if summary.pooled:
        texts.append(f"{count(summary.pooled, 'sentence')} of further values are grouped as (others).")
    if summary.pronouns:
        texts.append(f"{count(summary.pronouns, 'pronoun')} left out of the sources.")
    if not summary.examples.is_complete:
        texts.append(f"Examples are those of the first {MAX_EXAMPLE_GROUPS:,} groups.")
    if not summary.phrases_exact:
        texts.append("There are so many different cues and sources that the counts of rare ones may be low.")
    return texts


def _time(summary: Summary) -> list[str]:
    texts = []
    undated = summary.undated
    if undated.sentences:
        shown = ", ".join(map(repr, undated.dates))
        such = f", such as {shown}" if shown else ""
        absent = f"; {undated.without:,} of them have none" if undated.without else ""
        cure = "; write dates as 2024-05-03" if shown else ""
        texts.append(f"{NO_DATE}: {count(undated.sentences, 'sentence')}{such}{absent}{cure}.")
    if missing := gaps(summary):
        more = f" and {len(missing) - MAX_GAPS:,} more" if len(missing) > MAX_GAPS else ""
        texts.append(f"No documents: {', '.join(missing[:MAX_GAPS])}{more}.")
    return texts


def origin_notes(origin: Origin) -> list[str]:
    """Return what is known of the labelling: the model, the version, rejected and skipped rows."""
    if origin.model is None:
        labelled = "Which model labelled the sentences is not recorded beside the file."
    else:
        sha = f", sha256 {origin.model_hash[:12]}" if origin.model_hash else ""
        version = f", hedgerow {origin.version}" if origin.version else ""
        labelled = f"Labelled by {origin.model}{sha}{version}."
    known = [f"{origin.counts[name]:,} {name}" for name in ("rejected", "skipped") if name in origin.counts]
    rows = f"Rows of the input without labels: {', '.join(known)}." if known else "Rejected rows are not recorded."
    return [labelled, rows]
