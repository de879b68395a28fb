"""What we ask of helm, 3 or 4: always of the cluster that the guard judged, and of no other."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kubectl_replay import process, words
from kubectl_replay.chart import Chart
from kubectl_replay.errors import Failure
from kubectl_replay.reasons import REASONS, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kubectl_replay.chart import Values
    from kubectl_replay.kubectl import Connection
    from kubectl_replay.process import Completed

PROGRAM: Final = "helm"
ANSWER_SECONDS: Final = 60.0
DOWNLOAD_SECONDS: Final = 300.0

_ELSEWHERE: Final = "HELM_KUBE"
"""How the variables begin with which helm reaches another server or is another user than the kubeconfig says
(https://helm.sh/docs/helm/helm/): with them it would change a cluster that the guard has not seen."""

_NO_RELEASE: Final = "release: not found"
_CUT_OFF: Final = "pending-"
"""How the status of a release begins while helm works on it, and for ever where that helm was killed."""


@dataclass(frozen=True)
class Helm:
    """helm, pinned to one namespace of one cluster."""

    connection: Connection
    environ: Mapping[str, str]

    def require(self) -> None:
        """Raise `Failure` where there is no helm."""
        if shutil.which(PROGRAM, path=self.environ.get("PATH", "")) is None:
            raise Failure(Reason.HELM_MISSING, REASONS[Reason.HELM_MISSING].sentence)

    @property
    def environment(self) -> Mapping[str, str]:
        """The user's own, so that helm finds its caches, plugins and logins, but no other cluster."""
        return {name: value for name, value in self.environ.items() if not name.startswith(_ELSEWHERE)}

    def argv(self, *call: str) -> tuple[str, ...]:
        """Build a call."""
        asked = self.connection
        return (
            PROGRAM,
            *call,
            *("--namespace", asked.namespace),
            *(("--kubeconfig", asked.kubeconfig) if asked.kubeconfig else ()),
            *(("--kube-context", asked.context) if asked.context else ()),
            *(("--kube-as-user", asked.user) if asked.user else ()),
            *(word for group in asked.groups for word in ("--kube-as-group", group)),
        )

    def removal(self, release: str) -> str:
        """Return the command with which a person removes a release."""
        return shlex.join(self.argv("uninstall", release))

    def values(self, release: str) -> Mapping[str, Any] | None:
        """Read the values that a release was given, whatever became of it; None where there is none.

        Raises `Failure` where helm may not look or cannot.
        """
        answer = self._ask("get", "values", release)
        if not answer.code and not answer.late:
            return json.loads(answer.out) or {}
        if _NO_RELEASE in answer.err:
            return None
        raise _unread(answer, self.connection.namespace)

    def fetch(self, chart: Chart, folder: Path) -> Chart:
        """Download a chart from its repository, which is not added to the user's. Raises `Failure`."""
        call = (PROGRAM, "pull", *chart.words, "--repo", chart.repository)
        here = ("--destination", str(folder))
        answer = process.run((*call, *here), timeout=DOWNLOAD_SECONDS, env=self.environment)
        files = list(folder.glob("*.tgz"))
        if answer.code or answer.late or len(files) != 1:
            raise Failure.of(Reason.CHART_MISSING, answer, command=shlex.join(call))
        return Chart(str(files[0]))

    def install(self, release: str, chart: Chart, values: Values) -> None:
        """Install a release before the user's eyes, or upgrade it to exactly this. Raises `Failure`."""
        call = self.argv("upgrade", release, *chart.words, "--install", "--create-namespace", *values.words)
        code = process.foreground(call, env=self.environment, stdin=json.dumps(values.defaults))
        if code:
            sentence = f'helm could not install the release "{release}" (exit code {code}).'
            raise Failure(Reason.HELM_FAILED, sentence, next_step=self._mend(release))

    def _mend(self, release: str) -> str:
        """Say how to go on where an earlier call was cut off: helm touches such a release no more."""
        answer = self._ask("history", release, "--max", "1")
        revisions = [] if answer.code or answer.late else json.loads(answer.out)
        if not any(revision["status"].startswith(_CUT_OFF) for revision in revisions):
            return ""
        step = f"if no other helm is at work on it, remove what was cut off: {self.removal(release)}"
        return f"{step}; then run this again"

    def _ask(self, *call: str) -> Completed:
        return process.run(self.argv(*call, "-o", "json"), timeout=ANSWER_SECONDS, env=self.environment)


def _unread(answer: Completed, namespace: str) -> Failure:
    if words.read(answer.err) is not Reason.RBAC_DENIED:
        return Failure.of(Reason.HELM_FAILED, answer)
    return Failure(
        Reason.BACKEND_DISCOVERY_DENIED,
        "The API server forbids reading which releases helm has installed.",
        command=answer.command,
        words=answer.err,
        next_step=f'ask for a Role in the namespace "{namespace}": secrets get, list, create, update, delete',
    )
