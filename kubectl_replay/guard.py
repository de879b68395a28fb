"""Whether a cluster may be touched, judged by names alone and before anything is asked of it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kubectl_replay.environment import read_switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ALLOW_CONTEXT: Final = "REPLAY_ALLOW_CONTEXT"
ALLOW_ANY: Final = "REPLAY_ALLOW_ANY_CLUSTER"

_LOCAL_NAMES: Final = frozenset(
    {"minikube", "docker-desktop", "colima", "rancher-desktop", "orbstack", "microk8s", "k8s-replay-local"}
)
_LOCAL_PREFIXES: Final = ("kind-", "k3d-", "colima-")

_REFUSED_WORDS: Final = frozenset({"production", "prod", "prd", "live"})
_EXEMPT_WORDS: Final = frozenset(
    {
        "product", "products", "productive", "productivity", "producer", "producers", "produce", "produces",
        "produced", "prodigy", "reproduction", "reproductions",
    }
)  # fmt: skip

_DIGITS: Final = "0123456789"
_ALPHANUMERIC: Final = re.compile(r"[^\W_]+")
_PORT: Final = re.compile(r":[0-9]*$")


@dataclass(frozen=True)
class Names:
    """What a cluster is called: its context, its cluster entry, and the URL of its API server."""

    context: str
    cluster: str
    server: str


@dataclass(frozen=True)
class Verdict:
    """Whether a cluster may be touched; if not, why and what to do; a loud line if a variable let it pass."""

    allowed: bool
    sentence: str = ""
    next_step: str = ""
    notice: str = ""


def judge(names: Names, *, chosen: str | None, environ: Mapping[str, str]) -> Verdict:
    """Judge a cluster. `chosen` is the value of --context, None where the flag was not given."""
    if not names.context.strip():
        return Verdict(allowed=False, sentence="the context has no name", next_step="name one with --context")
    allow_any, ignored = read_switch(ALLOW_ANY, environ)
    verdict = _without_variables(names, chosen)
    if verdict.allowed:
        return Verdict(allowed=True, notice=ignored)
    if names.context in _listed(environ):
        notice = f"{ALLOW_CONTEXT} lets this pass: {verdict.sentence}"
        return Verdict(allowed=True, notice="\n".join(filter(None, [notice, ignored])))
    if allow_any:
        return Verdict(
            allowed=True, notice=f"WARNING: {ALLOW_ANY} switches the guard off: {verdict.sentence}"
        )
    return Verdict(allowed=False, sentence=verdict.sentence, next_step=verdict.next_step, notice=ignored)


def is_local(context: str) -> bool:
    """Whether a context has the name that a tool for local clusters gives."""
    prefixed = (context.startswith(prefix) and context != prefix for prefix in _LOCAL_PREFIXES)
    return context in _LOCAL_NAMES or any(prefixed)


def _without_variables(names: Names, chosen: str | None) -> Verdict:
    for refusal in _refusals(names):
        return Verdict(allowed=False, sentence=refusal, next_step=_past_a_word(names.context))
    if is_local(names.context) or names.context == chosen:
        return Verdict(allowed=True)
    return Verdict(
        allowed=False,
        sentence=f"context {_quoted(names.context)} is not a local cluster's and was not named",
        next_step=_advice(names.context, f"add --context {shlex.quote(names.context)}"),
    )


def _refusals(names: Names) -> Iterator[str]:
    judged = {"context": names.context, "cluster": names.cluster, "server host": _host(names.server)}
    for kind, name in judged.items():
        for word in _refused_words(name):
            yield f"{kind} {_quoted(name)} has the word {_quoted(word)}, so it may be in production"


def _refused_words(name: str) -> Iterator[str]:
    for run in _ALPHANUMERIC.findall(name):
        words = [word.rstrip(_DIGITS) for word in _parted(run)]
        yield from (word for word in words if _is_refused(word.lower()))
        # Odd capitals (pROD, proDuction) must not part a refused word into harmless ones.
        whole = run.rstrip(_DIGITS)
        if whole.lower() in _REFUSED_WORDS or "production" in whole.lower().replace("reproduction", " "):
            yield whole


def _parted(run: str) -> list[str]:
    starts = [i for i in range(1, len(run)) if run[i - 1].islower() and run[i].isupper()]
    return [run[start:end] for start, end in zip([0, *starts], [*starts, len(run)], strict=True)]


def _is_refused(word: str) -> bool:
    if word in _EXEMPT_WORDS:
        return False
    somewhere = "production" in word or "prd" in word
    return somewhere or word.startswith("prod") or word.endswith("prod") or word == "live"


def _host(server: str) -> str:
    # Not urlsplit's own hostname, which is in lower case. What is no URL is judged whole.
    try:
        address = urlsplit(server).netloc.rpartition("@")[2]
    except ValueError:
        return server
    return _PORT.sub("", address) or server


def _listed(environ: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name.strip() for name in environ.get(ALLOW_CONTEXT, "").split(","))


def _past_a_word(context: str) -> str:
    if "," in context or context != context.strip():
        return f"if it is a test cluster, rename its context: {ALLOW_CONTEXT} cannot carry this name"
    return _advice(context, f"set {ALLOW_CONTEXT}={shlex.quote(context)}")


def _advice(context: str, step: str) -> str:
    if not context.isprintable():
        step = "rename its context to something that can be typed"
    return f"if it is a test cluster, {step}"


def _quoted(name: str) -> str:
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
    return f'"{shown}"'
