"""One line on each label for the people who annotate; data/CODEBOOK.md has the rules."""

from __future__ import annotations

from types import MappingProxyType

from hedgerow.head import Head

QUESTIONS = MappingProxyType(
    {
        "certainty": "How settled does the sentence leave its claim, true or false alike?",
        "stance": "Who stands behind the claim, and how does the writer treat it?",
        "spans": "Mark the shortest wording of each cue and source.",
    }
)
HINTS = MappingProxyType(
    {
        "certain": "presented as settled, true or false: is, did, will, confirmed, denied",
        "probable": "leans one way: likely, probably, seems, suggests, is expected to, believes, reportedly",
        "possible": "may or may not be so: may, might, could, perhaps, allegedly, unconfirmed",
        "uncommitted": "no commitment: a question, unclear whether, if P then would Q, an order",
        "asserted": "in the writer's own voice, hedged or not",
        "attributed": "credited to a source, neutrally: said, told, according to",
        "endorsed": "credited to a source as true: confirmed, admitted, found, pointed out",
        "distanced": "passed on without endorsement: reportedly, claims, so-called, is said to",
        "disputed": "rejected by the writer or a source: denied, dismissed, no evidence that",
        "modal": "may, might, could, would, can't, should, must",
        "epistemic": "likely, probably, appears, suggests, thinks, in my view",
        "hearsay": "reportedly, allegedly, so-called, is said to, claims, rumoured",
        "attribution": "said, told, according to, wrote",
        "factive": "confirmed, acknowledged, pointed out, revealed, found",
        "denial": "denied, rejected, refuted, contrary to, no evidence",
        "approximator": "about, around, roughly, largely, somewhat, usually",
        "condition": "if, unless, whether, unclear, remains to be seen, depends",
        "booster": "clearly, certainly, of course, in fact, undoubtedly",
        "source_named": "an identified person, body or document",
        "source_unnamed": "a definite but unnamed one: a senior official, police",
        "source_vague": "an indefinite or generic one: analysts, some, critics",
    }
)
_COLOURS = (
    "#1f77b4",
    "#ff7f0e",
    "#2ca02c",
    "#d62728",
    "#9467bd",
    "#8c564b",
    "#e377c2",
    "#7f7f7f",
    "#bcbd22",
    "#17becf",
)


def hint(head: Head, label: str) -> str | None:
    """Return the line on a label; None for a head of the user's own."""
    return None if head.is_own else HINTS[label]


def question(head: Head) -> str:
    """Return the line on a head."""
    return QUESTIONS.get(head.name, head.name)


def listed(head: Head, label: str) -> str:
    """Return a label as tools with one list of all labels have it, HEAD:LABEL; a type of cue or source stays alone."""
    return label if head.kind == "span" and not head.is_own else f"{head.name}:{label}"


def colour(number: int) -> str:
    """Return one of ten colours (matplotlib's "tab10")."""
    return _COLOURS[number % len(_COLOURS)]
