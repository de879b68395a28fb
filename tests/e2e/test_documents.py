"""The commands that the documents show, run as they stand there; those on Falco are run in helm/."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.documents import HOME
from tests.e2e.reading import follow, own, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

PAGES = ("README.md", "docs/scenario-authoring.md", "docs/advanced-usage.md", "docs/workshop-mode.md")
CONTEXTS = ("staging", "production")
"""Contexts that the documents name; here they all mean the cluster of the tests."""


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
    follow(page, surroundings, folder, namespace)


def test_a_command_that_ends_otherwise_is_noticed(folder: Path, surroundings: dict[str, str]) -> None:
    assert run("export WORD=kept", surroundings, folder).code == 0
    assert run('echo "$WORD" | grep -x kept', surroundings, folder).out == "kept\n"
    assert run("false | cat", surroundings, folder).code == 1
    assert run("kubectl replay nonsense", surroundings, folder).code == 2


def test_only_the_usual_namespace_is_replaced(namespace: Namespace) -> None:
    text = "-n k8s-replay kind-k8s-replay k8s-replay-local k8s-replay-privileged account:k8s-replay:x"
    name = namespace.name
    assert own(text, namespace) == (
        f"-n {name} kind-k8s-replay k8s-replay-local {name}-privileged account:{name}:x"
    )
