"""`hedgerow view`: a labelled text to look at, as a page, a picture, or in the terminal."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from hedgerow.classifier import Classifier, load
from hedgerow.cli.option_flags import Config, named, with_options
from hedgerow.cli.progress import FileFollower, say
from hedgerow.errors import InputError
from hedgerow.io.atomic import replaced_file
from hedgerow.io.plural import count
from hedgerow.labelling.files import FileJob, label_to_writer
from hedgerow.labelling.layout import is_output, is_run
from hedgerow.labelling.options import RUN_OPTIONS, Options, read_options, reject_run_options, show_flag
from hedgerow.labelling.outputs import check_name, check_replaced
from hedgerow.readers.finding import STDIN
from hedgerow.summary import find_labelled
from hedgerow.summary.rows import READERS
from hedgerow.view.about import About, about_model, about_rows
from hedgerow.view.documents import Collector, ViewedDocument
from hedgerow.view.explaining import Explanation, explain
from hedgerow.view.labelled_rows import read_rows, read_texts_beside
from hedgerow.view.picture import check_length, write_picture
from hedgerow.view.whole_page import write_page
from hedgerow.writers.files import Writer
from hedgerow.writers.terminal import TerminalWriter

Inputs = Annotated[
    list[Path],
    typer.Argument(
        help="Texts as for hedgerow label, or files and runs that it wrote; - is standard input.",
        parser=named,
        metavar="INPUTS...",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        parser=named,
        metavar="FILE",
        help="The page (.html), or a picture of at most 20 sentences (.svg); - is a page on standard output.",
        show_default="INPUT.view.html in the current folder",
    ),
]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Open what was written, if there is a desktop.")]
Terminal = Annotated[bool, typer.Option("--terminal", help="Print a table instead of writing a page.")]
Explain = Annotated[
    list[int] | None,
    typer.Option(
        "--explain", help="Show why sentence N has its labels; may be repeated.", metavar="N", show_default="none"
    ),
]

PICTURE = ".svg"


class ThemeName(StrEnum):
    """The themes of a picture."""

    LIGHT = "light"
    DARK = "dark"


Theme = Annotated[
    ThemeName | None,
    typer.Option("--theme", help="The theme of a picture (NAME.svg).", show_default="that of the reader's system"),
]


@dataclass(frozen=True, slots=True)
class Output:
    """How documents are shown: in the file `path` (None: a page named after the inputs), or in the `terminal`.

    `is_opened` is whether a browser shows the file, `explained` are the numbers of sentences to explain, and `theme` is
    that of a picture.
    """

    path: Path | None = None
    is_opened: bool = False
    terminal: bool = False
    explained: tuple[int, ...] = ()
    theme: str | None = None

    @property
    def is_picture(self) -> bool:
        """Whether the file is a picture."""
        return self.path is not None and self.path.suffix.lower() == PICTURE


def view(
    inputs: Inputs,
    out: Out = None,
    open_: Open = True,
    terminal: Terminal = False,
    explain_: Explain = None,
    theme: Theme = None,
    config: Config = None,
    **flags: Any,
) -> None:
    """Show labelled texts on one page that works without a network: shades, marks, who says what, counts.

    A name that ends in .svg gives a picture of a short text: its sentences, shaded and marked, and their labels.

    Rows that hedgerow label wrote are shown as they are; texts are labelled first.

    Exit codes: 0 fine, 1 some input was rejected, 2 wrong usage, 130 interrupted.

    Example: hedgerow view article.txt --no-open
    """
    output = Output(out, is_opened=open_, terminal=terminal, explained=tuple(explain_ or ()), theme=theme)
    raise typer.Exit(run(inputs, output, config=config, **flags))


def run(inputs: Sequence[Path], output: Output, *, config: Path | None = None, **flags: Any) -> int:
    """Show `inputs`; return the exit code, 1 if something could not be read or was rejected."""
    if output.terminal and (output.path is not None or output.explained):
        raise InputError("--terminal prints a table; leave out --terminal, or --out and --explain")
    _check_picture(output)
    output = output if output.terminal else replace(output, path=output.path or _page_name(inputs))
    labelled = [path for path in inputs if _is_labelled(path)]
    if labelled and len(labelled) < len(inputs):
        other = next(path for path in inputs if path not in labelled)
        raise InputError(f"{labelled[0]} is labelled already and {other} is not; view them in two pages")
    options = read_options(config, flags)
    if not _to_stdout(output) and output.path is not None:
        _check_page(output.path, inputs, options)
    if labelled:
        return _show_rows(labelled, output, options)
    reject_run_options(options, flags)
    return _show_texts(inputs, output, options)


def _show_texts(inputs: Sequence[Path], output: Output, options: Options) -> int:
    page = None if _to_stdout(output) else output.path
    follower = FileFollower(page, keeps_rejected=False)
    job = FileJob(tuple(inputs), page, options)
    about = about_model(options.model)
    classifier = load(options.model)
    collector = Collector(check=check_length if output.is_picture else None)
    writer: Writer = TerminalWriter() if output.terminal else collector
    with follower:
        label_to_writer(classifier, job, writer, follower.listener, collector.keep)
    documents = collector.documents
    if documents:
        _write(documents, about, output, _explanations(classifier, documents, output.explained))
    follower.summarise(classifier.name, written=bool(documents))
    if not documents and not output.terminal:
        say(f"no {'picture' if output.is_picture else 'page'} was written: there is no sentence to show")
    return follower.exit_code


def _show_rows(paths: Iterable[Path], output: Output, options: Options) -> int:
    """Show rows that were labelled before; nothing is labelled, so only --force means something here."""
    if given := sorted(options.model_fields_set - {"force"}):
        flag = show_flag(Options.model_fields[given[0]].alias or given[0])
        raise InputError(f"{flag} is for texts, and these rows are labelled already; leave it out")
    if output.explained:
        raise InputError("--explain asks the model, and these rows are labelled already; name the text instead")
    origins = [find_labelled(path) for path in paths]
    texts = {} if output.terminal else {doc: text for one in origins for doc, text in read_texts_beside(one).items()}
    collector = Collector(texts, check_length if output.is_picture else None)
    writer: Writer = TerminalWriter() if output.terminal else collector
    for origin in origins:
        for sentence in read_rows(origin):
            writer.write(sentence)
    if output.terminal:
        return 0
    if not collector.documents:
        raise InputError("no labelled sentence; name a file that hedgerow label wrote and that is not empty")
    known = {(one.model, one.model_hash, one.version) for one in origins}
    about = about_rows(*known.pop()) if len(known) == 1 else about_rows(None, None, None)
    _write(collector.documents, about, output, {})
    sentences = sum(len(document.sentences) for document in collector.documents)
    target = "" if _to_stdout(output) else f" to {output.path}"
    say(f"{count(sentences, 'labelled sentence')} of {count(len(collector.documents), 'document')}{target}")
    return 0


def _write(
    documents: Sequence[ViewedDocument], about: About, output: Output, explanations: Mapping[int, Explanation]
) -> None:
    if output.is_picture:
        page = write_picture(documents, about, output.theme)
    else:
        page = write_page(documents, about, explanations)
    if _to_stdout(output) or output.path is None:
        sys.stdout.write(page)
        return
    with replaced_file(output.path) as file:
        file.write(page)
    if output.is_opened and _has_desktop():
        webbrowser.open(output.path.resolve().as_uri())


def _explanations(
    classifier: Classifier, documents: Sequence[ViewedDocument], numbers: Iterable[int]
) -> dict[int, Explanation]:
    explained = {}
    for number in numbers:
        if len(documents) > 1:
            raise InputError("--explain: sentences are counted within one document; view one document")
        sentences = documents[0].sentences
        if not 1 <= number <= len(sentences):
            raise InputError(f"--explain {number}: the text has the sentences 1 to {len(sentences)}")
        explained[number] = explain(classifier, sentences[number - 1].prediction)
    return explained


def _is_labelled(path: Path) -> bool:
    """Return whether `path` is a run, or a file of rows that `hedgerow label` wrote."""
    if path.is_dir():
        return is_run(path)
    return path.suffix.lower() in READERS and path.is_file() and path.stat().st_size > 0 and is_output(path)


def _page_name(inputs: Sequence[Path]) -> Path:
    first = inputs[0]
    if len(inputs) > 1 or not first.name or any(mark in str(first) for mark in "*?["):
        return Path("hedgerow.view.html")
    return Path(f"{'stdin' if first == STDIN else first.stem}.view.html")


def _check_picture(output: Output) -> None:
    """Raise InputError for an option that means nothing for what is written."""
    if output.theme is not None and not output.is_picture:
        raise InputError("--theme is for a picture; name it with --out NAME.svg, or leave --theme out: a page has both")
    if output.is_picture and output.explained:
        raise InputError("--explain is for a page; name it with --out NAME.html, or leave --explain out")


def _check_page(page: Path, inputs: Iterable[Path], options: Options) -> None:
    """Raise InputError if the output has no name for one, or would replace a file that is not ours, or an input."""
    check_name(page)
    if page.suffix.lower() not in (".html", PICTURE):
        raise InputError(
            f"--out {page}: a page is an .html file; name it {page.name}.html, or - for standard output (an .svg "
            "file is a picture)"
        )
    if page.is_dir():
        raise InputError(f"--out {page}: is a folder; name a file in it")
    if any(page.resolve() == path.resolve() for path in inputs if path != STDIN):
        raise InputError(f"--out {page}: is an input too; name another file")
    check_replaced(page, force=options.force)


def _to_stdout(output: Output) -> bool:
    return output.path == Path("-")


def _has_desktop() -> bool:
    """Return whether a person sits before a desktop: output goes to a terminal, and there is a display."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command("view")(with_options(view, without=(*RUN_OPTIONS, "keep_text")))
