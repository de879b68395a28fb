"""A script of the scenario's folder as the trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_replay import hooks
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.spec import Hooks
from kubectl_replay.triggers.script import run_script
from tests.unit.runs import pinned_run
from tests.unit.samples import answer, scenario

if TYPE_CHECKING:
    from kubectl_replay.process import Completed


@pytest.mark.parametrize(("named", "script"), [(None, "trigger.sh"), ("mine.sh", "mine.sh")])
def test_what_a_script_prints_is_the_output(
    monkeypatch: pytest.MonkeyPatch, named: str | None, script: str
) -> None:
    asked: list[str] = []

    def run_hook(_run: object, name: str) -> Completed:
        asked.append(name)
        return answer("out")

    monkeypatch.setattr(hooks, "run_hook", run_hook)
    assert run_script(pinned_run(scenario(hooks=Hooks(trigger=named)))) == Left((), 0, "out")
    assert asked == [script]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(err="no\n", code=1), Reason.HOOK_FAILED),
        (answer(err="no\n", code=-9, late=True), Reason.TRIGGER_TIMEOUT),
    ],
)
def test_a_script_that_fails_is_a_failure_with_its_words(
    monkeypatch: pytest.MonkeyPatch, said: Completed, reason: Reason
) -> None:
    monkeypatch.setattr(hooks, "run_hook", lambda *_: said)
    with pytest.raises(Failure) as raised:
        run_script(pinned_run())
    assert (raised.value.reason, raised.value.words) == (reason, "no")
