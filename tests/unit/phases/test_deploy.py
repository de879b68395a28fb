"""Deploy: the watch beside the create, the namespace, the certainty of what was made."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay import process
from kubectl_replay.clocks import Moment
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.phases.deploy import deploy
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Status
from kubectl_replay.run import Created
from tests.unit.fakes import Clock
from tests.unit.runs import BOUND, OF_SCENARIO, PIN, pinned_run, rendered
from tests.unit.samples import answer, scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

CREATE = ["kubectl", "create", "-k", "/rendered", *PIN, *BOUND]
CREATE_NAMESPACE = ["kubectl", "create", "-f", "-", *PIN, *BOUND]
WATCH = [
    "kubectl", "get", "pods", "--selector", OF_SCENARIO,
    "--watch", "--output-watch-events", "-o", "json", *PIN,
]  # fmt: skip

MADE = answer("pod/demo-target-r1 created\n")
IN = 'error when creating "/rendered": '
NO_NAMESPACE = answer(err=f'Error from server (NotFound): {IN}namespaces "k8s-replay" not found\n', code=1)
NO_ACCOUNT = answer(
    err=f'Error from server (Forbidden): {IN}pods "demo-target-r1" is forbidden: error looking up service '
    'account k8s-replay/default: serviceaccount "default" not found\n',
    code=1,
)
EXISTS = f'Error from server (AlreadyExists): {IN}services "s-r1" already exists\n'
DENIED = (
    f'Error from server (Forbidden): {IN}pods "p" is forbidden: violates PodSecurity "restricted:latest"\n'
)
LOST = "Unable to connect to the server: context deadline exceeded\n"
NAMESPACE_MADE = answer("namespace/k8s-replay created\n")


class Asked:
    """The commands that a deploy ran, and the answers it will get."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.argv: list[list[str]] = []
        self.stdin: list[str | None] = []

    def run(self, argv: list[str], *, stdin: str | None = None, **_how: object) -> Completed:
        self.argv.append(list(argv))
        self.stdin.append(stdin)
        given: Completed = self.answers.pop(0)
        return given() if callable(given) else given


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    scripted = Asked()
    monkeypatch.setattr(process, "run", scripted.run)
    return scripted


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    now = Clock()
    now.rule(monkeypatch, "phases.deploy", "clocks")
    return now


@pytest.fixture
def run(fp: Any, clock: Clock) -> Iterator[Run]:  # noqa: ANN401, ARG001 - fixtures
    fp.register(WATCH, stdout=[])
    going = pinned_run()
    rendered(going)
    with going.stack:
        yield going


def failure(run: Run) -> Failure:
    with pytest.raises(Failure) as raised:
        deploy(run)
    return raised.value


def test_the_watch_is_open_before_the_objects_are_created(run: Run, asked: Asked, fp: Any) -> None:  # noqa: ANN401
    def made() -> Completed:
        assert [list(call) for call in fp.calls] == [WATCH]
        return MADE

    asked.answers = [made]
    assert deploy(run) is Status.PASS
    assert asked.argv == [CREATE]
    assert run.created == Created(("pod/demo-target-r1",), sent=True, certain=True)
    assert run.server_answered


LOOK = ["kubectl", "get", "pods", "--all-namespaces", "--selector", "app.kubernetes.io/name=falco"]


def test_detectors_are_looked_for_beside_the_create(fp: Any, asked: Asked, clock: Clock) -> None:  # noqa: ANN401
    clock.now = 1005.0
    fp.register([*LOOK, fp.any()], stdout='{"items": []}')
    fp.register(WATCH, stdout=[])
    run = pinned_run(detection=True)
    rendered(run)

    def made() -> Completed:
        assert list(fp.calls[0])[: len(LOOK)] == LOOK
        clock.now += 1
        return MADE

    asked.answers = [NO_NAMESPACE, NAMESPACE_MADE, made]
    with run.stack:
        deploy(run)
        assert run.detectors is not None
    assert run.created_at == Moment(1_005_000_000_000, 1005.0)  # before the first try, and no later


def test_no_detector_is_looked_for_where_none_is_to_be_asked(run: Run, asked: Asked) -> None:
    asked.answers = [MADE]
    deploy(run)
    assert run.detectors is None
    assert run.created_at is not None


@pytest.mark.parametrize(
    ("built_in", "pod_patch", "validated"), [(True, {}, False), (True, {"spec": {}}, True), (False, {}, True)]
)
def test_only_our_own_manifests_are_not_validated_by_kubectl(
    run: Run, asked: Asked, built_in: bool, pod_patch: dict[str, object], validated: bool
) -> None:
    run.built_in = built_in
    run.request = replace(run.request, pod_patch=pod_patch)
    asked.answers = [MADE]
    deploy(run)
    assert asked.argv == [CREATE if validated else [*CREATE[:4], "--validate=false", *CREATE[4:]]]


