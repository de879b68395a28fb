"""The cluster's API through `kubectl proxy`: for what every test asks, a program each time would be slow."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.e2e.programs import Started
from tests.e2e.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Object = dict[str, Any]


class _Connection(http.client.HTTPConnection):
    """HTTP through a socket that is a file, which only its owner may use."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._file = file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._file))


@dataclass(frozen=True)
class Api:
    """What is asked as the administrator."""

    file: Path

    def ask(self, method: str, path: str, body: Object | None = None) -> tuple[int, Object]:
        """Put one request; return the status and the object that answers it."""
        with contextlib.closing(_Connection(self.file)) as connection:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            found: Object = json.loads(answer.read())
            return answer.status, found

    def read(self, path: str) -> Object | None:
        """Read one object, or a list; None where there is none."""
        status, found = self.ask("GET", path)
        assert status in {200, 404}, found
        return found if status == 200 else None

    def kinds(self) -> list[str]:
        """All namespaced kinds that can be listed, as the two ends of their paths: `/api/v1 pods`."""
        groups = (self.read("/apis") or {})["groups"]
        versions = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
        return [
            f"{version} {resource['name']}"
            for version in versions
            for resource in (self.read(version) or {"resources": []})["resources"]
            if resource["namespaced"] and "list" in resource["verbs"] and resource["name"] != "events"
        ]


@contextlib.contextmanager
def serve(environment: Mapping[str, str]) -> Iterator[Api]:
    """Start the proxy, and end it with the block."""
    # Not in pytest's folder: a socket's path may have 104 bytes on some systems.
    with tempfile.TemporaryDirectory(prefix="e2e-", dir="/tmp") as folder:
        api = Api(Path(folder) / "proxy")
        proxy = Started(("kubectl", "proxy", "--unix-socket", str(api.file)), environment)
        try:
            until(lambda: api.file.exists() or not proxy.runs, "kubectl proxy")
            assert proxy.runs, proxy.end()
            yield api
        finally:
            proxy.discard()
