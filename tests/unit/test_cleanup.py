"""Cleanup: from wherever a run stopped, by the cheapest proof, and honest about what it could not do."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from kubectl_replay import hooks, process
from kubectl_replay.cleanup import clean
from kubectl_replay.errors import Failure
from kubectl_replay.interruption import INTERRUPTION, Interrupted
from kubectl_replay.manifests import Object
from kubectl_replay.process import ProgramMissing
from kubectl_replay.reasons import Reason
from kubectl_replay.result import Cleanup
from kubectl_replay.run import Created
from kubectl_replay.scenario.spec import Hooks
from tests.unit.fakes import ScriptedKubectl, Silence
from tests.unit.runs import BOUND, PIN, POD, SELECTOR, pinned_run, watched
from tests.unit.samples import FORBIDDEN, UNREACHABLE, answer, away, pod, ready_pod, refused, scenario

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.run import Run

COMMAND = f"kubectl delete pod --selector {SELECTOR} --namespace k8s-replay --context kind-k8s-replay"

GONE = json.dumps({"type": "DELETED", "object": ready_pod()}) + "\n"


class Cleaning:
    """A run to clean up after, the commands that it ran, and the answers it will get."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> None:  # noqa: ANN401
        self.run: Run = pinned_run(**asked)
        self.run.server_answered = True
        self.kubectl: ScriptedKubectl = watched(self.run)
        self.clock = self.kubectl.clock
        self.clock.rule(monkeypatch, "watch", "cleanup", "removal")
        self.answers: list[Any] = []
        self.argv: list[list[str]] = []
        monkeypatch.setattr(process, "run", self._run)

    def _run(self, argv: list[str], **how: object) -> Completed:
        assert how["protected"]
        self.argv.append(list(argv))
        given: Completed = self.answers.pop(0)
        return given() if callable(given) else given

    def made(self, *names: str, certain: bool = True) -> None:
        self.run.created = Created(names, sent=True, certain=certain)
        kinds = [name.partition("/")[0].title() for name in names] or ["Pod"]
        self.run.objects = tuple(Object(kind, "x", {}) for kind in kinds)

    def watching(self, *lines: Any, end: Completed | None = None) -> None:  # noqa: ANN401
        self.kubectl.will_watch(*lines, end=end)
        self.run.watch.open()


def delete(*names: str) -> list[str]:
    return ["kubectl", "delete", *names, "--ignore-not-found", "--wait=false", *PIN, *BOUND]


def existing(*names: str) -> list[str]:
    return ["kubectl", "get", *names, "-o", "name", "--ignore-not-found", *PIN, *BOUND]


LABELLED = ["--selector", SELECTOR]
DELETE_LABELLED = ["kubectl", "delete", "pod", *LABELLED, "--ignore-not-found", "--wait=false", *PIN, *BOUND]
LIST_LABELLED = ["kubectl", "get", "pod", *LABELLED, "-o", "name", "--ignore-not-found", *PIN, *BOUND]


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Cleaning:
    found = Cleaning(monkeypatch)
    found.made(f"pod/{POD}")
    return found


def test_nothing_was_made_when_nothing_was_sent(case: Cleaning) -> None:
    case.run.created = Created()
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == []


def test_nothing_was_made_when_the_create_was_refused(case: Cleaning) -> None:
    case.run.created = Created(sent=True, certain=True)
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == []


def test_a_pod_is_deleted_by_name_and_seen_gone_by_the_watch(case: Cleaning) -> None:
    case.answers = [answer(f'pod "{POD}" deleted\n')]
    case.watching(Silence(0.1), GONE)
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}")]
    assert case.kubectl.opened[0].waits[0][1] is True


def test_other_objects_are_looked_for_by_name(case: Cleaning) -> None:
    case.made(f"pod/{POD}", "service/s-r1")
    case.answers = [answer(), answer("service/s-r1\n"), answer()]
    case.watching(GONE)
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}", "service/s-r1"), *[existing("service/s-r1")] * 2]


def test_without_a_pod_nothing_is_watched_for(case: Cleaning) -> None:
    case.made("service/s-r1")
    case.answers = [answer(), answer()]
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete("service/s-r1"), existing("service/s-r1")]


def test_a_pod_that_the_watch_does_not_see_go_is_looked_for_by_name(case: Cleaning) -> None:
    case.answers = [answer(), answer()]
    case.watching()
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}"), existing(f"pod/{POD}")]
    assert case.clock.now == 1040