def test_the_rendered_folder_goes_as_soon_as_the_objects_are_made(run: Run, asked: Asked) -> None:
    folder = rendered(run)

    def made() -> Completed:
        assert folder.cleaned == 0
        return MADE

    asked.answers = [made]
    deploy(run)
    assert folder.cleaned == 1


def test_a_missing_namespace_is_created_as_ours_and_the_create_tried_again(run: Run, asked: Asked) -> None:
    asked.answers = [NO_NAMESPACE, NAMESPACE_MADE, MADE]
    assert deploy(run) is Status.PASS
    assert asked.argv == [CREATE, CREATE_NAMESPACE, CREATE]
    assert json.loads(asked.stdin[1] or "")["metadata"] == {
        "name": "k8s-replay",
        "labels": {"app.kubernetes.io/managed-by": "kubectl-replay"},
    }


def test_a_privileged_scenario_s_namespace_admits_it(fp: Any, asked: Asked, clock: Clock) -> None:  # noqa: ANN401, ARG001
    fp.register([fp.any()], stdout=[])
    run = pinned_run(scenario(safety="privileged"))
    rendered(run)
    asked.answers = [NO_NAMESPACE, NAMESPACE_MADE, MADE]
    with run.stack:
        deploy(run)
    assert json.loads(asked.stdin[1] or "")["metadata"] == {
        "name": "k8s-replay-privileged",
        "labels": {
            "app.kubernetes.io/managed-by": "kubectl-replay",
            "pod-security.kubernetes.io/enforce": "privileged",
        },
    }


def test_another_run_may_have_made_the_namespace_meanwhile(run: Run, asked: Asked) -> None:
    exists = answer(err='Error from server (AlreadyExists): namespaces "k8s-replay" already exists\n', code=1)
    asked.answers = [NO_NAMESPACE, exists, MADE]
    assert deploy(run) is Status.PASS


def test_a_namespace_that_is_missing_twice_is_a_failure(run: Run, asked: Asked) -> None:
    asked.answers = [NO_NAMESPACE, NAMESPACE_MADE, NO_NAMESPACE]
    assert failure(run).reason is Reason.CREATE_FAILED
    assert run.created == Created((), sent=True, certain=True)


def test_a_namespace_that_may_not_be_created_is_a_failure(run: Run, asked: Asked) -> None:
    forbidden = answer(
        err='Error from server (Forbidden): namespaces is forbidden: User "me" cannot create resource '
        '"namespaces" in API group "" at the cluster scope\n',
        code=1,
    )
    asked.answers = [NO_NAMESPACE, forbidden]
    found = failure(run)
    assert found.reason is Reason.RBAC_DENIED
    assert found.words == forbidden.err.strip()
    assert asked.argv == [CREATE, CREATE_NAMESPACE]


def test_the_service_account_of_a_new_namespace_is_waited_for(run: Run, asked: Asked, clock: Clock) -> None:
    asked.answers = [NO_NAMESPACE, NAMESPACE_MADE, NO_ACCOUNT, NO_ACCOUNT, MADE]
    assert deploy(run) is Status.PASS
    assert clock.slept == [0.2, 0.2]


def test_a_service_account_that_does_not_come_is_a_failure_after_ten_seconds(
    run: Run, asked: Asked, clock: Clock
) -> None:
    asked.answers = [NO_ACCOUNT] * 100
    assert failure(run).reason is Reason.CREATE_FAILED
    assert sum(clock.slept) == pytest.approx(10)


def test_what_the_first_try_made_is_no_hindrance_to_the_second(run: Run, asked: Asked) -> None:
    partly = answer("service/s-r1 created\n", NO_ACCOUNT.err, 1)
    second = answer("pod/demo-target-r1 created\n", EXISTS, 1)
    asked.answers = [partly, second]
    assert deploy(run) is Status.PASS
    assert run.created.names == ("service/s-r1", "pod/demo-target-r1")


@pytest.mark.parametrize("beside", [LOST, DENIED, "something new\n"])
def test_an_error_beside_what_exists_already_is_a_failure(run: Run, asked: Asked, beside: str) -> None:
    asked.answers = [answer("service/s-r1 created\n", NO_ACCOUNT.err, 1), answer(err=EXISTS + beside, code=1)]
    failure(run)


def test_what_exists_already_at_the_first_try_is_not_ours(run: Run, asked: Asked) -> None:
    asked.answers = [answer(err=EXISTS, code=1)]
    assert failure(run).reason is Reason.CREATE_FAILED


