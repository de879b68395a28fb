"""What the words of `run` ask for, as one frozen request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
import pytest

from kubectl_replay.catalog import Entry, Source
from kubectl_replay.cli import asking, options
from kubectl_replay.cli.asking import Asked
from kubectl_replay.cli.root import root
from kubectl_replay.images import Replacements
from kubectl_replay.kubectl import Connection
from kubectl_replay.request import RunRequest
from kubectl_replay.scenario.problem import ScenarioInvalid
from kubectl_replay.scenario.spec import Parameter
from tests.unit.samples import scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kubectl_replay.scenario.spec import Scenario

    Ask = Callable[..., RunRequest]


@pytest.fixture
def request_for(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what `run demo` with these words asks for."""
    found: list[RunRequest] = []

    def invoke(_command: click.Command, ctx: click.Context) -> int:
        found.append(asking.request(ctx, ctx.params, ASKED))
        return 0

    monkeypatch.setattr(options.Command, "invoke", invoke)

    def ask(*words: str) -> RunRequest:
        root.main(["run", "demo", *words], standalone_mode=False)
        return found[-1]

    return ask


def asked(path: Path, of: Scenario | ScenarioInvalid) -> Asked:
    return Asked(Entry("demo", path, Source(path, "flag", hooks_allowed=True)), of)


PARAMETERS = {"target": Parameter(default="far", help="where"), "word": Parameter(default="w", help="what")}
ASKED: list[Asked] = []


@pytest.fixture(autouse=True)
def _demo(tmp_path: Path) -> None:
    ASKED[:] = [asked(tmp_path, scenario(parameters=PARAMETERS))]


def usual(**fields: Any) -> RunRequest:  # noqa: ANN401 - the fields of a request
    return RunRequest(**({"environ": os.environ} | fields))


def test_without_words_everything_is_as_usual(request_for: Ask) -> None:
    assert request_for() == usual()


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (["--keep"], {"keep": True}),
        (["--fast"], {"fast": True, "keep": True}),
        (["--dry-run"], {"dry_run": True}),
        (["--no-detection"], {"detection": False}),
        (["--backend", "none"], {"detection": False, "backends": ("none",)}),
        (["--backend", "audit"], {"backends": ("audit",)}),
        (
            ["--backend", "falco", "--backend", "audit", "--backend", "falco"],
            {"backends": ("falco", "audit")},
        ),
        (["--audit-log", __file__], {"audit_log": __file__, "backends": ("audit",)}),
        (
            ["--audit-log", __file__, "--backend", "falco"],
            {"audit_log": __file__, "backends": ("falco", "audit")},
        ),
        (["--diagnose"], {"diagnose": True}),
        (["--canary"], {"canary": True}),
        (["--detect-timeout", "1m"], {"detect_seconds": 60.0}),
        (["--allow-privileged"], {"allow_privileged": True}),
        (["--ready-timeout", "1.5"], {"ready_seconds": 1.5}),
        (["--node", "n"], {"node": "n", "change_words": ("--node", "n")}),
        (
            ["--set", "target=a=b", "--set", "word="],
            {
                "settings": {"target": "a=b", "word": ""},
                "change_words": ("--set", "target=a=b", "--set", "word="),
            },
        ),
        (
            ["--registry", "r", "--image", "a=b:1"],
            {
                "replacements": Replacements((("a", "b:1"),), "r"),
                "change_words": ("--registry", "r", "--image", "a=b:1"),
            },
        ),
        (["--context", "c"], {"connection": Connection("c")}),
    ],
)
def test_each_word_asks_for_one_thing(request_for: Ask, words: list[str], fields: dict[str, Any]) -> None:
    assert request_for(*words) == usual(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("FAST", {"fast": True, "keep": True}),
        ("KEEP", {"keep": True}),
        ("DRY_RUN", {"dry_run": True}),
        ("REPLAY_ALLOW_PRIVILEGED", {"allow_privileged": True}),
    ],
)
def test_a_variable_switches_it_on_too(
    request_for: Ask,
    name: str,
    fields: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, "on")
    assert request_for() == usual(**fields)


