"""Train a model: the command `hedgerow train` in a clone that is not installed.

python train.py model/linear/recipe.toml [--corpus FILE ...] [--measure NAME=FILE ...]
                [--where NAME:FIELD=VALUE ...] [--out DIR] [--teacher PATH ...] [--texts FILE ...]
"""

from __future__ import annotations

import sys

from hedgerow.cli.app import run_command
from hedgerow.cli.arguments import repeat_options
from hedgerow.cli.train import REPEATED, app


def main() -> None:
    """Train; an error is one line on standard error, and exit code 2."""
    arguments = repeat_options(sys.argv[1:], REPEATED)
    run_command(lambda: app(arguments, prog_name="train.py", standalone_mode=False), program="train.py")


if __name__ == "__main__":
    main()