def test_a_refusal_is_told_with_a_command_that_changes_nothing(run: Run, asked: Asked) -> None:
    asked.answers = [answer(err=DENIED, code=1)]
    assert failure(run).message == (
        "An admission policy of the cluster refused the workload.\n"
        f"  {DENIED.strip()}\n"
        "command: kubectl create --dry-run=server -f pod.yaml"
        " --namespace k8s-replay --context kind-k8s-replay\n"
        "next: name a namespace whose policy admits it (--namespace), or change that policy"
    )
    assert run.created == Created((), sent=True, certain=True)


LATE = answer(code=-9, late=True)


@pytest.mark.parametrize("lost", [LATE, answer(err=LOST, code=1)])
def test_a_server_that_never_answered_is_unreachable(run: Run, asked: Asked, lost: Completed) -> None:
    asked.answers = [lost]
    assert failure(run).reason is Reason.CLUSTER_UNREACHABLE
    assert not run.server_answered


@pytest.mark.parametrize("lost", [LATE, answer(err=LOST, code=1)])
def test_a_server_that_had_answered_is_lost(run: Run, asked: Asked, lost: Completed) -> None:
    asked.answers = [NO_NAMESPACE, lost]
    assert failure(run).reason is Reason.CONNECTION_LOST


@pytest.mark.parametrize(
    ("said", "certain"),
    [
        (answer(err=DENIED, code=1), True),
        (answer("service/s-r1 created\n", DENIED, 1), True),
        (LATE, False),
        (answer(err=LOST, code=1), False),
        (answer(err=DENIED + LOST, code=1), False),
        (answer(code=-9), False),
        (answer(err="panic: something\n", code=2), False),
        (answer(err="Error from server (Timeout): it took too long\n", code=1), False),
    ],
)
def test_only_a_refusal_leaves_no_doubt_about_what_was_made(
    run: Run, asked: Asked, said: Completed, certain: bool
) -> None:
    asked.answers = [said]
    failure(run)
    assert (run.created.sent, run.created.certain) == (True, certain)


def test_a_doubt_is_not_taken_back_by_a_later_answer(run: Run, asked: Asked) -> None:
    partly = answer("service/s-r1 created\n", NO_ACCOUNT.err + LOST, 1)
    asked.answers = [partly, answer("pod/demo-target-r1 created\n", EXISTS, 1)]
    deploy(run)
    assert not run.created.certain


def test_a_create_that_a_second_signal_kills_may_have_made_something(run: Run, asked: Asked) -> None:
    def killed() -> Completed:
        raise Interrupted(signal.SIGINT)

    asked.answers = [killed]
    with pytest.raises(Interrupted):
        deploy(run)
    assert run.created == Created((), sent=True, certain=False)


def test_a_signal_waits_for_the_answer_and_keeps_what_was_made(run: Run, asked: Asked) -> None:
    def made() -> Completed:
        INTERRUPTION.receive(signal.SIGTERM)
        return MADE

    asked.answers = [made]
    with pytest.raises(Interrupted, match=r"^SIGTERM$"):
        deploy(run)
    assert run.created == Created(("pod/demo-target-r1",), sent=True, certain=True)


@pytest.mark.parametrize("answers", [[NO_ACCOUNT], [NO_NAMESPACE, NAMESPACE_MADE]])
def test_after_a_signal_nothing_more_is_created(run: Run, asked: Asked, answers: list[Completed]) -> None:
    def signaled() -> Completed:
        INTERRUPTION.receive(signal.SIGINT)
        return answers[-1]

    asked.answers = [*answers[:-1], signaled]
    with pytest.raises(Interrupted):
        deploy(run)
    assert len(asked.argv) == len(answers)


def test_a_signal_while_the_service_account_is_waited_for_sends_no_more_creates(
    run: Run, asked: Asked, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(clock, "sleep", lambda _seconds: INTERRUPTION.receive(signal.SIGINT))
    asked.answers = [NO_ACCOUNT]
    with pytest.raises(Interrupted):
        deploy(run)
    assert asked.argv == [CREATE]


def test_a_refusal_of_changed_manifests_is_told_with_the_same_flags(run: Run, asked: Asked) -> None:
    run.request = replace(run.request, change_words=("--set", "a=b c"))
    asked.answers = [answer(err=DENIED, code=1)]
    assert failure(run).command == (
        "kubectl replay demo --set 'a=b c' --namespace k8s-replay --context kind-k8s-replay --dry-run"
        " | kubectl create --dry-run=server -f - --namespace k8s-replay --context kind-k8s-replay"
    )


def test_nothing_was_sent_when_the_watch_could_not_be_opened(run: Run, asked: Asked) -> None:
    INTERRUPTION.receive(signal.SIGINT)
    with pytest.raises(Interrupted):
        deploy(run)
    assert asked.argv == []
    assert run.created == Created()