def test_the_time_for_an_alert_is_a_flag_or_a_variable(
    request_for: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FALCO_VERIFY_TIMEOUT", "45")
    assert request_for().detect_seconds == 45
    assert request_for("--detect-timeout", "5s").detect_seconds == 5


@pytest.mark.parametrize(
    "words", [("--backend", "falco"), ("--audit-log", __file__), ("--backend", "audit", "--backend", "falco")]
)
def test_nobody_and_somebody_cannot_both_be_named(request_for: Ask, words: tuple[str, ...]) -> None:
    with pytest.raises(
        click.UsageError, match=r"^--backend none: no other detector can be named beside it\.$"
    ):
        request_for("--backend", "none", *words)


def test_a_pod_patch_is_read_from_the_flag_or_the_variable(
    request_for: Ask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "a.yaml").write_text("spec: {priorityClassName: high}")
    (tmp_path / "b.json").write_text('{"metadata": {"labels": {"a": "b"}}}')
    monkeypatch.setenv("REPLAY_POD_PATCH", str(tmp_path / "a.yaml"))
    assert request_for().pod_patch == {"spec": {"priorityClassName": "high"}}
    assert request_for("--pod-patch", str(tmp_path / "b.json")).pod_patch == {
        "metadata": {"labels": {"a": "b"}}
    }


def test_a_file_that_is_no_pod_patch_is_wrong_usage_with_all_that_is_wrong(
    request_for: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("metadata:\n  labels: {1: 2, a: 3}\n")
    with pytest.raises(click.UsageError) as raised:
        request_for("--pod-patch", str(path))
    assert raised.value.message == (
        f"--pod-patch {path}: this is no part of a Pod.\n"
        f'  {path}:2:12: a key in metadata.labels must be text, found the number 1: write "1"\n'
        f'  {path}:2:21: metadata.labels.a must be text, found the number 3: write "3"'
    )


def test_a_file_that_is_not_there_is_wrong_usage(request_for: Ask) -> None:
    with pytest.raises(click.UsageError) as raised:
        request_for("--pod-patch", "/nowhere")
    assert raised.value.message == "--pod-patch /nowhere: No such file or directory."


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_a_time_that_is_no_number_of_seconds_is_wrong_usage(request_for: Ask, seconds: str) -> None:
    with pytest.raises(click.UsageError):
        request_for("--ready-timeout", seconds)


def test_a_parameter_that_no_scenario_has_is_wrong_usage(request_for: Ask, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError) as raised:
        request_for("--set", "nosuch=x")
    assert raised.value.message == "--set nosuch: the scenario has no such parameter; they are target, word."
    ASKED[:] = [asked(tmp_path, scenario())]
    with pytest.raises(click.UsageError) as raised:
        request_for("--set", "nosuch=x")
    assert raised.value.message == "--set nosuch: the scenario has no such parameter; there are none."


def test_a_folder_that_cannot_be_read_may_have_any_parameter(request_for: Ask, tmp_path: Path) -> None:
    ASKED.append(asked(tmp_path, ScenarioInvalid([])))
    assert request_for("--set", "nosuch=x").settings == {"nosuch": "x"}


def test_only_privileged_scenarios_that_nobody_named_or_allowed_are_left_out(tmp_path: Path) -> None:
    items = [
        asked(tmp_path, scenario()),
        asked(tmp_path, scenario(safety="privileged")),
        asked(tmp_path, ScenarioInvalid([])),
    ]
    wanted, left_out = asking.part(items, RunRequest(), named=False)
    assert (wanted, [item.reason for item in left_out]) == ([items[0], items[2]], ["privileged_not_allowed"])
    assert asking.part(items, RunRequest(), named=True) == (items, [])
    assert asking.part(items, RunRequest(allow_privileged=True), named=False) == (items, [])