def test_what_has_to_go_has_one_deadline_for_watching_and_looking(case: Cleaning) -> None:
    case.made(f"pod/{POD}", "service/s-r1")
    case.answers = [answer(), answer("service/s-r1\n")]
    case.watching(Silence(39.9), GONE)
    case.answers += [answer("service/s-r1\n")]
    assert clean(case.run).left == ("service/s-r1",)
    assert case.clock.now == pytest.approx(1040.2)


def test_a_watch_that_is_forbidden_is_no_proof_and_no_failure(case: Cleaning) -> None:
    case.answers = [answer(), answer()]
    case.watching(end=refused(FORBIDDEN))
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}"), existing(f"pod/{POD}")]


def test_a_watch_that_breaks_is_opened_again(case: Cleaning) -> None:
    case.run.watch.pods[POD] = ready_pod()
    case.answers = [answer()]
    case.watching(end=answer(err=UNREACHABLE, code=1))
    case.kubectl.lists.append(answer('{"items": []}'))
    case.kubectl.will_watch()
    assert clean(case.run) == Cleanup("clean")


@pytest.mark.parametrize("said", [refused(), answer(err=FORBIDDEN, code=-9, late=False)])
def test_a_forbidden_delete_leaves_what_was_made_with_a_command(case: Cleaning, said: Completed) -> None:
    case.answers = [said]
    assert clean(case.run) == Cleanup("incomplete", (f"pod/{POD}",), COMMAND, FORBIDDEN.strip())
    assert len(case.argv) == 1


def test_a_pod_that_does_not_go_is_left(case: Cleaning) -> None:
    case.answers = [answer(), *[answer(f"pod/{POD}\n")] * 1000]
    case.watching()
    assert clean(case.run) == Cleanup(
        "incomplete", (f"pod/{POD}",), COMMAND, "They were deleted, but did not go in time."
    )


def test_where_nothing_may_be_read_nothing_is_proven(case: Cleaning) -> None:
    case.answers = [answer(), refused()]
    case.watching(end=refused())
    found = clean(case.run)
    assert (found.status, found.left, found.command) == ("unproven", (f"pod/{POD}",), COMMAND)


def test_an_api_server_that_comes_back_is_waited_for(case: Cleaning) -> None:
    case.answers = [away(), away(), answer()]
    case.watching(GONE)
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}")] * 3


def test_an_api_server_that_stays_away_leaves_everything(case: Cleaning) -> None:
    case.answers = [away()] * 1000
    found = clean(case.run)
    assert (found.status, found.left, found.message) == ("incomplete", (f"pod/{POD}",), UNREACHABLE.strip())
    assert case.clock.now == pytest.approx(1030, abs=0.3)


def test_after_one_signal_cleanup_goes_on(case: Cleaning) -> None:
    INTERRUPTION.receive(signal.SIGINT)
    case.run.signum = signal.SIGINT
    case.answers = [answer()]
    case.kubectl.will_watch(GONE)
    case.run.watch.open(protected=True)
    assert clean(case.run) == Cleanup("clean")


def test_a_second_signal_leaves_everything_with_a_command(case: Cleaning) -> None:
    def stopped() -> Completed:
        raise Interrupted(signal.SIGINT)

    case.answers = [stopped]
    assert clean(case.run) == Cleanup("incomplete", (f"pod/{POD}",), COMMAND, "Cleanup was stopped: SIGINT.")


def test_a_kubectl_that_is_gone_leaves_everything(case: Cleaning) -> None:
    def missing() -> Completed:
        raise ProgramMissing("kubectl")

    case.answers = [missing]
    found = clean(case.run)
    assert found.message == "Cleanup was stopped: kubectl is not on PATH."
    assert found.status == "incomplete"


def test_what_may_have_been_made_is_deleted_by_label_and_looked_for_twice(case: Cleaning) -> None:
    case.made(certain=False)
    case.answers = [answer()] * 4
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [DELETE_LABELLED, LIST_LABELLED] * 2
    assert case.clock.slept == [0.0, 1.0]


def test_what_a_lost_create_made_late_is_found_by_the_second_look(case: Cleaning) -> None:
    case.made(certain=False)
    case.answers = [answer(), answer(), answer(), answer(f"pod/{POD}\n"), answer()]
    assert clean(case.run) == Cleanup("clean")
    assert case.argv[-1] == LIST_LABELLED


def test_what_may_have_been_made_and_cannot_be_deleted_is_left(case: Cleaning) -> None:
    case.made(certain=False)
    case.answers = [refused()]
    assert clean(case.run) == Cleanup("incomplete", (), COMMAND, FORBIDDEN.strip())


