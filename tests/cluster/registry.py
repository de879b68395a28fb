"""A registry over plain HTTP on the host's end of the bridge, for tests of pulls; it serves image archives.

with registry.serve(cluster, "registry.test:5000", {"tools:1": archive}) as served:
    ...                          # a pod with the image registry.test:5000/tools:1 runs
served                           # the paths that were asked for
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.cluster.state import Cluster

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


@dataclass
class Shelf:
    """What is served, by path: content and type; and what was asked for."""

    contents: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, name: str, archive: Path) -> None:
        """Serve one archive (manifest.json, configuration, layers) as ``repository:tag``."""
        repository, _, tag = name.partition(":")
        with tarfile.open(archive) as tar:
            (listed,) = json.loads(_read(tar, "manifest.json"))
            config = self._add_blob(repository, _read(tar, listed["Config"]), CONFIG)
            layers = [self._add_blob(repository, _read(tar, layer), LAYER) for layer in listed["Layers"]]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
        content = json.dumps(manifest).encode()
        for reference in (tag, f"sha256:{hashlib.sha256(content).hexdigest()}"):
            self.contents[f"/v2/{repository}/manifests/{reference}"] = (content, MANIFEST)

    def _add_blob(self, repository: str, content: bytes, kind: str) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.contents[f"/v2/{repository}/blobs/{digest}"] = (content, "application/octet-stream")
        return {"mediaType": kind, "size": len(content), "digest": digest}


@contextmanager
def serve(cluster: Cluster, host: str, images: Mapping[str, Path]) -> Iterator[list[str]]:
    """Serve ``images`` and have the nodes find them under ``host``; yields the paths asked for so far."""
    shelf = Shelf()
    for name, archive in images.items():
        shelf.add(name, archive)
    server = ThreadingHTTPServer((cluster.host_address, 0), _make_handler(shelf))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    folder = cluster.registries / host
    folder.mkdir(exist_ok=True)
    url = f"http://{cluster.host_address}:{server.server_port}"
    (folder / "hosts.toml").write_text(f'[host."{url}"]\n  capabilities = ["pull", "resolve"]\n')
    try:
        yield shelf.asked
    finally:
        (folder / "hosts.toml").unlink()
        folder.rmdir()
        server.shutdown()
        thread.join()
        server.server_close()


def _make_handler(shelf: Shelf) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self.wfile.write(self._answer())

        def _answer(self) -> bytes:
            path = self.path.partition("?")[0]
            shelf.asked.append(path)
            content, kind = shelf.contents.get(path, (b"", ""))
            self.send_response(HTTPStatus.OK if kind else HTTPStatus.NOT_FOUND)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            return content

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    return Handler


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise FileNotFoundError(name)
    return file.read()
