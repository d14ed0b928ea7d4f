"""`hedgerow evaluate`: measure a model on labelled files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

REPEATED = ("--corpus", "--where")  # options that take several values in a row

Corpus = Annotated[
    list[Path], typer.Option("--corpus", metavar="FILE...", help="Labelled files (JSON Lines), measured together.")
]
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help="The folder for the report; an older report is replaced.")
]
Model = Annotated[str, typer.Option(help="The name of a shipped model (see hedgerow models), or a model folder.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD=VALUE...",
        help="Measure only rows with this value, such as picked=false. Files without the field are kept whole.",
        show_default="all rows",
    ),
]
WithText = Annotated[
    bool, typer.Option("--with-text", help="Show the sentences of mistakes; without it only ids and offsets.")
]


def evaluate(corpus: Corpus, out: Out, model: Model = "base", where: Where = None, with_text: WithText = False) -> None:
    """Measure a model on a labelled corpus, and write a report.

    Writes report.json, report.md and report.html: scores of every label with
    95 % intervals, the confusion matrix, calibration, abstaining, spans, slices,
    and the gain over the baselines linear, lexicon and majority.

    Needs the extra eval.

    Exit codes: 0 measured; 2 wrong usage, a broken corpus or model, or a missing
    library, and nothing was written; 130 interrupted.

    Example: hedgerow evaluate --model linear --corpus data/corpus/test.jsonl --out runs/linear-test
    """
    from hedgerow.corpus.selecting import CorpusPart, parse_conditions
    from hedgerow.measuring.measurement import evaluate_to_folder
    from hedgerow.report.provenance import shown_command

    options = {"model": model, "corpus": corpus, "out": out, "where": where, "with_text": with_text}
    part = CorpusPart(corpus, parse_conditions(where or ()))
    command = shown_command(["hedgerow", "evaluate"], options)
    print(evaluate_to_folder(model, part, out, command=command, with_text=with_text))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("evaluate")(evaluate)