def test_what_may_have_been_made_and_cannot_be_seen_is_unproven(case: Cleaning) -> None:
    case.made(certain=False)
    case.answers = [answer(), refused()]
    assert clean(case.run).status == "unproven"
    assert len(case.argv) == 2


def test_a_server_that_never_answered_anything_is_not_waited_for(case: Cleaning) -> None:
    case.made(certain=False)
    case.run.server_answered = False
    case.answers = [away()]
    assert clean(case.run).status == "incomplete"
    assert case.clock.now == 1000


def test_what_is_to_be_kept_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Cleaning(monkeypatch, keep=True)
    case.made(f"pod/{POD}")
    assert clean(case.run) == Cleanup("kept", (f"pod/{POD}",), COMMAND)
    assert case.argv == []


def test_after_a_signal_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Cleaning(monkeypatch, keep=True)
    case.made(f"pod/{POD}")
    case.run.signum = signal.SIGTERM
    case.answers = [answer()]
    case.watching(GONE)
    assert clean(case.run) == Cleanup("clean")


def test_what_was_reused_stays_kept(case: Cleaning) -> None:
    case.run.created = Created()
    case.run.reused = True
    assert clean(case.run) == Cleanup("kept", (f"pod/{POD}",), COMMAND)
    assert case.argv == []


@pytest.mark.parametrize("reused", [True, False])
def test_what_somebody_else_deleted_is_not_kept(monkeypatch: pytest.MonkeyPatch, reused: bool) -> None:
    case = Cleaning(monkeypatch, keep=True)
    case.made(f"pod/{POD}")
    case.run.reused = reused
    case.run.watch.gone = {POD}
    assert clean(case.run) == Cleanup("clean")


OVERDUE = pod("demo-target-r0", phase="Failed", reason="DeadlineExceeded")
ENDED = pod("demo-target-r9", phase="Failed", reason="Error")


def test_pods_of_earlier_runs_that_their_deadline_ended_go_as_well(case: Cleaning) -> None:
    case.run.watch.pods = {"demo-target-r0": OVERDUE, "demo-target-r9": ENDED, POD: ready_pod()}
    case.answers = [answer()]
    case.watching(GONE)
    assert clean(case.run) == Cleanup("clean")
    assert case.argv == [delete(f"pod/{POD}", "pod/demo-target-r0")]


def test_a_pod_of_an_earlier_run_that_is_gone_already_is_left_alone(case: Cleaning) -> None:
    case.run.watch.pods = {"demo-target-r0": OVERDUE}
    case.run.watch.gone = {"demo-target-r0"}
    case.answers = [answer()]
    case.watching(GONE)
    clean(case.run)
    assert case.argv == [delete(f"pod/{POD}")]


def hooked(monkeypatch: pytest.MonkeyPatch, said: Completed | Exception) -> Cleaning:
    case = Cleaning(monkeypatch, of=scenario(hooks=Hooks(cleanup="c.sh")))
    case.made(f"pod/{POD}")
    case.answers = [answer()]
    case.watching(GONE)

    def run_hook(_run: Run, script: str, *, protected: bool) -> Completed:
        assert (script, protected, case.argv) == ("c.sh", True, [])
        if isinstance(said, Exception):
            raise said
        return said

    monkeypatch.setattr(hooks, "run_hook", run_hook)
    return case


def test_a_script_cleans_up_first(monkeypatch: pytest.MonkeyPatch) -> None:
    case = hooked(monkeypatch, answer())
    assert clean(case.run) == Cleanup("clean")
    assert len(case.argv) == 1


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (answer(err="no\n", code=3), "c.sh ended with exit code 3\nno"),
        (answer(err="no\n", code=-9, late=True), "c.sh did not end in time"),
        (
            Failure(Reason.HOOK_FAILED, "It cannot be run.", next_step="chmod"),
            "It cannot be run.\nnext: chmod",
        ),
    ],
)
def test_a_script_that_fails_leaves_something_and_our_objects_go_all_the_same(
    monkeypatch: pytest.MonkeyPatch, said: Completed | Exception, complaint: str
) -> None:
    case = hooked(monkeypatch, said)
    path = case.run.scenario.folder.resolve() / "c.sh"
    assert clean(case.run) == Cleanup("incomplete", ("what c.sh removes",), str(path), complaint)
    assert case.argv == [delete(f"pod/{POD}")]


def test_a_script_that_fails_beside_objects_that_stay_is_told_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = hooked(monkeypatch, answer(err="no\n", code=3))
    case.answers = [refused()]
    message = f"c.sh ended with exit code 3\nno\n{FORBIDDEN.strip()}"
    assert clean(case.run) == Cleanup("incomplete", (f"pod/{POD}",), COMMAND, message)
