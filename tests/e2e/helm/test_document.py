"""The page on Falco: its commands, with helm, on a cluster of these tests' own and with their chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import helms
from tests.e2e.reading import follow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.helms import Helm
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


@pytest.mark.parametrize("generation", helms.BUILDS)
def test_every_command_of_the_page_ends_as_the_page_says(
    replay: Replay, helm: Helm, namespace: Namespace, tmp_path: Path
) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    helm("package", helms.CHART, "--destination", folder).passed()  # what `helm pull` would have brought
    follow("docs/falco-setup.md", replay.environment, folder, namespace)
    assert helm.releases == []
