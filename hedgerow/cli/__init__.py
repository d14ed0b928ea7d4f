"""The command line: `hedgerow` and `python -m hedgerow`. Heavy things are imported inside the commands."""

from hedgerow.cli.app import app, main

__all__ = ["app", "main"]
