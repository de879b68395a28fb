"""kubectl's own words, read in one place: the reason that a message on its standard error stands for.

The phrases are those of kubectl, its client library and the API server, 1.24 to 1.36. Rows are tried in
order and the first that matches decides.
"""

from __future__ import annotations

import re
from enum import StrEnum

from kubectl_replay.reasons import Reason


class Word(StrEnum):
    """What kubectl said that is no reason of its own, but decides what to do next."""

    NAMESPACE_MISSING = "namespace_missing"
    SERVICE_ACCOUNT_MISSING = "service_account_missing"
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    COMMAND_ENDED = "command_ended"
    UNKNOWN = "unknown"


_COMMAND_ENDED = r"^command terminated with exit code (\d+)$"

_NO_TERMINAL = "Unable to use a TTY"

_NOISE = re.compile(
    r"^Warning: |Unknown stream id \d+, discarding message"
    r"|^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] "
)
"""What stands beside the errors: the API server's warnings, a stray message of kubectl 1.32, and klog's lines
(https://github.com/kubernetes/klog), which tell of every try."""

_REFUSAL = re.compile(
    r"^Error from server \((?!Timeout|ServerTimeout|ServiceUnavailable|InternalError|TooManyRequests)\w+\)"
    r"|^The \S+ \"[^\"]*\" is invalid|^Error from server: .*denied the request"
    r"|^error: (?:error validating|accumulating resources|resource mapping not found|unable to recognize)"
    r"|^error: (?:wrong node kind|\w+ operation does not apply|json: unsupported type|.*kustomiz)"
    r"|You must be logged in to the server|the server has asked for the client to provide credentials"
    r"|dial tcp |x509: |tls: |TLS handshake timeout|^The connection to the server \S+ was refused"
)
"""Errors after which it is certain that the object does not exist: it was refused, or never sent."""

_ROWS: tuple[tuple[Reason | Word, str], ...] = (
    (Word.COMMAND_ENDED, _COMMAND_ENDED),
    (Reason.KUBECTL_TOO_OLD, r"unknown (?:flag|shorthand flag|command)"),
    # client-go's plugin/pkg/client/auth/exec/exec.go
    (Reason.CREDENTIAL_PLUGIN_INTERACTIVE, r"cannot support interactive mode"),
    (Reason.CREDENTIAL_PLUGIN_INTERACTIVE, r"standard input is (?:not a terminal|unavailable)"),
    (Reason.CREDENTIAL_PLUGIN_FAILED, r"getting credentials: "),
    (Reason.CREDENTIALS_REFUSED, r"\(Unauthorized\)|You must be logged in to the server"),
    (Reason.CREDENTIALS_REFUSED, r"the server has asked for the client to provide credentials"),
    (Word.NAMESPACE_MISSING, r"namespaces \"[^\"]*\" not found"),
    (Word.SERVICE_ACCOUNT_MISSING, r"serviceaccount \"[^\"]*\" not found"),
    (Reason.NAMESPACE_TERMINATING, r"because it is being terminated"),
    (Reason.ADMISSION_DENIED, r"violates PodSecurity|security context constraint"),
    (Reason.ADMISSION_DENIED, r"exceeded quota|failed quota|usage per (?:Pod|Container) is"),
    (Reason.ADMISSION_DENIED, r"denied (?:the )?request|ValidatingAdmissionPolicy|failed calling webhook"),
    (Reason.RBAC_DENIED, r"\(Forbidden\).* cannot \w+ resource|forbidden: User "),
    (Reason.ADMISSION_DENIED, r"\(Forbidden\)"),
    (Word.ALREADY_EXISTS, r"\(AlreadyExists\)"),
    (Word.NOT_FOUND, r"\(NotFound\)"),
    # The API server answers, the kubelet behind it does not.
    (Reason.EXEC_FAILED, r"error dialing backend"),
    (Reason.SERVER_NOT_TRUSTED, r"x509: |tls: failed to verify certificate"),
    (Reason.CLUSTER_UNREACHABLE, r"Unable to connect to the server|connection refused|no route to host"),
    (Reason.CLUSTER_UNREACHABLE, r"[Tt]he connection to the server \S+ was refused|no such host"),
    (Reason.CLUSTER_UNREACHABLE, r"i/o timeout|TLS handshake timeout|connection reset by peer|http2: "),
    (Reason.CLUSTER_UNREACHABLE, r"request canceled|context deadline exceeded|unexpected EOF|: EOF$"),
    (Reason.CLUSTER_UNREACHABLE, r"\(ServiceUnavailable\)|\(Timeout\)|\(InternalError\).*etcd"),
    (Reason.CLUSTER_UNREACHABLE, r"net/http: |currently unable to handle the request"),
    (Reason.MANIFEST_REFUSED, r"\(Invalid\)|\(BadRequest\)|error validating|strict decoding error"),
    (Reason.MANIFEST_REFUSED, r"no matches for kind|unable to (?:recognize|decode)|is invalid"),
    (Reason.MANIFEST_REFUSED, r"error (?:parsing|converting)|kustomiz|accumulating resources"),
    (Reason.MANIFEST_REFUSED, r"wrong node kind|operation does not apply|json: unsupported type"),
)


def read(stderr: str) -> Reason | Word:
    """Say what kubectl's message means; `Word.UNKNOWN` when no row knows it."""
    for meaning, pattern in _ROWS:
        if re.search(pattern, stderr, re.MULTILINE):
            return meaning
    return Word.UNKNOWN


def errors(stderr: str) -> list[str]:
    """Return the lines that are errors: neither empty, nor warnings, nor noise."""
    return [line for line in stderr.splitlines() if line.strip() and not _NOISE.search(line)]


def last_error(stderr: str) -> str:
    """Return the last of these lines, or nothing: a credential plugin may have talked before it."""
    return next(reversed(errors(stderr)), "").strip()


def are_refusals(stderr: str) -> bool:
    """Whether every error says for certain that nothing was made."""
    return all(_REFUSAL.search(line) for line in errors(stderr))


def are_all(word: Word, stderr: str) -> bool:
    """Whether there are errors and all of them say this."""
    found = errors(stderr)
    return bool(found) and all(read(line) is word for line in found)


def remote_exit_code(stderr: str, code: int) -> int | None:
    """Return the exit code of the command in the container, if kubectl's last word is that it ended.

    `code` is kubectl's own, which is the same then. The command can write to this standard error too, but
    it cannot write after kubectl.
    """
    last = (errors(stderr) or [""])[-1]
    found = re.search(_COMMAND_ENDED, last)
    return code if found and int(found[1]) == code else None


def broke_off(error: str) -> bool:
    """Whether a stream ended in the middle: the API server, the kubelet or the runtime went away."""
    return (
        re.search(r"error reading from error stream|close 1006|unexpected EOF|reset by peer", error)
        is not None
    )


def refused_terminal(stderr: str) -> bool:
    """Whether kubectl went on without the terminal that it was asked for."""
    return _NO_TERMINAL in stderr
