"""Files that are no YAML document to work on."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.scenario.loader import ScenarioInvalid, load
from tests.unit.scenario.conftest import SCENARIO

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.scenario.conftest import Folder

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n"
    for old, new in zip("abcdefghijklmnopqrst", "bcdefghijklmnopqrstu", strict=True)
)
MERGES = "a: &a {x: y}\n" + "".join(
    f"{new}: &{new} {{<<: [*{old}, *{old}, *{old}]}}\n"
    for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)

CASES = {
    "empty": (b"", "1:1: the file is empty"),
    "only a comment": (b"# nothing\n", "1:1: the file is empty"),
    "only a document's end": (b"---\n...\n", "2:1: a scenario must be a mapping, found nothing"),
    "text": (b"demo", '1:1: a scenario must be a mapping, found the text "demo"'),
    "list": (b"\n- a", "2:1: a scenario must be a mapping, found a list"),
    "colon": (b"a: b: c", "1:5: YAML: mapping values are not allowed in this context"),
    "tab": (
        b"a:\n\tb: c",
        "2:1: YAML: while scanning for the next token, found character that cannot start any token",
    ),
    "unknown anchor": (b"a: *b", "1:4: YAML: found undefined alias"),
    "two documents": (
        b"a: b\n---\nc: d\n",
        "2:1: YAML: expected a single document in the stream, but found another document",
    ),
    "not UTF-8": (b"a: b\nc: \xff", "2:4: the file is not UTF-8 text"),
    "not UTF-8 after umlauts": ("ä: ü".encode() + b"\xff", "1:5: the file is not UTF-8 text"),
    "UTF-16": ("a: b".encode("utf-16"), "1:1: the file is not UTF-8 text"),
    "bell": (b"a: b\nc: d\x07", "2:5: YAML: the character U+0007 is not allowed"),
    "NUL": (b"\x00", "1:1: YAML: the character U+0000 is not allowed"),
    "deep": (b"a:\n  " + b"[" * 500, "2:42: nested more than 40 levels deep"),
    "deep mappings": (b"{a: " * 5_000, "1:161: nested more than 40 levels deep"),
    "an alias in itself": (b"a: &a [*a]", "1:4: aliases nest more than 40 levels deep"),
    "a mapping merged into itself": (b"a: &a {<<: *a}", "1:4: aliases nest more than 40 levels deep"),
    "exponential": (LAUGHS.encode(), "1:1: more than 20000 values once every alias is written out"),
    "exponential merges": (MERGES.encode(), "1:1: more than 20000 values once every alias is written out"),
    "many": (b"[" + b"a," * 30_000 + b"]", "1:1: more than 20000 values once every alias is written out"),
    "large": (b"#" * 300_000, "1:1: the file has more than 262144 bytes"),
}


@pytest.mark.parametrize(("data", "problem"), CASES.values(), ids=CASES)
def test_a_file_that_cannot_be_worked_on_is_one_problem_told_at_once(
    folder: Folder, data: bytes, problem: str
) -> None:
    assert folder.problems(data) == [problem]


def test_a_file_that_is_deeper_than_the_parser_goes_is_one_problem_as_well(folder: Folder) -> None:
    ours, parsers = (
        "nested more than 40 levels deep",
        "YAML: .*exceeded maximum nesting depth",
    )  # PyYAML 6.0.4
    (problem,) = folder.problems(b"a:\n  " + b"[" * 100_000)
    assert re.search(f"{ours}|{parsers}", problem)


def _problem(folder: Path) -> str:
    with pytest.raises(ScenarioInvalid) as raised:
        load(folder)
    return str(raised.value)


def test_a_folder_without_the_file_is_a_problem(folder: Folder) -> None:
    assert _problem(folder.path) == f"{folder.path}/scenario.yaml:1:1: the file does not exist"


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert _problem(tmp_path / "none") == f"{tmp_path}/none/scenario.yaml:1:1: the file does not exist"


def test_a_file_in_the_folders_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert _problem(tmp_path / "file") == (
        f"{tmp_path}/file/scenario.yaml:1:1: the file cannot be read: Not a directory"
    )


def test_a_folder_in_the_files_place_is_a_problem(folder: Folder) -> None:
    (folder.path / "scenario.yaml").mkdir()
    assert _problem(folder.path) == f"{folder.path}/scenario.yaml:1:1: it is not a file"


def test_a_pipe_in_the_files_place_is_a_problem_and_not_waited_for(folder: Folder) -> None:
    os.mkfifo(folder.path / "scenario.yaml")
    assert _problem(folder.path) == f"{folder.path}/scenario.yaml:1:1: it is not a file"


def test_a_file_that_may_not_be_read_is_a_problem(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.add("scenario.yaml", SCENARIO)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert _problem(folder.path) == (
        f"{folder.path}/scenario.yaml:1:1: the file cannot be read: Permission denied"
    )


def test_a_byte_order_mark_is_no_matter(folder: Folder) -> None:
    assert folder.load("\ufeff" + SCENARIO).id == "demo"


def test_windows_line_ends_are_no_matter(folder: Folder) -> None:
    (folder.path / "scenario.yaml").write_bytes(SCENARIO.replace("\n", "\r\n").encode())
    assert load(folder.path).id == "demo"
