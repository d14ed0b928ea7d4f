"""Documents and sentences in a notebook, and as a page of their own: what `results` draws with."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from hedgerow.classifier import Classifier, load
from hedgerow.classifier.classifier import DEFAULT
from hedgerow.io.atomic import replaced_file
from hedgerow.results import Document, Prediction
from hedgerow.view.about import About, about_model
from hedgerow.view.documents import ViewedDocument
from hedgerow.view.fragment import write_fragment
from hedgerow.view.whole_page import write_page
from hedgerow.writers.terminal import TerminalWriter

__all__ = ["save_page", "show", "write_fragment"]


def save_page(document: Document, path: str | Path, model: str | Path | None) -> None:
    """Write the document as a page; see `Document.to_html`."""
    about = About() if model is None else about_model(model)
    with replaced_file(Path(path)) as file:
        file.write(write_page([ViewedDocument.of(document)], about))


def show(text: str | Document | Prediction, model: str | Path = DEFAULT) -> None:
    """Label a text and show it: marked and shaded in a notebook, as a table in a terminal.

    Parameters
    ----------
    text : str, Document or Prediction
        A text, or a text that a classifier has labelled.
    model : str or Path
        A shipped model's name, or a model folder; it stays loaded for the next call.

    Raises
    ------
    InputError
        If the text is blank, or holds NUL characters or lone surrogates.
    ModelError
        If there is no such model.

    Examples
    --------
    >>> import hedgerow
    >>> hedgerow.show("He reportedly may resign.", model="lexicon")
       1 possible    distanced  He [reportedly] [may] resign.
    """
    labelled = _loaded(str(model)).read(text) if isinstance(text, str) else text
    if (display := _notebook_display()) is not None:
        display(labelled)
        return
    writer = TerminalWriter()
    for sentence in ViewedDocument.of(labelled).sentences:
        writer.write(sentence)


@lru_cache(maxsize=1)
def _loaded(model: str) -> Classifier:
    return load(model)


def _notebook_display() -> Any:
    """Return what displays an object below a notebook's cell, None outside of notebooks."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return None if getattr(shell, "kernel", None) is None else sys.modules["IPython.display"].display
