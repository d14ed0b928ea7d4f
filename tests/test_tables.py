"""Tables as people export them: delimiters, title rows, columns without a name, joined files, missing texts."""

from __future__ import annotations

import io

import pytest

from hedgerow.errors import InputError
from hedgerow.readers import table_rows
from hedgerow.readers.formats import read_texts, row_starts
from hedgerow.readers.input_text import InputText, Item, Rejected, Skipped
from hedgerow.readers.layout import Fields, Format, Layout, Source, Unit
from hedgerow.readers.missing import MISSING


def read(text: str, layout: Layout | None = None) -> list[Item]:
    layout = layout or Layout(Format.CSV)
    items = list(read_texts(Source(io.BytesIO(text.encode()), "in", layout)))
    starts = list(row_starts(Source(io.BytesIO(text.encode()), "in", layout)))
    assert sum(item.rows if isinstance(item, Rejected) else 1 for item in items) == max(len(starts), 1)
    return items


def rows(text: str, layout: Layout | None = None) -> list[tuple[str, object, dict[str, object]]]:
    """Return text, id and other fields of each row; none may be rejected."""
    items = read(text, layout)
    assert not [item for item in items if isinstance(item, Rejected)]
    return [("".join(item.chunks), item.id, dict(item.row)) for item in items if isinstance(item, InputText)]


