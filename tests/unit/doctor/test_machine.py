"""What is said of this machine."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest

from kubectl_replay.doctor.finding import Finding, Status
from kubectl_replay.doctor.machine import TOOLS, examine_backends, examine_terminal, examine_tools
from tests.unit.programs import open_files

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_subprocess import FakeProcess


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stdin", "stdout", "said"),
    [
        (Terminal(), Terminal(), "the user's is on standard input and standard output"),
        (Terminal(), io.StringIO(), "the user's is on standard input"),
        (io.StringIO(), Terminal(), "the user's is on standard output"),
        (None, None, "the user has none, and none is needed"),
    ],
)
def test_the_user_s_terminal_is_told_and_not_needed(
    monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None, stdout: io.StringIO | None, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "stdout", stdout)
    message = f"a pseudo-terminal can be opened; {said}"
    before = open_files()
    assert examine_terminal() == Finding("terminal", Status.OK, message)
    assert open_files() == before


def test_a_machine_that_gives_no_pseudo_terminal_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> NoReturn:
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr(os, "openpty", refuse)
    message = "no pseudo-terminal can be opened (No such device), and some triggers need one"
    fix = "mount devpts on /dev/pts, or allow this process more open files"
    assert examine_terminal() == Finding("terminal", Status.FAIL, message, fix)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for nothing but docker."""
    monkeypatch.setattr("kubectl_replay.doctor.machine.TOOLS", {"docker": TOOLS["docker"]})


DOCKER = ["docker", "version", "--format", "server {{.Server.Version}}"]


@pytest.mark.usefixtures("only")
def test_a_program_that_works_is_ok_with_its_version(fp: FakeProcess) -> None:
    fp.register(DOCKER, stdout="server 29.0.1\n")
    message = "server 29.0.1 (optional: runs the nodes of kind)"
    assert list(examine_tools()) == [Finding("docker", Status.OK, message)]


@pytest.mark.usefixtures("only")
def test_a_program_that_does_not_work_is_a_warning_in_its_words(fp: FakeProcess) -> None:
    fp.register(DOCKER, stdout="server \n", stderr="Cannot connect\nto the daemon\n", returncode=1)
    message = "it does not work: Cannot connect to the daemon (optional: runs the nodes of kind)"
    fix = "mend `docker version --format 'server {{.Server.Version}}'`"
    assert list(examine_tools()) == [Finding("docker", Status.WARN, message, fix)]


@pytest.mark.usefixtures("only")
def test_a_program_that_says_nothing_does_not_work(fp: FakeProcess) -> None:
    fp.register(DOCKER)
    (found,) = examine_tools()
    assert found.status is Status.WARN
    assert found.message == "it does not work: it ended 0 (optional: runs the nodes of kind)"


@pytest.mark.real_programs
def test_programs_that_are_missing_are_warnings_with_what_they_are_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert [(each.check, each.status, each.message, each.fix) for each in examine_tools()] == [
        (
            "kind",
            Status.WARN,
            "kind is not on PATH (optional: makes a cluster: `kubectl replay setup kind`)",
            "install kind, if you want that",
        ),
        (
            "docker",
            Status.WARN,
            "docker is not on PATH (optional: runs the nodes of kind)",
            "install docker, if you want that",
        ),
        (
            "helm",
            Status.WARN,
            "helm is not on PATH (optional: installs a detector, such as Falco)",
            "install helm, if you want that",
        ),
    ]


def test_the_backends_are_named_with_the_way_to_look_at_them() -> None:
    message = (
        "Falco and the API server's audit log can be asked; `kubectl replay doctor falco` looks at Falco"
    )
    assert examine_backends() == Finding("backends", Status.OK, message)


@pytest.mark.real_programs
@pytest.mark.usefixtures("only")
def test_a_program_that_does_not_answer_in_time_was_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\nexec sleep 60\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("kubectl_replay.doctor.machine.ANSWER_SECONDS", 0.2)
    fix = "try `docker version --format 'server {{.Server.Version}}'`"
    assert list(examine_tools()) == [Finding("docker", Status.WARN, "not made: no answer within 0.2 s", fix)]
