"""The labels in a line each, for readers who do not have the codebook (data/CODEBOOK.md, version 2)."""

from hedgerow.labels import Certainty, Stance

AXIS_DEFINITIONS = {
    "certainty": "How settled the sentence leaves its claim, whether it says that the claim is true or false.",
    "stance": "Who stands behind the claim, and how the writer treats it.",
}
DEFINITIONS: dict[Certainty | Stance, str] = {
    Certainty.CERTAIN: "The claim is presented as settled, true or false: is, did, never, will, confirmed, denied.",
    Certainty.PROBABLE: "The sentence leans one way without settling it: likely, seems, suggests, is expected to.",
    Certainty.POSSIBLE: "The claim may or may not be so: may, might, could, perhaps, allegedly.",
    Certainty.UNCOMMITTED: "No commitment either way: a question, an open issue, a hypothetical case, an order.",
    Stance.ASSERTED: "The claim is in the writer's own voice, hedged or not.",
    Stance.ATTRIBUTED: "The claim is credited to a source, neutrally: said, told, according to, a quotation.",
    Stance.ENDORSED: "The claim is credited to a source in words that take it as true: pointed out, admitted, found.",
    Stance.DISTANCED: "The claim is passed on without endorsement: reportedly, allegedly, claims, so-called.",
    Stance.DISPUTED: "The writer or a source rejects the claim: denied, dismissed, no evidence that, a myth.",
}
