"""Rewrite the manifest of a lexicon whose cues were changed: `python -m hedgerow.predictors.lexicon FOLDER`."""

import sys
from pathlib import Path

from hedgerow.errors import ModelError
from hedgerow.predictors.lexicon import write_manifest


def main(arguments: list[str]) -> int:
    """Write the manifest of the folder that is the only argument; return the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m hedgerow.predictors.lexicon FOLDER", file=sys.stderr)
        return 2
    try:
        path = write_manifest(Path(arguments[0]))
    except ModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{path}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
