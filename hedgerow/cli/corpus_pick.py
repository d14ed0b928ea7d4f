"""`hedgerow corpus pick`: what to label next."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hedgerow.errors import InputError

if TYPE_CHECKING:
    from hedgerow.corpus.exchange.items import Item


class By(StrEnum):
    """What is picked first."""

    MARGIN = "margin"
    ENTROPY = "entropy"
    DISAGREEMENT = "disagreement"
    RARE = "rare"
    RANDOM = "random"


def pick_texts(
    pool: Annotated[
        Path,
        typer.Argument(help="Texts (JSON Lines with a field text), or rows of hedgerow label.", show_default=False),
    ],
    n: Annotated[int, typer.Option("--n", min=1, help="How many texts to pick.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The picked texts (JSON Lines).")],
    by: Annotated[By, typer.Option(help="What is picked first.")] = By.MARGIN,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="The model that scores; twice for disagreement.", show_default="the pool's scores"
        ),
    ] = None,
    labelled: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A labelled corpus; nothing like its texts is picked.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws at random, and decides between equals.")] = 13,
) -> None:
    """Pick the texts of a pool that are worth most as labelled examples, without near duplicates.

    One document gives a tenth of them at most, as long as others have texts; a random draw has no such limit.

    A row of the output has "picked": true, or false if it was drawn at random: only these show how frequent a label is.

    Exit codes: 0 fine, 2 wrong usage, or an error in a file (nothing is written), 130 interrupted.

    Example: hedgerow label article.txt --out pool.csv && hedgerow corpus pick pool.csv --n 5
    --out next.jsonl
    """
    from hedgerow import corpus
    from hedgerow.corpus import exchange, picking
    from hedgerow.io.atomic import replaced_file
    from hedgerow.io.plural import count

    if out.resolve() in {path.resolve() for path in (pool, *(labelled or ()))}:
        raise InputError(f"--out {out}: is one of the files to read; name another")
    models = model or []
    _check_models(models, by)
    known = [example.text for example in corpus.load(labelled)] if labelled else []
    items = _scored(exchange.read_items(pool), models)
    picked = picking.pick(items, n, picking.By(by.value), seed=seed, known=known)
    with replaced_file(out) as target:
        for item in picked:
            row = {"id": item.id, "text": item.text, **item.fields, "picked": by is not By.RANDOM}
            target.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{out}: {count(len(picked), 'text')} of {len(items):,}")
    if len(picked) < min(n, len(items)):
        print(
            f"hedgerow: the others nearly repeat these, or texts that are labelled; {n:,} were asked for",
            file=sys.stderr,
        )


def _check_models(models: list[str], by: By) -> None:
    if models and by is By.RANDOM:
        raise InputError(f"--model {models[0]}: --by random asks no model; leave it out")
    if (len(models) != 2 and by is By.DISAGREEMENT) or (len(models) > 1 and by is not By.DISAGREEMENT):
        raise InputError(f"--model: --by {by} takes {'two models' if by is By.DISAGREEMENT else 'one model'}")
    if len(models) == 2:
        from hedgerow.predictors.folder import find, model_hash

        first, second = (model_hash(find(model)) for model in models)
        if first == second:
            raise InputError(
                f"--model {models[0]} --model {models[1]}: one model, which never disagrees with itself; name two"
            )


def _scored(items: list[Item], models: list[str]) -> list[Item]:
    """Return the items with the scores of the models; those of a second one are under "HEAD again"."""
    if not models:
        return items
    from hedgerow.classifier import load
    from hedgerow.corpus import exchange

    texts = [item.text for item in items]
    first, *others = [exchange.suggest(items, load(model).predict(texts)) for model in models]
    for second in others:
        first = [
            replace(one, scores={**one.scores, **{f"{head} again": scores for head, scores in two.scores.items()}})
            for one, two in zip(first, second, strict=True)
        ]
    return first
