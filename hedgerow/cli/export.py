"""`hedgerow export`: a network in the form of another library."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Library(StrEnum):
    """For which library a network is exported."""

    TRANSFORMERS = "transformers"


def export(
    model: Annotated[str, typer.Argument(help="A shipped network's name, or a network's folder.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write.", show_default=False)],
    library: Annotated[Library, typer.Option("--to", help="The library.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an export that is there.")] = False,
) -> None:
    r"""Export a network to Hugging Face's transformers, with its tokenizer, code, card and notice.

    It needs pip install 'hedgerow\[train]'. AutoModel.from_pretrained(DIR, trust_remote_code=True) loads it.

    Exit codes: 0 fine, 2 wrong usage, or a model that is no network (nothing is written), 130 interrupted.

    Example: hedgerow export small --to transformers runs/small-hf
    """
    from hedgerow.integrations.transformers import export_to_transformers

    assert library is Library.TRANSFORMERS
    print("\n".join(map(str, export_to_transformers(model, out, force=force))))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("export")(export)
