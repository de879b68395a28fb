"""A command of kubectl itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubectl_replay import process
from kubectl_replay.errors import Failure
from kubectl_replay.evidence import Left
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.spec import Trigger
from kubectl_replay.triggers.kubectl import run_kubectl
from tests.unit.runs import PIN, pinned_run
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, scenario

if TYPE_CHECKING:
    from pytest_subprocess import FakeProcess

    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run


def run_with(*words: str, stdin: str | None = None) -> Run:
    return pinned_run(scenario(trigger=Trigger(kind="kubectl", command=words, stdin=stdin)))


def test_its_words_go_to_kubectl_on_the_pinned_cluster(fp: FakeProcess) -> None:
    argv = ["kubectl", "get", "secrets", "-l", "run=r1", *PIN]
    fp.register(argv, stdout="none\n")
    assert run_kubectl(run_with("get", "secrets", "-l", "run={{replay.run}}")) == Left(
        (*argv, ""), 0, "none\n"
    )


def test_the_pinned_cluster_is_named_before_another_program_s_words(fp: FakeProcess) -> None:
    argv = ["kubectl", "exec", "demo-target-r1", *PIN, "--", "id", "-u"]
    fp.register(argv, stdout="0\n")
    assert run_kubectl(run_with("exec", "{{replay.pod}}", "--", "id", "-u")).output == "0\n"


def test_its_input_is_sent_and_counts_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []

    def run(_argv: object, **how: object) -> Completed:
        sent.append(how["stdin"])
        return answer()

    monkeypatch.setattr(process, "run", run)
    left = run_kubectl(run_with("apply", "-f", "-", stdin="name: {{replay.nonce}}"))
    assert sent == ["name: nnnn"]
    assert left.sent[-1] == "name: nnnn"


@pytest.mark.parametrize("said", [answer(err=FORBIDDEN, code=1), answer(err="command terminated", code=7)])
def test_a_refusal_is_an_answer_that_the_evidence_judges(
    monkeypatch: pytest.MonkeyPatch, said: Completed
) -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: said)
    assert run_kubectl(run_with("get", "secrets")).code == said.code


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(code=-9, late=True), Reason.TRIGGER_TIMEOUT),
        (answer(err=UNREACHABLE, code=1), Reason.CONNECTION_LOST),
    ],
)
def test_no_answer_is_a_failure(monkeypatch: pytest.MonkeyPatch, said: Completed, reason: Reason) -> None:
    monkeypatch.setattr(process, "run", lambda *_, **__: said)
    with pytest.raises(Failure) as raised:
        run_kubectl(run_with("get", "secrets"))
    assert raised.value.reason is reason
