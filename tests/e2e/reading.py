"""Following a document: its commands run as they stand there, from its first to its last.

They run in one folder of their own, which holds the files that the document gives, and share what they
export; make runs in the checkout. The namespace k8s-replay is the test's own. A command ends with the code
that its comment states, else with 0, or with 10 where it replays a scenario.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.cli.commands import COMMANDS as OTHER_COMMANDS
from tests.documents import HOME, Document
from tests.e2e import programs
from tests.e2e.cluster import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.documents import Command
    from tests.e2e.namespaces import Namespace

MAKE = f"make -o .venv -C '{HOME}' BIN='{COMMANDS}'"
"""The virtual environment that runs the tests is the one that is used, whatever is newer than it."""


def follow(page: str, env: Mapping[str, str], folder: Path, namespace: Namespace) -> None:
    """Do what a document says; fails the test where a command does not end as it says."""
    document = Document(HOME / page)
    require_programs(document)
    for path, text in document.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(own(text, namespace), "utf-8")
    commands = [command for command in document.commands if not command.not_run]
    assert commands
    for command in commands:
        ended = run(own(command.text, namespace), env, folder)
        told = f"{page}:{command.line}: {command.text}\nended {ended.code}\n{ended.out}{ended.err}"
        assert ended.code in codes(command), told


def require_programs(document: Document) -> None:
    """Skip the test where a program is not there that a document uses and this project does not need."""
    used = {call[0] for command in document.commands if not command.not_run for call in command.calls}
    for program in sorted({"jq", "make"} & used):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} on PATH, and {document.name} uses it")


def own(text: str, namespace: Namespace) -> str:
    """Put the test's namespace in the place of the usual one."""
    return re.sub(r"(?<![\w-])k8s-replay(?!-local|-runtime|[\w])", namespace.name, text)


def run(text: str, env: Mapping[str, str], folder: Path) -> programs.Ended:
    """Run a command as a shell does, with what the commands before it exported."""
    state = folder.parent / "exported"
    state.touch()
    command = re.sub(r"^make(?= )", MAKE, text)
    script = f'. "{state}"\n{command}\ncode=$?\nexport -p > "{state}"\nexit $code\n'
    return programs.run(("bash", "-o", "pipefail", "-c", script), env, cwd=folder)


def codes(command: Command) -> set[int]:
    """With which codes a command may end."""
    if command.ends is not None:
        return {command.ends}
    replays = any(
        call[:2] == ["kubectl", "replay"] and call[2] not in OTHER_COMMANDS.keys() - {"run"}
        for call in command.calls
    )
    return {10} if replays else {0}
