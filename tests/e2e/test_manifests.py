"""Runs of built-in scenarios do not ask kubectl to validate: these tests do it once for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.namespaces import Namespace

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


@pytest.mark.parametrize("folder", sorted(SCENARIOS.iterdir()), ids=lambda folder: folder.name)
def test_the_api_server_finds_no_fault_with_built_in_manifests(folder: Path, namespace: Namespace) -> None:
    namespace.create(enforce="privileged")
    # Admission looks for the pod's service account, which a dry run does not create.
    namespace.kubectl("create", "serviceaccount", "secret-enumeration-reader").passed()
    words = ("apply", "--dry-run=server", "--validate=strict", "-f", str(folder / "manifests"))
    assert "(server dry run)" in namespace.kubectl(*words).passed()


def test_a_field_that_no_object_has_is_found(namespace: Namespace, tmp_path: Path) -> None:
    namespace.create(enforce="privileged")
    text = (SCENARIOS / "shell-spawn/manifests/pod.yaml").read_text("utf-8")
    wrong = tmp_path / "pod.yaml"
    wrong.write_text(text.replace("terminationGracePeriodSeconds", "terminationGracePeriodSecond"), "utf-8")
    done = namespace.kubectl("create", "--dry-run=server", "--validate=strict", "-f", str(wrong))
    assert done.code == 1
    assert 'unknown field "spec.terminationGracePeriodSecond"' in done.err
