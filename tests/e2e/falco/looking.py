"""What the tests of the commands that look at Falco have in common."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.e2e.accounts import MINIMAL, make_account
from tests.e2e.falco_lines import Sighting, json_alert
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Running

SECRET = "hunter2"  # noqa: S105 - no password
EXEC = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", "get"]}

Environment = dict[str, "str | None"]


def sighting(pod: str = "cart-1", **changes: Any) -> Sighting:  # noqa: ANN401 - the fields of a sighting
    """Give what Falco sees now of a pod of somebody else's."""
    seen = Sighting(time.time_ns(), "0123456789ab", "app", "shop", pod, f"bash -i --password {SECRET}")
    return replace(seen, **changes)


def alert(pod: str = "cart-1", **changes: Any) -> str:  # noqa: ANN401 - as above
    """Give the line of an alert on a pod, now."""
    return json_alert(sighting(pod, **changes))


def make_user(namespace: Namespace, kubeconfigs: Kubeconfigs) -> Environment:
    """Make somebody who may do just what shell-spawn needs in the run's namespace."""
    namespace.create()
    return kubeconfigs(user={"token": make_account(namespace, *MINIMAL)})


def wait_for_out(running: Running, text: str) -> None:
    """Wait until a text stands in what it printed on stdout."""
    printed = running.child._out
    until(lambda: any(text in line for line in printed) or not running.child.runs, f'"{text}" on stdout')
    assert any(text in line for line in printed), running.end()
