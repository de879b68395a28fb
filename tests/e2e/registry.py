"""A container registry beside the local cluster, as sick or as well as a test wants it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.state import Cluster

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"
"""A layer as `docker save` writes it: not compressed."""


class Registry(ThreadingHTTPServer):
    """Answers every question with `status`, and with one image while that is 200."""

    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), _Handler)
        self.status = 404
        self.asked: list[str] = []
        self.blobs: dict[str, bytes] = {}
        self.manifest = b""

    @property
    def image(self) -> str:
        """A name of an image in it."""
        return f"{self.server_name}:{self.server_port}/e2e/busybox:1"

    def load(self, archive: Path) -> None:
        """Hold the image of an archive that `docker load` would read."""
        with tarfile.open(archive) as files:

            def read(name: str) -> bytes:
                member = files.extractfile(name)
                assert member is not None
                return member.read()

            (listed,) = json.loads(read("manifest.json"))
            config = self._keep(CONFIG, read(listed["Config"]))
            layers = [self._keep(LAYER, read(name)) for name in listed["Layers"]]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
        self.manifest = json.dumps(manifest).encode()

    def _keep(self, kind: str, blob: bytes) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
        self.blobs[digest] = blob
        return {"mediaType": kind, "size": len(blob), "digest": digest}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Say nothing: stderr is the tests'."""

    def _answer(self, *, body: bool) -> None:
        registry = cast("Registry", self.server)
        registry.asked.append(self.path)
        digest = re.search(r"/blobs/(sha256:\w+)", self.path)
        found = registry.blobs.get(digest[1]) if digest else registry.manifest
        content = (found or b"") if registry.status == 200 else b"{}"
        self.send_response(registry.status)
        self.send_header("Content-Type", "application/octet-stream" if digest else MANIFEST)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(registry.manifest).hexdigest()}")
        self.end_headers()
        if body:
            self.wfile.write(content)


@contextlib.contextmanager
def serve(cluster: Cluster) -> Iterator[Registry]:
    """Serve a registry that the cluster's nodes reach, and trust without TLS."""
    with Registry(cluster.host_address) as registry:
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        host = registry.image.partition("/")[0]
        known = cluster.registries / host
        known.mkdir()
        (known / "hosts.toml").write_text(
            f'server = "http://{host}"\n[host."http://{host}"]\n  capabilities = ["pull", "resolve"]\n'
        )
        try:
            yield registry
        finally:
            shutil.rmtree(known)
            registry.shutdown()
