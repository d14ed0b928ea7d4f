"""The lexicon: cues with their spans, and the codebook's exceptions."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import hedgerow
from hedgerow import ModelError
from hedgerow.predictors.folder import LEXICON, read_manifest
from hedgerow.predictors.lexicon import Lexicon, load_lexicon, write_manifest
from hedgerow.predictors.lexicon.__main__ import main


def spans(text: str) -> list[tuple[str, str]]:
    spans = load_lexicon().spans(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    return [(str(span.type), span.text) for span in spans]


def labels(text: str) -> tuple[str, str]:
    (prediction,) = load_lexicon().label([text])
    return str(prediction.certainty), str(prediction.stance)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dam may have held.", ("possible", "asserted")),
        ("The dam has held.", ("certain", "asserted")),
        ("He reportedly fled.", ("probable", "distanced")),
        ("He allegedly fled.", ("possible", "distanced")),
        ("He fled, according to police.", ("certain", "attributed")),
        ("The clerk said it would probably rain.", ("probable", "attributed")),
        ("The minister denied it.", ("certain", "disputed")),
        ("The study found lead.", ("certain", "endorsed")),
        ("Will it hold?", ("uncommitted", "asserted")),
        ("It is unclear whether it may hold.", ("uncommitted", "asserted")),
        ("If it rains, the dam will break.", ("uncommitted", "asserted")),
        ("If it rains, the dam could break.", ("possible", "asserted")),
        ("He asked whether it rained.", ("uncommitted", "attributed")),
        ("“We have nothing to add.”", ("certain", "attributed")),
    ],
)
def test_labels_follow_the_cues(text: str, expected: tuple[str, str]) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It rained in the month of May.",
        "The festival opens on 3 May.",
        "As a child she could swim.",
        "The talk was about trees.",
        "She appeared on stage.",
        "He filed an insurance claim.",
        "The United States signed.",
    ],
)
def test_a_cue_word_in_another_sense_is_not_marked(text: str) -> None:
    assert spans(text) == []
    assert labels(text) == ("certain", "asserted")


def test_a_negated_hedge_closes_the_question() -> None:
    assert labels("He could not possibly have known.") == ("certain", "asserted")
    assert spans("He could not possibly have known.") == [("booster", "could not possibly")]


def test_the_longest_cue_wins_and_a_passive_includes_its_auxiliary_and_particle() -> None:
    assert spans("He is widely believed to have left.") == [("hearsay", "is widely believed to")]
    assert spans("Almost certainly it rained.") == [("epistemic", "Almost certainly")]


def test_case_and_curly_apostrophes_do_not_matter() -> None:
    assert labels("IT MAY RAIN.") == ("possible", "asserted")
    assert spans("We don’t know.") == [("condition", "don’t know")]


def test_a_cue_in_a_relative_clause_is_marked_and_not_counted() -> None:
    assert labels("The man who allegedly lied was jailed.") == ("certain", "asserted")
    assert ("hearsay", "allegedly") in spans("The man who allegedly lied was jailed.")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("It rained, according to Mara Vell.", ("source_named", "Mara Vell")),
        ("Mara Vell said it rained.", ("source_named", "Mara Vell")),
        ("The old ferryman said it rained.", ("source_unnamed", "The old ferryman")),
        ("Some experts said it rained.", ("source_vague", "Some experts")),
        ("“It rained,” said Mara Vell.", ("source_named", "Mara Vell")),
        ("She has denied it.", ("source_unnamed", "She")),
    ],
)
def test_a_plain_source_is_found_and_typed(text: str, source: tuple[str, str]) -> None:
    assert source in spans(text)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("We don't know.", ("condition", "don't know")),
        ("He's said to be rich.", ("hearsay", "'s said to")),
        ("They're believed to be safe.", ("hearsay", "'re believed to")),
        ("I wouldn't go.", ("modal", "wouldn't")),
        ("It couldn't possibly fail.", ("booster", "couldn't possibly")),
        ("It isn’t clear.", ("condition", "n’t clear")),
        ("'If it rains, we stay,' he said.", ("condition", "If")),
        ("Had he known, he would go.", ("condition", "Had")),
    ],
)
def test_contractions_and_inversions_are_cues(text: str, cue: tuple[str, str]) -> None:
    assert cue in spans(text)


def test_a_denial_that_was_not_made_is_not_a_denial() -> None:
    assert labels("Nobody denied it.") == ("certain", "asserted")
    assert labels("Officials did not deny the report.") == ("uncommitted", "asserted")
    assert labels("Police have not confirmed the death.") == ("uncommitted", "asserted")


def test_could_possibly_hedges_and_could_not_possibly_does_not() -> None:
    assert labels("It could possibly rain.") == ("possible", "asserted")
    assert labels("It could see growth fall.") == ("possible", "asserted")
    assert labels("He had it.") == labels("It should be banned.") == ("certain", "asserted")
    assert labels("Nobody knows why.") == ("uncommitted", "asserted")
    assert labels("Suspects are believed to have fled.") == ("probable", "distanced")
    assert spans("The book is about a dog.") == []


@pytest.mark.parametrize("text", ["", " ", "?", "'", "…", "😀", "the", "according to"])
def test_odd_texts_are_labelled(text: str) -> None:
    expected = {"?": ("uncommitted", "asserted"), "according to": ("certain", "attributed")}
    assert labels(text) == expected.get(text, ("certain", "asserted"))


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["may ", "said ", '"said ', "may", "has ", "who ", "Ab ", "the old "])
def test_time_is_linear_in_the_length(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        started = time.process_time()
        load_lexicon().label([text])
        return time.process_time() - started

    assert seconds(256_000) < 80 * max(min(seconds(16_000) for _ in range(3)), 1e-3)


def test_every_cue_is_matched_and_every_exception_blocks_one() -> None:
    table = tomllib.loads((LEXICON / "cues.toml").read_text("utf-8"))
    without = Lexicon({**table, "cues": [group for group in table["cues"] if "type" in group]})
    for group in table["cues"]:
        for cue in group["words"]:
            text, wording = sample(cue, table["classes"])
            if "type" in group:
                assert (group["type"], wording) in spans(text), (cue, text)
            else:
                assert set(without.spans(text)) - set(load_lexicon().spans(text)), f"{cue}: blocks nothing in {text!r}"


def sample(cue: str, classes: dict[str, list[str]]) -> tuple[str, str]:
    """Return the shortest text with a cue in it, and the span of the cue; of several words the first is taken."""
    parts: dict[str, list[str]] = {"before": [], "cue": [], "after": []}
    for word in cue.split():
        if word.endswith("?") and word != "?":
            continue
        choice = word.lstrip("<>~^").split("|")[0]
        choice = classes[choice[1:]][0] if choice.startswith("@") else {"#": "7", "*": "Vell"}.get(choice, choice)
        parts["before" if word[0] == "<" else "after" if word[0] in ">~" else "cue"].append(choice)
    wording, before = (re.sub(r" (n't|'\w+)", r"\1", " ".join(parts[name])) for name in ("cue", "before"))
    if wording.startswith(("'", "n't")) and not before:
        before = "It"  # a clitic needs a word before it
    joint = "" if wording.startswith(("'", "n't")) else " "
    return f"{before}{joint}{wording} {' '.join(parts['after'])} .".lstrip(), wording


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lexicon's folder with one more modal."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("cues.toml", "hedgerow.json"):
        shutil.copyfile(LEXICON / name, folder / name)
    cues = folder / "cues.toml"
    cues.write_text(cues.read_text("utf-8").replace('words = ["may", ', 'words = ["belike", "may", '), "utf-8")
    return folder


def test_the_shipped_manifest_is_the_one_that_write_manifest_writes(tmp_path: Path) -> None:
    shutil.copyfile(LEXICON / "cues.toml", tmp_path / "cues.toml")
    written = json.loads(write_manifest(tmp_path).read_text("utf-8"))
    shipped = json.loads((LEXICON / "hedgerow.json").read_text("utf-8"))
    assert written | {"hedgerow": shipped["hedgerow"]} == shipped
    assert read_manifest(LEXICON) == shipped


def test_a_changed_lexicon_is_rejected_until_its_manifest_is_written_again(copy: Path) -> None:
    with pytest.raises(ModelError, match=r"cues\.toml: .* not the one in hedgerow\.json; if you changed it") as caught:
        hedgerow.load(copy)
    command = str(caught.value).partition("write a new manifest: python ")[2]
    ran = subprocess.run([sys.executable, *shlex.split(command)], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{copy / 'hedgerow.json'}: written\n"
    classifier = hedgerow.load(copy)
    assert classifier.name == "mine"
    assert [cue.text for cue in classifier("It will belike rain.").cues] == ["belike"]
    assert not hedgerow.load("lexicon")("It will belike rain.").cues


def test_cues_that_are_changed_again_are_read_again(copy: Path) -> None:
    write_manifest(copy)
    assert hedgerow.load(copy)("It will belike rain.").cues
    shutil.copyfile(LEXICON / "cues.toml", copy / "cues.toml")
    write_manifest(copy)
    assert not hedgerow.load(copy)("It will belike rain.").cues


def test_no_manifest_is_written_for_cues_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cues.toml").write_text("[[cues]]\n")
    with pytest.raises(ModelError, match=r"cues\.toml: not a lexicon"):
        write_manifest(tmp_path)
    assert main([str(tmp_path)]) == main([]) == 2
    assert not (tmp_path / "hedgerow.json").exists()
