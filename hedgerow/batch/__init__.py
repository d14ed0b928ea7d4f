"""Files in, labelled rows out: reading, labelling, writing, and what was refused."""

from hedgerow.batch.documents import Format, Refusal, Source, Unit
from hedgerow.batch.label import STDIN, Tally, label, read_inputs

__all__ = ["STDIN", "Format", "Refusal", "Source", "Tally", "Unit", "label", "read_inputs"]
