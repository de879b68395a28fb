from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from tests.cluster.certificates import Authority
from tests.cluster.kubeconfig import render_kubeconfig, write_kubeconfig
from tests.cluster.site import Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "pki")


def read(path: Path) -> tuple[str, str, list[str]]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    subject = {attribute.oid: str(attribute.value) for attribute in certificate.subject}
    user, group = subject[NameOID.COMMON_NAME], subject.get(NameOID.ORGANIZATION_NAME, "")
    return user, group, [str(name.value) for name in names]


def test_the_administrator_is_in_the_group_that_may_do_everything(authority: Authority) -> None:
    user, group, names = read(authority.client("admin", "system:masters").certificate)
    assert (user, group) == ("admin", "system:masters")
    assert names  # Go refuses a certificate with an empty list


def test_a_kubelet_is_its_node_and_serves_its_address(authority: Authority, tmp_path: Path) -> None:
    pair = authority.node(Site(tmp_path).node(1))
    assert read(pair.certificate) == (
        "system:node:k8s-replay-worker1",
        "system:nodes",
        ["172.30.77.12", "k8s-replay-worker1"],
    )


def test_a_pair_is_made_once_and_its_key_is_its_owners_alone(authority: Authority) -> None:
    first = authority.client("admin")
    key = first.key.read_bytes()
    assert authority.client("admin") == first
    assert first.key.read_bytes() == key
    assert {path.stat().st_mode & 0o777 for path in authority.folder.glob("*.key")} == {0o600}


def test_a_kubeconfig_holds_all_that_it_needs(authority: Authority, tmp_path: Path) -> None:
    client = authority.client("admin")
    text = render_kubeconfig("https://172.30.77.11", authority.pair.certificate, client, "mine")
    config = json.loads(text)
    assert config["current-context"] == "mine"
    assert config["contexts"] == [{"name": "mine", "context": {"cluster": "mine", "user": "mine"}}]
    assert config["clusters"][0]["cluster"]["server"] == "https://172.30.77.11"
    key = config["users"][0]["user"]["client-key-data"]
    assert base64.b64decode(key) == client.key.read_bytes()
    assert write_kubeconfig(tmp_path / "config", text).stat().st_mode & 0o777 == 0o600
