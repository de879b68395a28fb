"""The plan of a dry run, as text: commands that can be read one by one, and manifests that kubectl reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubectl_replay.result import Plan


def render(plan: Plan) -> str:
    """Return the plan, commands as comments: all plans together are YAML for `kubectl create -f -`."""
    calls = [f"#   {line}" for command in plan.commands for line in command.splitlines()]
    before = ["---", "# A dry run: nothing was created. A run would do this:", *calls]
    return "\n".join([*before, "# with these objects in FOLDER:", plan.manifests])
