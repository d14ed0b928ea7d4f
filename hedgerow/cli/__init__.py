"""The command line: `hedgerow` and `python -m hedgerow`, one file per command."""

from hedgerow.cli.app import main

__all__ = ["main"]
