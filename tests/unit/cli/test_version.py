"""`version`."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING

from kubectl_replay import __version__

if TYPE_CHECKING:
    from tests.unit.cli.conftest import Cli


def test_it_says_which_version_this_is(cli: Cli) -> None:
    assert cli("version") == (0, f"kubectl-replay {__version__} (Python {platform.python_version()})\n", "")


def test_it_says_so_as_json(cli: Cli) -> None:
    code, out, err = cli("version", "-o", "json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"kubectl_replay": __version__, "python": platform.python_version()}
