"""Files in, labelled rows out: reading, labelling, writing, and what was refused."""

from hedgerow.batch.documents import Fields, Refusal, Source, Unit
from hedgerow.batch.formats import Format
from hedgerow.batch.inputs import STDIN, read_inputs
from hedgerow.batch.label import Tally, label

__all__ = ["STDIN", "Fields", "Format", "Refusal", "Source", "Tally", "Unit", "label", "read_inputs"]
