"""The command line: `hedgerow` and `python -m hedgerow`. Heavy things are imported inside the commands."""

from hedgerow.cli.main import app, main

__all__ = ["app", "main"]
