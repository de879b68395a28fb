"""A kind cluster of our own: made with a mark on its nodes, deleted only where the mark is found."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kubectl_replay import process
from kubectl_replay.access import admit, enter
from kubectl_replay.cluster import Cluster
from kubectl_replay.errors import Failure
from kubectl_replay.kubectl import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "KIND_CLUSTER"
DEFAULT_NAME: Final = "k8s-replay"

MARK: Final = ("kubectl-replay/setup", "kind")
"""The label of our nodes. kind lets the kubelet set it, and a kubelet refuses to start with labels such as
app.kubernetes.io/managed-by: https://github.com/kubernetes-sigs/kind/issues/2932"""

READY_SECONDS: Final = 180
ANSWER_SECONDS: Final = 60.0
ENGINES: Final = ("docker", "podman", "nerdctl", "finch")
"""What kind can run its nodes with; it finds out by itself which, or reads the variable below."""
ENGINE_VARIABLE: Final = "KIND_EXPERIMENTAL_PROVIDER"


class Refused(Exception):
    """What was asked of kind was not done; the message says why, in kind's words too, and what to do next."""

    def __init__(self, sentence: str, *, words: str = "", next_step: str) -> None:
        said = [f"  {line}" for line in words.splitlines() if line.strip()]
        super().__init__("\n".join([sentence, *said, f"next: {next_step}"]))


@dataclass(frozen=True)
class Kind:
    """One kind cluster, whether it exists or not; `kubeconfig` is the file kind writes, if not the usual."""

    environ: Mapping[str, str]
    kubeconfig: str = ""

    @property
    def name(self) -> str:
        """Its name, as kind knows it."""
        return self.environ.get(VARIABLE) or DEFAULT_NAME

    @property
    def context(self) -> str:
        """The context that kind makes for it."""
        return f"kind-{self.name}"

    def admit(self) -> tuple[str, ...]:
        """Ask the guard about its name and return what the user should know. Raises `Failure`."""
        return admit(Cluster(self.context, self.context, ""), Connection(), self.environ)

    def create(self) -> str:
        """Make it, unless there is one already; return what to tell the user. Raises `Refused`."""
        _require_programs(self.environ)
        if self._exists():
            if self._is_ours():
                return f'The kind cluster "{self.name}" exists already; it is left as it is.'
            step = f"name another one, {VARIABLE}=NAME, or use this one with --context {self.context}"
            raise self._foreign(step)
        wait = ("--wait", f"{READY_SECONDS}s")
        self._show("create", *wait, "--config", "-", stdin=configuration())
        return f'Made the kind cluster "{self.name}"; the current context is now {self.context}.'

    def delete(self) -> str:
        """Delete it, if it is ours; return what to tell the user. Raises `Refused`."""
        _require_programs(self.environ)
        if not self._exists():
            return f'There is no kind cluster "{self.name}": nothing to delete.'
        if not self._is_ours():
            raise self._foreign(f"delete it yourself, if you mean it: {self.deletion}")
        self._show("delete")
        return f'Deleted the kind cluster "{self.name}".'

    @property
    def deletion(self) -> str:
        """The command with which a person deletes it, whosever it is."""
        return f"kind delete cluster --name {self.name}"

    def _exists(self) -> bool:
        answer = process.run(["kind", "get", "clusters"], timeout=ANSWER_SECONDS)
        if answer.code or answer.late:
            step = "start the container engine (Docker), and try `kind get clusters`"
            raise Refused("kind cannot list its clusters.", words=answer.err, next_step=step)
        return self.name in answer.out.split()

    def _is_ours(self) -> bool:
        """Ask the cluster itself, through kind's own kubeconfig: a context of its name may lead elsewhere."""
        argv = ["kind", "get", "kubeconfig", "--name", self.name]
        given = process.run(argv, timeout=ANSWER_SECONDS)
        if given.code or given.late:
            raise self._unknown(given.err)
        with tempfile.TemporaryDirectory(prefix="kubectl-replay-") as folder:
            file = Path(folder) / "kubeconfig"
            file.write_text(given.out, "utf-8")
            try:
                kubectl, _ = enter(Connection(context=self.context, kubeconfig=str(file)), (), self.environ)
            except Failure as failure:
                raise self._unknown(failure.message) from None
            answer = kubectl.nodes()
        if answer.code or answer.late:
            raise self._unknown(answer.err)
        return are_marked(answer.out)

    def _show(self, verb: str, *words: str, stdin: str = "") -> None:
        """Have kind do something before the user's eyes."""
        kubeconfig = ("--kubeconfig", self.kubeconfig) if self.kubeconfig else ()
        argv = ("kind", verb, "cluster", "--name", self.name, *words, *kubeconfig)
        code = process.foreground(argv, env=self.environ, stdin=stdin)
        if code:
            sentence = f'kind could not {verb} the cluster "{self.name}" (exit code {code}).'
            raise Refused(sentence, next_step="see what kind itself said above, and run this again")

    def _foreign(self, step: str) -> Refused:
        label = "=".join(MARK)
        sentence = f'The kind cluster "{self.name}" is not kubectl-replay\'s: not all nodes have {label}.'
        return Refused(f"{sentence} It is left as it is.", next_step=step)

    def _unknown(self, words: str) -> Refused:
        sentence = f'Whose the kind cluster "{self.name}" is could not be asked. It is left as it is.'
        step = f"start its containers, or delete it yourself, if you mean it: {self.deletion}"
        return Refused(sentence, words=words, next_step=step)


def configuration() -> str:
    """Return the configuration of our cluster, as kind reads it: YAML takes JSON."""
    key, value = MARK
    node = {"role": "control-plane", "labels": {key: value}}
    return json.dumps({"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4", "nodes": [node]})


def are_marked(nodes: str) -> bool:
    """Whether a list of nodes, as kubectl prints it in JSON, has any and all of them are ours."""
    items = json.loads(nodes)["items"]
    key, value = MARK
    return bool(items) and all(item["metadata"].get("labels", {}).get(key) == value for item in items)


def _require_programs(environ: Mapping[str, str]) -> None:
    path = environ.get("PATH", "")
    if shutil.which("kind", path=path) is None:
        step = "install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation"
        raise Refused("kind is not on PATH.", next_step=step)
    wanted = environ.get(ENGINE_VARIABLE)
    engines = (wanted,) if wanted else ENGINES
    if not any(shutil.which(engine, path=path) for engine in engines):
        sentence = f"kind runs its nodes in containers, and {' or '.join(engines)} is not on PATH."
        raise Refused(
            sentence, next_step="install Docker, and start it: https://docs.docker.com/engine/install/"
        )
