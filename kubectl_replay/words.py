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


_COMMAND_ENDED = r"command terminated with exit code (\d+)"

_ROWS: tuple[tuple[Reason | Word, str], ...] = (
    (Word.COMMAND_ENDED, _COMMAND_ENDED),
    (Reason.NO_TERMINAL, r"Unable to use a TTY"),
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
    (Reason.ADMISSION_DENIED, r"denied the request|ValidatingAdmissionPolicy"),
    (Reason.RBAC_DENIED, r"\(Forbidden\).* cannot \w+ resource|is forbidden: User "),
    (Reason.ADMISSION_DENIED, r"\(Forbidden\)"),
    (Word.ALREADY_EXISTS, r"\(AlreadyExists\)"),
    (Word.NOT_FOUND, r"\(NotFound\)"),
    (Reason.CLUSTER_UNREACHABLE, r"Unable to connect to the server|connection refused|no route to host"),
    (Reason.CLUSTER_UNREACHABLE, r"[Tt]he connection to the server \S+ was refused|no such host"),
    (Reason.CLUSTER_UNREACHABLE, r"i/o timeout|TLS handshake timeout|connection reset by peer|http2: "),
    (Reason.CLUSTER_UNREACHABLE, r"request canceled|context deadline exceeded|unexpected EOF|: EOF$"),
    (Reason.CLUSTER_UNREACHABLE, r"\(ServiceUnavailable\)|\(Timeout\)|\(InternalError\).*etcd"),
    (Reason.CLUSTER_UNREACHABLE, r"net/http: |currently unable to handle the request"),
    (Reason.MANIFEST_REFUSED, r"\(Invalid\)|\(BadRequest\)|error validating|strict decoding error"),
    (Reason.MANIFEST_REFUSED, r"no matches for kind|unable to (?:recognize|decode)|is invalid"),
    (Reason.MANIFEST_REFUSED, r"error (?:parsing|converting)|kustomiz|accumulating resources"),
)


def read(stderr: str) -> Reason | Word:
    """Say what kubectl's message means; `Word.UNKNOWN` when no row knows it."""
    for meaning, pattern in _ROWS:
        if re.search(pattern, stderr, re.MULTILINE):
            return meaning
    return Word.UNKNOWN


def remote_exit_code(stderr: str) -> int | None:
    """Return the exit code of the command in the container, if kubectl says that the command ended."""
    found = re.search(_COMMAND_ENDED, stderr)
    return int(found[1]) if found else None
