"""Labelled texts in and out of annotation tools: Label Studio, doccano, Prodigy, CSV, and rows of `hedgerow label`."""

from hedgerow.corpus.exchange.annotated import Reading
from hedgerow.corpus.exchange.exporting import TOOLS, write_export
from hedgerow.corpus.exchange.importing import READERS, read_annotations
from hedgerow.corpus.exchange.items import Source, heads_of, read_items, suggest
from hedgerow.corpus.exchange.offsets import Unit

__all__ = [
    "READERS",
    "TOOLS",
    "Reading",
    "Source",
    "Unit",
    "heads_of",
    "read_annotations",
    "read_items",
    "suggest",
    "write_export",
]
