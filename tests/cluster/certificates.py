"""The cluster's certificates, by trustme: one authority, server and client pairs for the components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.cluster.site import SERVICE_ADDRESS, NodeSite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import trustme

API_NAMES = (
    "localhost",
    "127.0.0.1",
    SERVICE_ADDRESS,
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


@dataclass(frozen=True)
class Pair:
    """The files of a certificate and its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """The folder of one certificate authority, which issues what is missing and reuses what is there."""

    folder: Path

    @property
    def pair(self) -> Pair:
        """The authority's own files; the key also signs service account tokens."""
        return self._locate("ca")

    def server(self, name: str, hosts: Sequence[str]) -> Pair:
        """The serving certificate ``name`` for names and addresses."""
        return self._issue(name, hosts, common_name=name, group=None)

    def client(self, user: str, group: str | None = None) -> Pair:
        """A client certificate: the common name is the user, the organization its group.

        It has a host name too, because Go refuses a certificate whose list of names is empty.
        """
        name = user.replace(":", "-")
        return self._issue(name, (f"{name}.local",), common_name=user, group=group)

    def node(self, node: NodeSite) -> Pair:
        """The kubelet's identity, which serves its own address too."""
        user = f"system:node:{node.name}"
        return self._issue(node.name, (node.address, node.name), common_name=user, group="system:nodes")

    def _locate(self, name: str) -> Pair:
        return Pair(self.folder / f"{name}.crt", self.folder / f"{name}.key")

    def _issue(self, name: str, hosts: Sequence[str], *, common_name: str, group: str | None) -> Pair:
        pair = self._locate(name)
        if pair.key.exists():
            return pair
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        authority = self._load()
        leaf = authority.issue_cert(*hosts, common_name=common_name, organization_name=group)
        pair.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        _write_key(pair.key, leaf.private_key_pem.bytes())
        return pair

    def _load(self) -> trustme.CA:
        import trustme  # noqa: PLC0415 - 0.1 s that an idempotent `up` does not need

        own = self.pair
        if own.key.exists():
            return trustme.CA.from_pem(own.certificate.read_bytes(), own.key.read_bytes())
        authority = trustme.CA(organization_name="kubectl-replay test cluster")
        authority.cert_pem.write_to_path(str(own.certificate))
        _write_key(own.key, authority.private_key_pem.bytes())
        return authority


def _write_key(path: Path, key: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key)
