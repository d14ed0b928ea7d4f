"""Train a model: a recipe in, a model folder and its scores on dev out.

python train.py model/linear/recipe.toml [--corpus FILE ...] [--measure NAME=FILE ...] [--out DIR]
                [--teacher DIR ...] [--texts FILE ...]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hedgerow.errors import HedgerowError
from hedgerow.labels import AXES
from hedgerow.report import class_table
from hedgerow.training import train


def main() -> int:
    parser = argparse.ArgumentParser(description="Train a model from a recipe.")
    parser.add_argument("recipe", type=Path, help="a TOML file, such as model/linear/recipe.toml")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="train on these files, not on the recipe's")
    parser.add_argument("--measure", type=_named, nargs="+", default=[], metavar="NAME=FILE", help="measure here too")
    parser.add_argument(
        "--teacher", type=Path, nargs="+", default=[], help="learn from these networks (NAME.run/network)"
    )
    parser.add_argument(
        "--texts", type=Path, nargs="+", default=[], help="unlabelled sentences for the teachers to score"
    )
    parser.add_argument("--out", type=Path, help="the model folder to write (default: runs/ and the recipe's folder)")
    options = parser.parse_args()
    out = options.out or Path("runs") / options.recipe.resolve().parent.name
    started = time.monotonic()
    try:
        trained = train(
            options.recipe,
            out,
            corpora=options.corpus,
            measure=dict(options.measure),
            teachers=options.teacher,
            texts=options.texts,
            say=_say(started),
        )
    except HedgerowError as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"train.py: {error.filename}: {error.strerror}; nothing was written", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("train.py: interrupted; nothing was written", file=sys.stderr)
        return 130
    if trained is None:  # one of several processes, and not the one that writes
        return 0
    for axis in AXES:
        print(f"\n{axis} on dev (95 % intervals)\n\n{class_table(trained.metrics[axis])}")
    return 0


def _named(argument: str) -> tuple[str, Path]:
    name, equals, file = argument.partition("=")
    if not (name and equals and file):
        raise argparse.ArgumentTypeError(f"{argument!r} is not NAME=FILE")
    return name, Path(file)


def _say(started: float) -> Callable[[str], None]:
    return lambda message: print(f"[{time.monotonic() - started:5.1f} s] {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