def reasons(text: str, layout: Layout | None = None) -> list[tuple[str, int]]:
    return [(item.reason, item.rows) for item in read(text, layout) if isinstance(item, Rejected)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    table = '1,"It may, he said; rain|snow.",G\n2,Yes.,H\n'.replace('"It may, he said; rain|snow."', "@")
    text = ("id,text,outlet\n" + table).replace(",", delimiter).replace("@", '"It may, he said; rain|snow\t."')
    assert rows(text) == [("It may, he said; rain|snow\t.", "1", {"outlet": "G"}), ("Yes.", "2", {"outlet": "H"})]


def test_the_header_decides_about_the_delimiter() -> None:
    assert rows("id;text\n1;He came, saw, won\n2;and, well, left\n")[0][0] == "He came, saw, won"
    assert rows("text\nHe came, he said.\nHe left; she did not.\n")[1][0] == "He left; she did not."
    assert rows('text\n"He came, he said."\n')[0][0] == "He came, he said."


def test_a_delimiter_can_be_named() -> None:
    for name, written in (("~", "~"), ("tab", "\t"), ("\\t", "\t"), (":", ":")):
        text = "id,text\n1,It may.\n".replace(",", written)
        assert rows(text, Layout(Format.CSV, delimiter=name)) == [("It may.", "1", {})]
    for name in ('"', "::", "\n"):
        with pytest.raises(InputError, match=r"--delimiter .* not one character"):
            Layout(Format.CSV, delimiter=name)
    wrong = reasons("id;text\n1;It may.\n2;It did.\n", Layout(Format.CSV, delimiter=","))
    assert wrong == [
        ("the header has no column 'text', only 'id;text'; choose a column with --text-field, or name the delimiter"
         " with --delimiter", 2)
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_line_that_names_the_delimiter_is_no_row(line: str) -> None:
    assert rows(f"{line}\nid;text\n1;It may, perhaps.\n") == [("It may, perhaps.", "1", {})]


@pytest.mark.parametrize(
    "title",
    [
        "Factiva export,,\n,,\n",
        "Results\n\n",
        "Exported 2024-03-05,by LexisNexis\n",
        '"A title, with a comma"\nDate:,2024\n',
    ],
)
def test_title_rows_above_the_header_are_skipped_and_counted(title: str) -> None:
    text = f"{title}id,text,outlet\n1,It may.,G\n2,It did.,H\n"
    assert [row[0] for row in rows(text)] == ["It may.", "It did."]
    skipped = [item for item in read(text) if isinstance(item, Skipped)]
    assert {item.mark for item in skipped} == {"title row"}
    assert len(skipped) == len([line for line in title.splitlines() if line])


def test_a_cell_that_is_the_name_of_the_text_field_is_no_header() -> None:
    assert reasons("body,kind\nIt may.,text\nIt did.,text\n") == [
        ("the header has no column 'text', only 'body', 'kind'; did you mean --text-field 'body'?", 2)
    ]


def test_a_bad_header_is_said_once_and_all_rows_are_counted() -> None:
    ((reason, count),) = reasons("Text,n\n" + 'It may.,"1"\n' * 500)
    assert reason == "the header has no column 'text', only 'Text', 'n'; did you mean --text-field 'Text'?"
    assert count == 500
    assert reasons("text,n,n\na,b,c\nd,e,f\n")[0][1] == 2
    assert reasons("text,n\na,b\n", Layout(Format.CSV, fields=Fields(id="key")))[0][1] == 1
    long = ",".join(f"column{number}" for number in range(1000))
    assert len(reasons(f"{long}\n{long}\n")[0][0]) < 500


def test_columns_without_a_name_are_tolerated() -> None:
    assert rows(",text\n0,It may.\n") == [("It may.", None, {"column 1": "0"})]
    assert rows("id,,text\n1,,It may.\n") == [("It may.", "1", {})]
    assert rows("id,text,,\n1,It may.,,\n2,It did.\n") == [("It may.", "1", {}), ("It did.", "2", {})]
    assert rows("id,text\n1,It may.,\n") == [("It may.", "1", {})]
    assert reasons("id,text,\n1,It may,or not\n") == [
        ("3 columns, but the header has 2; quote fields that contain ','", 1)
    ]


def test_empty_rows_and_a_header_that_comes_again_are_skipped() -> None:
    text = "id,text\n1,It may.\n,\n,,,\n\n\ufeffid,text\n2,It did.\n"
    assert [row[0] for row in rows(text)] == ["It may.", "It did."]
    assert [item.mark for item in read(text) if isinstance(item, Skipped)] == ["", "", "header again"]


def test_spaces_after_delimiters_are_no_part_of_fields() -> None:
    assert rows('id, text, outlet\n1, "It may, he said.", G\n') == [("It may, he said.", "1", {"outlet": "G"})]


def test_tsv_has_no_quotes() -> None:
    layout = Layout(Format.TSV)
    assert [row[0] for row in rows('id\ttext\n1\t"We may go.\n2\tNever again"\n3\tA\\tb "c"\n', layout)] == [
        '"We may go.', 'Never again"', 'A\\tb "c"',
    ]  # fmt: skip
    quoted = 'id\ttext\n1\t"It may\nrain."\n'
    assert reasons(quoted, layout) == [
        ("1 columns, but the header has 2; if fields are quoted, read it with --as csv --delimiter tab", 1)
    ]
    assert rows(quoted, Layout(Format.CSV, delimiter="tab"))[0][0] == "It may\nrain."


@pytest.mark.parametrize("mark", [*sorted(MISSING), "NaN", "N/A", " n/a ", "[Deleted]", "NULL", "", "  ", "&nbsp;"])
def test_missing_texts_are_skipped(mark: str) -> None:
    text = f"id\ttext\n1\t{mark}\n2\tIt may.\n"
    layout = Layout(Format.TSV)
    assert [row[0] for row in rows(text, layout)] == ["It may."]
    shown = "" if mark == "&nbsp;" else mark.strip()
    assert [item for item in read(text, layout) if isinstance(item, Skipped)] == [Skipped("in", 2, shown)]
    kept = [row[0] for row in rows(text, Layout(Format.TSV, keep_missing=True))]
    assert kept == ([mark, "It may."] if shown else ["It may."])


def test_what_only_contains_a_mark_is_a_text() -> None:
    for text in ("None of them came.", "N/A today", "[removed] by him", "Nil.", "No."):
        assert rows(f"text\n{text}\n")[0][0] == text


def test_lines_of_a_text_may_be_missing_but_not_the_whole_text() -> None:
    lines = Layout(Format.TXT, Unit.SENTENCE)
    assert [row[0] for row in rows("It may.\nn/a\nIt did.\n", lines)] == ["It may.", "It did."]
    assert rows("n/a\n", Layout(Format.TXT))[0][0] == "n/a\n"


def test_entities_are_decoded_once_and_breaks_are_line_ends() -> None:
    text = "id,text\n1,It&#39;s &amp; &quot;may&quot;<br/>be. <b>&amp;amp;</b> &copy &nosuch; AT&T; &notit;<P>x\n"
    text += "2,Plain.\n"
    first, second = (item for item in read(text) if isinstance(item, InputText))
    assert "".join(first.chunks) == 'It\'s & "may"\nbe. <b>&amp;</b> &copy &nosuch; AT&T; &notit;\n\nx'
    assert (first.decoded, second.decoded) == (True, False)
    (kept, _) = rows(text, Layout(Format.CSV, keep_entities=True))
    assert kept[0].startswith("It&#39;s &amp; ")


def test_entities_of_a_plain_text_are_decoded_wherever_chunks_end() -> None:
    text = "It&#39;s <br /> so &amp; so. " * 60_000
    (item,) = read(text, Layout(Format.TXT))
    assert isinstance(item, InputText)
    assert item.decoded
    assert "".join(item.chunks) == "It's \n so & so. " * 60_000
    (item,) = read(text, Layout(Format.TXT, keep_entities=True))
    assert isinstance(item, InputText)
    assert "".join(item.chunks) == text


def test_a_role_column_chooses_rows() -> None:
    layout = Layout(Format.CSV, fields=Fields(role="assistant"))
    assert [row[0] for row in rows("role,text\nuser,Hi.\nassistant,It may.\n", layout)] == ["It may."]
    assert "leave out --role" in reasons("id,text\n1,It may.\n", layout)[0][0]


@pytest.mark.parametrize("unit", [*Unit])
def test_a_word_over_10_mb_is_rejected(unit: Unit) -> None:
    word = "x" * (11 * 2**20)
    for text in (word, f"It may rain. {word}", f"{word} It may.", f"\n{word}\nIt may."):
        rejections = reasons(text, Layout(Format.TXT, unit))
        assert "at most 10 MB a row" in rejections[0][0]
    assert not reasons(f"{word[: 9 * 2**20]} {word[: 9 * 2**20]}", Layout(Format.TXT))


def test_a_quote_over_very_many_lines_costs_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_rows, "_MAX_LINES", 10)
    items = read('id,text\n1,"It may\n' + "x,y\n" * 20)
    assert [type(item) for item in items] == [Rejected] + [InputText] * 20
    assert isinstance(items[0], Rejected)
    assert "a row over 10 MB or 10 lines, perhaps a quote that is never closed" in items[0].reason


def test_a_title_row_may_have_more_cells_than_the_header() -> None:
    items = read("Report 2024,Q1,Export,by X\nid,text\n1,It may rain.\n2,It did.\n")
    assert [type(item) for item in items] == [Skipped, InputText, InputText]
    assert reasons("body,kind,note\nIt may.,text,\nIt did.,image,\n")[0][0].startswith("the header has no column")
    assert reasons("body,kind,note\nIt may.,text\nIt did.,image\n")[0][0].endswith("did you mean --text-field 'body'?")
