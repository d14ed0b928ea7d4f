"""Label Studio: read its JSON and JSON-MIN exports.

A task has its text in "data", and in "annotations" the work of each annotator, a list of results: {"from_name": the
control, "type": "choices" or "labels", "value": {"choices": [...]} or {"start", "end", "text", "labels": [...]}}.
JSON-MIN is one flat object for each annotation, with the controls as keys.

Since 2022 Label Studio counts code points (label-studio-frontend, pull request 308), before that UTF-16 code units. The
marked words tell which: an offset is read in the unit in which it gives these words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hedgerow.corpus.exchange.annotated import (
    Annotated,
    Choice,
    KeptHeads,
    Lost,
    Mark,
    Reading,
    Skipped,
    kept_fields,
    kept_heads,
    listed,
    objects_in,
    offsets_in,
)
from hedgerow.corpus.exchange.objects import fault, read_objects
from hedgerow.corpus.exchange.offsets import Unit
from hedgerow.corpus.exchange.resolving import plain_label
from hedgerow.corpus.rows import RowError
from hedgerow.errors import InputError
from hedgerow.labels import AXES, SPANS, SpanType

Results = Sequence[Mapping[str, Any]]
_MINIMAL = frozenset({"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"})
_AGAIN = "export the project again, as JSON"
# What a control of this type says, as a field of the row: the key of its value.
_FIELDS = {"textarea": "text", "rating": "rating", "number": "number", "datetime": "datetime"}


def read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | Lost | RowError]:
    """Yield the annotations of an export, one for each annotator of a text.

    A task that is not of our export does not say what its project asks for: one with a mark of the codebook asks for
    its spans.
    """
    found = list(_read(path, reading))
    items = [one for one in found if isinstance(one, Annotated)]
    asks = any(_is_of_codebook(mark) for one in items for mark in one.marks)
    has_choices = any(one.choices for one in items)
    for one in found:
        if not isinstance(one, Annotated):
            yield one
        elif not one.choices and not one.marks and not one.kept.spans and (has_choices or not asks):
            yield Skipped("without labels")
        else:
            yield replace(one, asked=(SPANS,)) if asks and one.kept == KeptHeads() else one


def _is_of_codebook(mark: Mark) -> bool:
    return mark.head == SPANS or plain_label(mark.label) in set(SpanType)


def _read(path: Path, reading: Reading) -> Iterator[Annotated | Skipped | Lost | RowError]:
    for found in read_objects(path):
        if isinstance(found, RowError):
            yield found
            continue
        place, task = found
        if "id" in task and task["id"] is not None:
            place = f"{place} (id {task['id']})"
        try:
            yield from _task(task, place, path.stem, reading)
        except InputError as error:
            yield fault(place, str(error))


def _task(task: Mapping[str, Any], place: str, stem: str, reading: Reading) -> Iterator[Annotated | Skipped | Lost]:
    number = f"{stem}-{task.get('id') or place.rpartition(' ')[2]}"
    if isinstance(task.get("data"), Mapping):
        data = task["data"]
        results = _work(task, reading.annotator)
        if isinstance(results, Skipped):
            yield results
            return
    elif "annotation_id" in task or "annotator" in task:
        if reading.annotator is not None and not _is_by(task.get("annotator"), reading.annotator):
            yield Skipped("of other annotators")
            return
        results, data = [_minimal_results(task)], {name: task[name] for name in task.keys() - _MINIMAL}
        controls = {result["from_name"] for result in results[0]}
        data = {name: value for name, value in data.items() if name not in controls}
    else:
        raise InputError(f"not a task of Label Studio (it has {', '.join(task) or 'nothing'}); {_AGAIN}")
    text = _text(data, reading.text_field)
    fields = kept_fields(data, frozenset({reading.text_field}))
    for work in results:
        kept = kept_heads(data) or KeptHeads()
        yield from _annotated(Annotated(place, text, (), (), kept.spans, fields, number, kept=kept), work, reading)


def _text(data: Mapping[str, Any], name: str) -> str:
    if not isinstance(text := data.get(name), str):
        hint = f"it has {', '.join(data)}: name the field with the text, --text-field NAME"
        raise InputError(f"no text in the field {name!r} of the task's data; {hint}")
    return text


def _work(task: Mapping[str, Any], annotator: str | None) -> list[Results] | Skipped:
    """Return the results of each finished annotation, only of the ground truth if one is marked."""
    everything = objects_in(task, "annotations" if "annotations" in task else "completions", _AGAIN)
    finished = [one for one in everything if not one.get("was_cancelled")]
    if annotator is not None:
        finished = [one for one in finished if _is_by(one.get("completed_by"), annotator)]
        if not finished and everything:
            return Skipped("of other annotators")
    if not finished:
        return Skipped("passed over in the tool" if everything else "without labels")
    chosen = [one for one in finished if one.get("ground_truth")] or finished
    return [objects_in(one, "result", _AGAIN) for one in chosen]


def _is_by(who: Any, annotator: str) -> bool:
    names = who.values() if isinstance(who, Mapping) else [who]
    return annotator in {str(name) for name in names}


def _annotated(item: Annotated, results: Results, reading: Reading) -> Iterator[Annotated | Lost]:
    choices: list[Choice] = []
    marks: list[Mark] = []
    fields = dict(item.fields)
    for result in results:
        value, kind, control = result.get("value"), str(result.get("type")), str(result.get("from_name"))
        if kind == "relation" or not isinstance(value, Mapping):
            yield Lost("relations" if kind == "relation" else f"results of the type {kind!r}")
        elif kind == "choices" and "start" in value:
            yield Lost("choices of a span")
        elif kind == "choices":
            choices += [Choice(str(label), control) for label in listed(value, "choices", _AGAIN)]
        elif kind in ("labels", "hypertextlabels"):
            marks += [_mark(value, str(label), control) for label in listed(value, kind, _AGAIN)]
        elif kind in _FIELDS:
            content = value.get(_FIELDS[kind])
            fields[control] = "\n".join(map(str, content)) if isinstance(content, list) else content
        else:
            yield Lost(f"results of the type {kind!r}")
    units = reading.units(Unit.CODE_POINTS, Unit.UTF_16)
    yield replace(item, choices=tuple(choices), marks=tuple(marks), fields=fields, units=units)


def _mark(value: Mapping[str, Any], label: str, control: str) -> Mark:
    offsets = value.get("globalOffsets")
    start, end = offsets_in(
        offsets if isinstance(offsets, Mapping) else value, "mark plain text, with the control <Text>"
    )
    words = value.get("text")
    return Mark(start, end, label, control, words if isinstance(words, str) else None)


def _minimal_results(task: Mapping[str, Any]) -> Results:
    """Return what a flat object of JSON-MIN says, as the results of an annotation."""
    results: list[dict[str, Any]] = []
    for name in task.keys() - _MINIMAL:
        value = task[name]
        if isinstance(value, list) and value and all(isinstance(one, Mapping) and "labels" in one for one in value):
            results += [{"from_name": name, "type": "labels", "value": one} for one in value]
        elif isinstance(value, Mapping) and isinstance(value.get("choices"), list):
            results.append({"from_name": name, "type": "choices", "value": value})
        elif isinstance(value, str) and name in AXES:
            results.append({"from_name": name, "type": "choices", "value": {"choices": [value]}})
    return results
