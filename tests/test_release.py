"""What `make release-check` finds: secrets, versions that differ, licences that are not allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

import hedgerow
from scripts import release_check
from scripts.release_check import CheckError, compare_versions, find_secrets, is_allowed, licence_table

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n- Two.\n\n## [0.2.0] - 2026-12-01\n\n- Three.\n"


def test_the_version_is_cited_and_has_an_entry() -> None:
    assert compare_versions("0.2.0", "version: 0.2.0\n", CHANGELOG).endswith(
        "2 changes are under [Unreleased]: to release them, give them a version"
    )
    with pytest.raises(CheckError, match=r"CITATION.cff: version 0.1.0; hedgerow/version.py has 0.2.0"):
        compare_versions("0.2.0", "version: 0.1.0\n", CHANGELOG)
    with pytest.raises(CheckError, match=r"no entry '## \[0.3.0\] - DATE'"):
        compare_versions("0.3.0", "version: 0.3.0\n", CHANGELOG)


@pytest.mark.slow
def test_this_version_can_be_released_and_no_file_holds_a_secret() -> None:
    assert release_check.check_version().startswith(hedgerow.__version__)
    assert release_check.check_secrets().startswith("none in ")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
        ("key = AKIA" + "ABCDEFGHIJKLMNOP", "a key of AWS"),
        ("ghp_" + 36 * "a", "a token of GitHub"),
        ("hf_" + 34 * "b", "a token of Hugging Face"),
        ("pypi-" + 60 * "c", "a token of PyPI"),
        ("sk-" + 40 * "d", "a key of an API"),
        ("https://ann:" + "horse-battery@example.org/", "a password in an address"),
    ],
)
def test_a_secret_is_found_with_its_file_and_line(line: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n\xff\n" + line.encode())
    assert list(find_secrets([tmp_path / "a.py"])) == [f"{tmp_path / 'a.py'}:3: {kind}"]


def test_words_about_secrets_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "Read from HEDGEROW_TOKEN. sk-learn. https://{user}:{password}@example.org\n", "utf-8"
    )
    assert list(find_secrets([tmp_path / "a.md"])) == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND CNRI-Python", True),
        ("BSD License; Apache Software License", True),
        ("GPL-2.0-or-later OR MIT", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("MIT AND GPL-3.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("GNU Affero General Public License v3", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("UNKNOWN", False),
    ],
)
def test_licences_that_may_be_required(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) == allowed


def test_the_table_of_licences_stops_at_one_that_is_not_allowed() -> None:
    assert licence_table({"numpy": "BSD-3-Clause", "rich": "MIT"}) == "numpy  BSD-3-Clause\nrich   MIT\n"
    with pytest.raises(CheckError, match=r"not allowed: evil \(AGPL-3.0\)"):
        licence_table({"evil": "AGPL-3.0", "rich": "MIT"})


def test_a_command_that_fails_is_shown_with_what_it_printed() -> None:
    with pytest.raises(CheckError, match=r"ended with 3:\nit broke"):
        release_check._run("sh", "-c", "echo it broke; exit 3")
