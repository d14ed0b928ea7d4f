"""Write a network as a folder that Hugging Face's transformers loads without hedgerow."""

from hedgerow.integrations.transformers.exporting import export_to_transformers

__all__ = ["export_to_transformers"]
