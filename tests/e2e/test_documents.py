"""The commands that the documents show, run as they stand there, each document from its first to its last.

A document's commands run in one folder of their own, which holds the files that the document gives, and share
what they export; make runs in the checkout. The namespace k8s-replay is the test's own. A command ends with
the code that its comment states, else with 0, or with 10 where it replays a scenario.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from kubectl_replay.cli.commands import COMMANDS as OTHER_COMMANDS
from tests.documents import HOME, Document
from tests.e2e import programs
from tests.e2e.cluster import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.documents import Command
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

PAGES = ("README.md", "docs/scenario-authoring.md", "docs/advanced-usage.md", "docs/workshop-mode.md")
CONTEXTS = ("staging", "production")
"""Contexts that the documents name; here they all mean the cluster of the tests."""

MAKE = f"make -o .venv -C '{HOME}' BIN='{COMMANDS}'"
"""The virtual environment that runs the tests is the one that is used, whatever is newer than it."""


@pytest.fixture
def surroundings(replay: Replay, namespace: Namespace, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a reader, whose kubeconfig also has the contexts that the documents name."""
    config = json.loads(namespace.target.kubeconfig.read_text("utf-8"))
    own = config["contexts"][0]
    config["contexts"] += [own | {"name": name} for name in CONTEXTS]
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(config), "utf-8")
    yield {**replay.environment, "KUBECONFIG": str(kubeconfig)}
    twin = f"{namespace.name}-privileged"
    namespace.kubectl("delete", "namespace", twin, "--ignore-not-found", "--wait=false").passed()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that a reader stands in: with the examples, as a checkout has them."""
    folder = tmp_path / "reader"
    folder.mkdir()
    shutil.copytree(HOME / "docs" / "examples", folder / "docs" / "examples")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_document_ends_as_the_document_says(
    page: str, surroundings: dict[str, str], folder: Path, namespace: Namespace
) -> None:
    document = Document(HOME / page)
    _require_programs(document)
    for path, text in document.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(_own(text, namespace), "utf-8")
    commands = [command for command in document.commands if not command.not_run]
    assert commands
    for command in commands:
        ended = _run(_own(command.text, namespace), surroundings, folder)
        told = f"{page}:{command.line}: {command.text}\nended {ended.code}\n{ended.out}{ended.err}"
        assert ended.code in _codes(command), told


def _require_programs(document: Document) -> None:
    used = {call[0] for command in document.commands if not command.not_run for call in command.calls}
    for program in sorted({"jq", "make"} & used):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} on PATH, and {document.name} uses it")


def _own(text: str, namespace: Namespace) -> str:
    """Put the test's namespace in the place of the usual one."""
    return re.sub(r"(?<![\w-])k8s-replay(?!-local|-runtime|[\w])", namespace.name, text)


def _run(text: str, env: Mapping[str, str], folder: Path) -> programs.Ended:
    """Run a command as a shell does, with what the commands before it exported."""
    state = folder.parent / "exported"
    state.touch()
    command = re.sub(r"^make(?= )", MAKE, text)
    script = f'. "{state}"\n{command}\ncode=$?\nexport -p > "{state}"\nexit $code\n'
    return programs.run(("bash", "-o", "pipefail", "-c", script), env, cwd=folder)


def _codes(command: Command) -> set[int]:
    if command.ends is not None:
        return {command.ends}
    replays = any(
        call[:2] == ["kubectl", "replay"] and call[2] not in OTHER_COMMANDS.keys() - {"run"}
        for call in command.calls
    )
    return {10} if replays else {0}


def test_a_command_that_ends_otherwise_is_noticed(folder: Path, surroundings: dict[str, str]) -> None:
    assert _run("export WORD=kept", surroundings, folder).code == 0
    assert _run('echo "$WORD" | grep -x kept', surroundings, folder).out == "kept\n"
    assert _run("false | cat", surroundings, folder).code == 1
    assert _run("kubectl replay nonsense", surroundings, folder).code == 2


def test_only_the_usual_namespace_is_replaced(namespace: Namespace) -> None:
    text = "-n k8s-replay kind-k8s-replay k8s-replay-local k8s-replay-privileged account:k8s-replay:x"
    own = namespace.name
    assert _own(text, namespace) == (
        f"-n {own} kind-k8s-replay k8s-replay-local {own}-privileged account:{own}:x"
    )
