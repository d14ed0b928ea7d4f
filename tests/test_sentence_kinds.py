"""Kinds of text that splitters are known to break: each with the sentences that it has."""

import pytest

from hedgerow.sentences import split, stream


def sentences(text: str, *, lines: bool = False) -> str:
    return " | ".join(" ".join(text[start:end].split()) for start, end in split(text, lines=lines))


@pytest.mark.parametrize(
    "expected",
    [
        "“Go!”, she cried. | He did.",
        '"Go!", she cried. | "Why?", he asked.',
        "‘Go!’, she cried.",
        "„Go!“, she cried. | »Why?«, he asked.",
        "``Go!'', she cried.",
        "„It is over. | We lost.“ | The inn was shut.",
        "»It is over. | We lost.« | The inn was shut.",
        "«It is over. | We lost.» | The inn was shut.",
        "She turned to him, 'This is mine.' she said.",
        "It rained.[citation needed] | It stopped.",
        "It rained.[4][when?] | It stopped.[b] | We left.[^note]",
        "It rained.¹ | It stopped.(2) | We left.†",
        "It rained.{{cn|date=May 2020}} | It stopped.<ref>Lee. p. 5.</ref> | We left.",
        "It was shown before.2 | It may be wrong. | See vol.2 first.",
        "Experts[who?] say so. | It fell in 1990.[when?] | We left.",
        "It rained. [5] [6] | It stopped. | [laughs] We left.",
        "We met G.K.L. Marsh and R.T. Oak. | J.P. Reed was late.",
        "He works for the E.U. | Everybody knows it.",
        "The head of the D.E.A. Robert Lee left.",
        "They said no. | Prof. Lund left. | See No. 5 first.",
        "Sorry. | Would you wait? | Right. | It rained.",
        "It holds vitamin C. | It may help. | You and I. | Did you see Paul I. Reed?",
        "The Slavonic Dances, Op. 46. | These were praised.",
        "It is a work of art. | Cheap tickets are a near miss. | Get one.",
        "i. First point. | ii. Second point. | iii. Third point.",
        "1) The first item | 2) The second item",
        "1.) The first item. | 2.) The second item.",
        "a. The first item. | b. The second item.",
        "She ate three things: 1. a plum, 2. a pear and 3. a fig.",
        "He works at Yahoo! Inc. | It may close. | Yahoo! is late.",
        "It rained.^1^ | It stopped.^[2] | We left.^3 | He may.",
        "It rained.[1]:23 | It stopped.[2](p45) | We left.[3](pp. 4–5) | He may.",
        "He left.(Smith 2004) | They stayed.(Lee & Fox, 2010a: 7) | She may. | (In 2004 she did.) | It is x^2.",
        "Done. 🎉 | We won! 😀😀 | Home now. :) | Bye.",
        "We are so happy 😊 | We won.",
        "I ❤️ The Beatles.",
        "it may snow. they said so. | i think it will".replace(". they", ". | they"),
        "omg. | that is so odd. | we may lose lol",
        "what is up? | not much",
        "u.k. troops are near. | u.k. officials may speak.",
        "It was over. We left.".replace(". ", ". | "),
        "The price is approx. five pounds. | It is low.",
        "Well... I may stay. | He waited... and left. | He waited... | Then he left.",
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(expected: str) -> None:
    assert sentences(expected.replace(" | ", " ")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was over.We left.In 1990.The end", "It was over. | We left. | In 1990. | The end"),
        ("What is your name?Where are you?i left", "What is your name? | Where are you? | i left"),
        ("He said “Go.”Then he left.", "He said “Go.” | Then he left."),
        ("Wait…What was it?", "Wait… | What was it?"),
        (
            "See example.com, ASP.Net, www.Lee.Org and config.yaml.",
            "See example.com, ASP.Net, www.Lee.Org and config.yaml.",
        ),
        ("See https://a.org/b?C=d&E=f. It may crash.", "See https://a.org/b?C=d&E=f. | It may crash."),
        ("In the U.S.A. at 5 p.m. it was 3.5.", "In the U.S.A. at 5 p.m. it was 3.5."),
        ("Call pandas.DataFrame or System.Out now.", "Call pandas.DataFrame or System.Out now."),
    ],
)
def test_a_sentence_can_end_without_a_space(text: str, expected: str) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Notes\nIt rained.\n## Bugs\nIt may crash.", "# Notes | It rained. | ## Bugs | It may crash."),
        ("The Board Meets Today\nIt rained. We left.", "The Board Meets Today | It rained. | We left."),
        ("MINUTES OF MAY\nThe board met.", "MINUTES OF MAY | The board met."),
        ("1. Results\nIt rained.", "1. Results | It rained."),
        ("Title\n=====\nIt rained.", "Title ===== | It rained."),
        (
            "Known issues\nUploads may fail on slow lines, and the makers say that a fix is due.",
            "Known issues | Uploads may fail on slow lines, and the makers say that a fix is due.",
        ),
        (
            "The theory as it is usually understood at the present time leads to\nGaps in the data that\n"
            "President Ames and his friends from the Far Shore have seen\nNorth of Leeds.",
            "The theory as it is usually understood at the present time leads to Gaps in the data that "
            "President Ames and his friends from the Far Shore have seen North of Leeds.",
        ),
        (
            "He met the old President\nof Ruritania on a cold\nMonday.",
            "He met the old President of Ruritania on a cold Monday.",
        ),
        ("Items:\n• one\n• two\n(a) three\nii. four", "Items: | • one | • two | (a) three | ii. four"),
        ("They lost Doe\nv. Roe.", "They lost Doe v. Roe."),
    ],
)
def test_headings_and_lists_are_found_but_wrapped_lines_are_not_broken(text: str, expected: str) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It may rain.\n😊 We left. He stayed.", "It may rain. | 😊 We left. | He stayed."),
        ("We lost\n😊 We won it\n😀 He left", "We lost | 😊 We won it | 😀 He left"),
        ("It may rain. 😊\nWe left", "It may rain. 😊 | We left"),
        ("- no\n+ maybe\n✓ it rained", "- no | + maybe | ✓ it rained"),
    ],
)
def test_what_opens_a_line_belongs_to_it(text: str, expected: str) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x85"])
def test_every_kind_of_line_end_counts(end: str) -> None:
    text = f"A heading{end}{end}It rained{end}in May{end}- one{end}- two"
    assert sentences(text) == "A heading | It rained in May | - one | - two"
    assert sentences(text, lines=True) == "A heading | It rained | in May | - one | - two"
    assert list(stream(text)) == list(stream([text]))
    assert list(stream(text, lines=True)) == list(stream([text], lines=True))


