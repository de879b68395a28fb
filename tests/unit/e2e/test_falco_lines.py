"""The lines of the stand-in for Falco, read by the project's own readers and laid beside a real Falco's."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from kubectl_replay.detection import falco_json, falco_text, falco_words
from kubectl_replay.detection.line import Line, split
from tests.e2e import falco_lines as builder
from tests.e2e.falco_lines import Generation, Sighting
from tests.e2e.falco_rules import changed, link_alert, stock

DATA = Path(__file__).parents[1] / "data" / "detection"
TIME = 1795501951_262161661  # 2026-11-24T06:32:31.262161661Z
POD = {
    "metadata": {"name": "shell-spawn-target-bcdf", "namespace": "k8s-replay"},
    "spec": {"nodeName": "node-1"},
    "status": {
        "containerStatuses": [
            {"name": "sidecar", "containerID": "containerd://" + "f" * 64, "image": "docker.io/library/a:1"},
            {
                "name": "target",
                "containerID": "containerd://c0ffee0123456789" + "0" * 48,
                "image": "docker.io/library/busybox:1.36",
            },
        ]
    },
}
CMDLINE = "sh -c : kr-abc; printf '%s%s\\n' a b; id"
SEEN = builder.see(POD, "target", CMDLINE, time=TIME)
GENERATIONS = get_args(Generation)
PARSED_POD: dict[str, tuple[str | None, str | None]] = {
    "0.44": ("k8s-replay", "shell-spawn-target-bcdf"),
    "0.40": (None, None),
    "0.40 -pk": ("k8s-replay", "shell-spawn-target-bcdf"),
}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("iso", [False, True])
def test_json_is_read_as_what_was_seen(generation: Generation, iso: bool) -> None:
    alert = falco_json.parse(Line(TIME + 1, builder.json_alert(SEEN, generation, iso=iso)))
    assert alert
    assert (alert.rule, alert.priority, alert.source) == ("Terminal shell in container", "Notice", "syscall")
    assert (alert.time, alert.stamp) == (TIME, TIME + 1)
    assert (alert.container_id, alert.container_name) == ("c0ffee012345", "target")
    assert (alert.namespace, alert.pod) == PARSED_POD[generation]
    assert alert.fields["proc.cmdline"] == CMDLINE
    assert alert.label == "Terminal shell in container"


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("iso", [False, True])
def test_text_is_read_as_what_was_seen(generation: Generation, iso: bool) -> None:
    alert = falco_text.parse(Line(TIME + 1, builder.text_alert(SEEN, generation, iso=iso)))
    assert alert
    assert (alert.rule, alert.priority, alert.time) == ("", "Notice", TIME)
    assert (alert.container_id, alert.container_name) == ("c0ffee012345", "target")
    assert (alert.namespace, alert.pod) == PARSED_POD[generation]
    assert alert.label == "A shell was spawned in a container with an attached terminal"
    assert f"command={CMDLINE} terminal=34816" in alert.message


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_falco_does_not_know_is_nothing(generation: Generation) -> None:
    seen = SEEN.without_container()
    in_json = falco_json.parse(Line(TIME, builder.json_alert(seen, generation)))
    in_text = falco_text.parse(Line(TIME, builder.text_alert(seen, generation)))
    for alert in (in_json, in_text):
        assert alert
        assert (alert.container_id, alert.container_name, alert.namespace, alert.pod) == (None,) * 4


def shape(line: str) -> str:
    """Give a line's words without their values."""
    clock, _, rest = line.partition(": ")
    return re.sub(r"\d", "0", clock) + ": " + re.sub(r"=[^=]*?(?=( [\w.\[\]]+=|\)?$))", "=", rest)


@pytest.mark.parametrize("generation", ["0.44", "0.40"])
def test_the_text_has_the_shape_of_a_real_one(generation: Generation) -> None:
    real = (DATA / f"falco-{generation}-text.log").read_text("utf-8").splitlines()[0]
    assert shape(builder.text_alert(SEEN, generation)) == shape(split(real).text)


def test_the_json_has_the_keys_of_a_real_one_in_their_order() -> None:
    line = builder.json_alert(SEEN)
    assert list(json.loads(line)) == [
        *("hostname", "output", "output_fields", "priority", "rule", "source", "tags", "time"),
    ]
    assert list(json.loads(line)["output_fields"]) == [
        *("container.id", "container.image.repository", "container.image.tag", "container.name"),
        *("evt.arg.flags", "evt.time", "evt.type", "k8s.ns.name", "k8s.pod.name"),
        *("proc.cmdline", "proc.exepath", "proc.name", "proc.pname", "proc.tty"),
        *("user.loginuid", "user.name", "user.uid"),
    ]
    assert line.startswith('{"hostname":"node-1","output":"06:32:31.262161661: Notice A shell was spawned')
    assert json.loads(line)["time"] == "2026-11-24T06:32:31.262161661Z"


def test_a_line_is_one_line_whatever_the_command() -> None:
    seen = replace(SEEN, cmdline="sh -c echo one\necho two")
    assert "\n" not in builder.json_alert(seen)
    assert "\n" not in builder.text_alert(seen)


def test_lost_events_are_read_as_such() -> None:
    alert = falco_json.parse(Line(TIME, builder.json_drops(TIME, node="node-1", count=3)))
    assert alert
    assert (alert.source, alert.time) == ("internal", TIME)
    assert falco_words.tells_drops(alert)


def test_a_stock_falco_speaks_of_a_shell_with_a_terminal_and_of_a_link() -> None:
    link = replace(SEEN, cmdline="ln -sf /etc/shadow /it", terminal=0)
    assert [*stock(SEEN)] == [builder.json_alert(SEEN)]
    assert [*stock(link)] == [*link_alert(link)]
    assert [*stock(replace(SEEN, terminal=0))] == []
    assert [*stock(replace(SEEN, started=True))] == []
    assert [*link_alert(replace(link, cmdline="ln -s /etc/hosts /it"))] == []
    (line,) = link_alert(link)
    output = json.loads(line)["output"]
    assert output.partition(": ")[2].startswith(
        "Warning Symlinks created over sensitive files | target=/etc/shadow linkpath=/it evt_type=symlink"
    )
    assert "exe_flags" not in output


def test_an_answer_may_be_changed() -> None:
    (line,) = changed(container_id="0123456789abcdef")(SEEN)
    alert = falco_json.parse(Line(TIME, line))
    assert alert
    assert alert.container_id == "0123456789ab"


def test_a_sighting_needs_no_pod() -> None:
    seen = Sighting(TIME, "host", "host", None, None, "bash -i")
    alert = falco_json.parse(Line(TIME, builder.json_alert(seen)))
    assert alert
    assert (alert.container_id, alert.namespace) == ("host", None)
