"""Files: every line has its number, and nothing is ever half written."""

import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hedgerow.errors import InputError
from hedgerow.io.atomic import publish, put, replaced_file, replaced_folder
from hedgerow.io.lines import read_lines
from hedgerow.io.strict_json import parse_object
from hedgerow.io.text_checks import text_error


def test_lines_have_numbers_and_blank_ones_are_left_out() -> None:
    lines = list(read_lines(io.BytesIO(b"\xef\xbb\xbfone\r\n\n \nfour\nlast")))
    assert [(line.number, line.raw) for line in lines] == [(1, b"one"), (4, b"four"), (5, b"last")]
    assert not any(line.too_long for line in lines)


@pytest.mark.parametrize("size", [9, 10, 11, 12, 13, 3_000_000])
def test_a_line_over_the_limit_is_known_and_the_next_is_read(size: int) -> None:
    first, second = read_lines(io.BytesIO(b"x" * size + b"\r\nnext\n"), limit=10)
    assert first.too_long == (size > 10)
    assert len(first.raw) <= 10
    assert (second.number, second.raw) == (2, b"next")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"text": "\xff"}', "invalid UTF-8 (byte 0xff at byte 10)"),
        (b'{"text": ', "broken JSON"),
        (b"[1]", "a JSON list, not an object"),
        (b'{"text": "He \\uD83D left"}', "lone surrogate U+D83D"),
        (b'{"text": "a", "note": ["\\udc00"]}', "lone surrogate U+DC00"),
        (b'{"n": NaN}', "NaN is not JSON"),
        (b'{"n": [1e999]}', "the number 1e999 is too large"),
        (b'{"text": "a", "text": "b"}', "the key 'text' occurs twice"),
        (b'{"n": ' + b"9" * 5000 + b"}", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"text": "a"} {', "broken JSON"),
    ],
)
def test_a_line_that_is_no_json_object_is_rejected_with_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(InputError) as error:
        parse_object(raw)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "NoneType, not text"),
        (7, "int, not text"),
        (" \n", "empty"),
        ("a\0b", "NUL character at position 1"),
        ("ab\ud800", "lone surrogate U+D800"),
        ("He left.", None),
    ],
)
def test_what_forbids_a_text_is_said(text: object, reason: str | None) -> None:
    error = text_error(text, "text")
    assert error is None if reason is None else reason in str(error)


def test_a_file_that_fails_midway_leaves_the_old_one_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old")

    def fail_midway() -> None:
        with replaced_file(path) as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_midway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_fails_midway_leaves_the_old_one_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "model"
    for fails in (False, True):
        try:
            with replaced_folder(path, allowed=["weights"]) as folder:
                (folder / "weights").write_text("old" if not fails else "half")
                if fails:
                    raise RuntimeError
        except RuntimeError:
            assert fails
    assert (path / "weights").read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to("target.jsonl")
    with replaced_file(tmp_path / "link.jsonl") as file:
        file.write("new")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "target.jsonl").read_text() == "new"
    (tmp_path / "model").mkdir()
    (tmp_path / "shortcut").symlink_to("model")
    with replaced_folder(tmp_path / "shortcut", allowed=[]) as folder:
        (folder / "weights").write_text("new")
    assert (tmp_path / "model" / "weights").read_text() == "new"


def test_the_current_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is the current folder"), replaced_folder(Path(), allowed=[]):
        pass


def test_a_folder_with_files_of_someone_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(InputError, match=r"has 'thesis\.doc'"), replaced_folder(tmp_path, allowed=["weights"]):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"), replaced_folder(tmp_path / "file", allowed=[]):
        pass
    assert (tmp_path / "thesis.doc").read_text() == "precious"


def test_a_file_or_folder_has_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with replaced_file(tmp_path / "file") as file:
            file.write("new")
        with replaced_folder(tmp_path / "folder", allowed=[]):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750


def test_threads_write_files_without_changing_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The umask is of the whole process: a thread that set it would give another thread's file a wrong mode."""
    monkeypatch.setattr(os, "umask", None)

    def write(number: int) -> None:
        with replaced_file(tmp_path / f"{number % 4}.txt") as file:
            file.write("whole")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(64)))
    assert {path.read_text() for path in tmp_path.iterdir()} == {"whole"}
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("system", ["posix", "nt"])
def test_a_published_file_is_complete_and_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    (tmp_path / "a").write_text("old")
    monkeypatch.setattr("hedgerow.io.atomic.os.name", system)  # on Windows a folder is not flushed
    publish(b"new", tmp_path / "a.tmp", tmp_path / "a")
    put(tmp_path / "a", tmp_path / "b")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_bytes() == b"new"