def test_a_byte_order_mark_inside_a_text_is_white_space() -> None:
    assert split("\ufeffIt rained.\ufeff\ufeffIt stopped.\ufeff") == [(1, 11), (13, 24)]


def speakers(text: str) -> list[tuple[str, str | None]]:
    return [(one.text[: one.label_end], one.speaker) for one in stream([text])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANNA: Is it?\nBEN: It may be. I left.", [("ANNA: ", "ANNA"), ("BEN: ", "BEN"), ("", "BEN")]),
        ("Q: Is it?\n\nA: Yes.\n\nIt rained.", [("Q: ", "Q"), ("A: ", "A"), ("", None)]),
        ("Q: Is it? A: Yes. I left.", [("Q: ", "Q"), ("A: ", "A"), ("", "A")]),
        ("Q. Is it?\nA. Yes.", [("Q. ", "Q"), ("A. ", "A")]),
        ("MR. LEE: It may be. MS. FOX: No.", [("MR. LEE: ", "MR. LEE"), ("MS. FOX: ", "MS. FOX")]),
        ("Dr. Lee: It may be.\nOperator: Thanks.", [("Dr. Lee: ", "Dr. Lee"), ("Operator: ", "Operator")]),
        (
            "Ann Lee -- Analyst: Hi.\n\nBo Ray (CEO): Hi.",
            [("Ann Lee -- Analyst: ", "Ann Lee -- Analyst"), ("Bo Ray (CEO): ", "Bo Ray (CEO)")],
        ),
        (">> REPORTER: It may. >> ANCHOR: Thanks.", [(">> REPORTER: ", "REPORTER"), (">> ANCHOR: ", "ANCHOR")]),
        ("[00:01:02] Anna: it may be", [("[00:01:02] Anna: ", "Anna")]),
        ("<bob> hi\n<ann_3> hey", [("<bob> ", "bob"), ("<ann_3> ", "ann_3")]),
        ("Anna: hi\nBen: hey\nAnna: bye", [("Anna: ", "Anna"), ("Ben: ", "Ben"), ("Anna: ", "Anna")]),
        ("ANNA: It may be.", [("ANNA: ", "ANNA")]),
        (
            "CALLER #2: It may be.\nMS. FOX: No.\nBY MR. LEE: Why is that?",
            [("CALLER #2: ", "CALLER #2"), ("MS. FOX: ", "MS. FOX"), ("BY MR. LEE: ", "MR. LEE")],
        ),
        ("anna: it may\ntom: no\nanna: why", [("anna: ", "anna"), ("tom: ", "tom"), ("anna: ", "anna")]),
        ("00:00:01 Speaker 1\nIt may rain.", [("00:00:01 Speaker 1\n", "Speaker 1")]),
        ("[00:01] Ann Lee\nHi.\n\nBo [00:05]\nNo.", [("[00:01] Ann Lee\n", "Ann Lee"), ("Bo [00:05]\n", "Bo")]),
        ("Lyon: Hi.\nParis: It may.\nTom: No.", [("Lyon: ", "Lyon"), ("Paris: ", "Paris"), ("Tom: ", "Tom")]),
        ("Directions: Mix it.\nServings: It may serve four.", [("", None)] * 2),
        ("Pros: It is cheap.\nCons: It may break.\nDecoration: Add it.", [("", None)] * 3),
        ("Moscow: It may rain.\nNew York: It rained.", [("", None)] * 2),
        ("Paris (AP): It may rain.\nTroyes (Reuters): It rained.", [("", None)] * 2),
        ("He told them the\nbad: it may rain\nworse: it did\nbad: why", [("", None)]),
        ("10:30 Bridge Closes\nIt may rain.\n\n10:40 Ferry\nIt did.", [("", None)] * 3),
        ("Warning: it may rain.", [("", None)]),
        ("Bridge: officials say it may close", [("", None)]),
        ("UN: aid may not reach city", [("", None)]),
        ("Mayor: bridge will close\n\nCoach: we threw it away", [("", None)] * 2),
        ("Study: it rained.\n\nNote: it stopped.", [("", None)] * 2),
        ("ISLAMABAD: The plan may fail.\n\nIt rained.", [("", None)] * 2),
        ("<p> It rained.\n<b> It stopped.", [("", None)] * 2),
    ],
)
def test_a_label_is_a_speaker_only_in_a_transcript(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert speakers(text) == expected


def test_a_transcript_has_the_same_speakers_in_any_chunks() -> None:
    text = "Operator: Hello.\n\nIt rained.\n\nAnn Lee: Hi. It may rain.\n\nOperator: Bye"
    assert list(stream(text)) == list(stream([text]))
    assert [one.speaker for one in stream(text)] == ["Operator", None, "Ann Lee", "Ann Lee", "Operator"]
