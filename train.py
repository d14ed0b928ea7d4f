"""Train a model: the command `hedgerow train` in a clone that is not installed.

python train.py model/linear/recipe.toml [--corpus FILE ...] [--measure NAME=FILE ...] [--out DIR]
                [--teacher DIR ...] [--texts FILE ...]
"""

from __future__ import annotations

import sys

from hedgerow.cli.arguments import repeat_options
from hedgerow.cli.train import REPEATED, app
from hedgerow.errors import HedgerowError


def main() -> None:
    """Train; an error is one line on standard error, and exit code 2."""
    try:
        app(repeat_options(sys.argv[1:], REPEATED), prog_name="train.py")
    except HedgerowError as error:
        sys.exit(_fail(str(error)))
    except OSError as error:
        sys.exit(_fail(f"{error.filename}: {error.strerror}; no model was written"))


def _fail(message: str) -> int:
    print(f"train.py: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
