"""kubectl's own words: what each of its messages means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay import words
from kubectl_replay.reasons import Reason
from kubectl_replay.words import (
    Word,
    are_all,
    are_refusals,
    broke_off,
    errors,
    read,
    refused_terminal,
    remote_exit_code,
)

MEANINGS = {str(meaning): meaning for meaning in (*Reason, *Word)}


def _recorded() -> list[tuple[Reason | Word, str]]:
    """Read the recorded messages: `== meaning` above paragraphs; lines with a # are ours."""
    text = (Path(__file__).parent / "data/kubectl_words.txt").read_text("utf-8")
    found = []
    meaning: Reason | Word = Word.UNKNOWN
    for paragraph in re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).split("\n\n"):
        message = paragraph.strip("\n")
        if message.startswith("== "):
            meaning = MEANINGS[message.removeprefix("== ")]
        elif message:
            found.append((meaning, message))
    return found


RECORDED = _recorded()


@pytest.mark.parametrize(("meaning", "message"), RECORDED)
def test_a_message_of_kubectl_has_its_meaning(meaning: Reason | Word, message: str) -> None:
    assert read(f"{message}\n") == meaning


def test_no_words_mean_nothing() -> None:
    assert read("") == Word.UNKNOWN


def test_every_meaning_of_the_table_has_a_recorded_message() -> None:
    assert {meaning for meaning, _ in words._ROWS} | {Word.UNKNOWN} == {meaning for meaning, _ in RECORDED}


def test_every_row_of_the_table_is_needed_by_a_recorded_message() -> None:
    needed = {
        next((row for row in words._ROWS if re.search(row[1], message, re.MULTILINE)), None)
        for _, message in RECORDED
    }
    assert [row for row in words._ROWS if row not in needed] == []


@given(st.text())
def test_any_words_have_one_meaning(stderr: str) -> None:
    assert isinstance(read(stderr), (Reason, Word))


FORBIDDEN = "Error from server (Forbidden): pods is forbidden"
EXISTS = 'Error from server (AlreadyExists): error when creating "/tmp/x": pods "p" already exists'
LOST = "Unable to connect to the server: context deadline exceeded"
WARNING = "Warning: would violate PodSecurity"


def test_warnings_noise_and_empty_lines_are_no_errors() -> None:
    stderr = f"{WARNING}\n\n  \nUnknown stream id 1, discarding message\nE1124 {FORBIDDEN}\n{EXISTS}"
    assert errors(stderr) == [f"E1124 {FORBIDDEN}", EXISTS]


@pytest.mark.parametrize(
    ("stderr", "refused"),
    [
        (FORBIDDEN, True),
        (f"{WARNING}\n{FORBIDDEN}\n{EXISTS}\n", True),
        (f"{FORBIDDEN}\n{LOST}\n", False),
        (LOST, False),
        ("Error from server (Timeout): it took too long", False),
        ("Error from server (ServerTimeout): it took too long", False),
        ("Error from server (ServiceUnavailable): not now", False),
        ("Error from server (InternalError): an error on the server (etcdserver)", False),
        ("Error from server (TooManyRequests): later", False),
        ("something that nobody has seen yet", False),
        ("Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout", True),
        ("Unable to connect to the server: tls: failed to verify certificate: x509: unknown authority", True),
        (
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
            True,
        ),
        ("error: accumulating resources: accumulation err='…'", True),
        ('error: resource mapping not found for name: "p"', True),
        ('error: error validating "pod.yaml": no', True),
    ],
)
def test_only_a_refusal_says_for_certain_that_nothing_was_made(stderr: str, refused: bool) -> None:
    assert are_refusals(stderr) is refused


@pytest.mark.parametrize(
    ("stderr", "all_of_them"),
    [
        (EXISTS, True),
        (f"{WARNING}\n{EXISTS}\n{EXISTS}", True),
        (f"{EXISTS}\n{LOST}", False),
        (f"{EXISTS}\n{FORBIDDEN}", False),
        (WARNING, False),
        ("", False),
    ],
)
def test_errors_are_all_of_one_meaning_only_if_there_are_some(stderr: str, all_of_them: bool) -> None:
    assert are_all(Word.ALREADY_EXISTS, stderr) is all_of_them


ENDED = "command terminated with exit code"


@pytest.mark.parametrize(
    ("stderr", "code", "remote"),
    [
        ("", 0, None),
        ("", 1, None),
        ("error: unable to upgrade connection: container not found", 1, None),
        (f"{ENDED} 137\n", 137, 137),
        (f"sh: nosuch: not found\n{ENDED} 127\n", 127, 127),
        (f"{ENDED} 1\nUnknown stream id 1, discarding message\n", 1, 1),
        (f"Unable to use a TTY - input is not a terminal or the right kind of file\n{ENDED} 1\n", 1, 1),
        # The command can print these words as well, but not after kubectl, nor can it choose kubectl's code.
        (f"{ENDED} 0\n{ENDED} 3\n", 3, 3),
        (f"{ENDED} 0\nerror: unexpected EOF\n", 1, None),
        (f"{ENDED} 0\n", 1, None),
        (f"{ENDED} 0 or so\n", 0, None),
        (f"so the {ENDED} 1\n", 1, None),
    ],
)
def test_the_exit_code_of_the_command_is_kubectl_s_last_word(
    stderr: str, code: int, remote: int | None
) -> None:
    assert remote_exit_code(stderr, code) == remote


@given(st.text(), st.integers(0, 255))
def test_the_exit_code_of_the_command_is_always_kubectl_s_own(stderr: str, code: int) -> None:
    assert remote_exit_code(f"{stderr}\n{ENDED} {code}\n", code) == code
    assert remote_exit_code(f"{stderr}\n{ENDED} {code}\n", code + 1) is None


@pytest.mark.parametrize(
    ("error", "broke"),
    [
        ("error: unexpected EOF", True),
        ("error reading from error stream: next reader: websocket: close 1006 (abnormal closure)", True),
        ("error: read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer", True),
        ('error: unable to upgrade connection: container not found ("target")', False),
        ("", False),
    ],
)
def test_a_stream_that_broke_in_the_middle_is_told_from_one_that_never_was(error: str, broke: bool) -> None:
    assert broke_off(error) is broke


@pytest.mark.parametrize(
    ("stderr", "refused"),
    [
        ("Unable to use a TTY - input is not a terminal or the right kind of file\n", True),
        (f"Unable to use a TTY - input is not a terminal or the right kind of file\n{ENDED} 1\n", True),
        (f"{ENDED} 1\n", False),
        ("", False),
    ],
)
def test_a_refused_terminal_is_seen_whatever_else_was_said(stderr: str, refused: bool) -> None:
    assert refused_terminal(stderr) is refused


def test_the_last_error_is_what_kubectl_itself_says_after_a_plugin_and_before_noise() -> None:
    noise = "I1124 06:42:31.264161       1 log.go:1] Unknown stream id 1, discarding message"
    said = f"Touch the key\nError from server (Forbidden): pods is forbidden\n{noise}\n"
    assert words.last_error(said) == "Error from server (Forbidden): pods is forbidden"
    assert words.last_error(f"\n{noise}\n") == ""
