"""Files in, labelled rows out: reading, labelling, writing, and what was refused."""

from hedgerow.batch.documents import Fields, Refusal, Source, Unit
from hedgerow.batch.formats import Format
from hedgerow.batch.inputs import STDIN, Input, find_inputs, read_inputs
from hedgerow.batch.label import Tally, label
from hedgerow.batch.options import Options, read_options

__all__ = [
    "STDIN",
    "Fields",
    "Format",
    "Input",
    "Options",
    "Refusal",
    "Source",
    "Tally",
    "Unit",
    "find_inputs",
    "label",
    "read_inputs",
    "read_options",
]
