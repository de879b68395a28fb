"""secret-enumeration: it lists and reads its own dummy and nothing else, and a refusal is no listing."""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.copies import BUILT_IN, Copy
from tests.e2e.outcomes import assert_not_observed, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.state import Cluster
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay


def enumerator(path: Path, **rule: list[str]) -> Copy:
    """The scenario with a Role that is changed in something."""
    copy = Copy.of(BUILT_IN / "secret-enumeration", path / "scenarios")

    def change(item: dict[str, Any]) -> None:
        if item["kind"] == "Role":
            item["rules"][0].update(rule)

    copy.change("manifests/access.yaml", change)
    return copy


@pytest.mark.parametrize("verb", ["list", "get"])
def test_what_rbac_refuses_is_no_enumeration(replay: Replay, tmp_path: Path, verb: str) -> None:
    replayed = replay(*enumerator(tmp_path, verbs=[verb]).words, "-o", "json")
    assert_not_observed(replayed, "api_call_not_confirmed")
    held = {proof["kind"] for proof in replayed.document["evidence"] if proof["held"]}
    assert held == set()


def test_another_secret_can_neither_be_listed_nor_read_and_is_named_nowhere(
    replay: Replay, namespace: Namespace
) -> None:
    namespace.create()
    name, value = f"bystander-{secrets.token_hex(4)}", secrets.token_hex(16)
    namespace.kubectl("create", "secret", "generic", name, f"--from-literal=note={value}").passed()
    kept = replay("secret-enumeration", "--keep", "-o", "json", "-v")
    boxed = replay("secret-enumeration", "-v")
    assert (kept.code, boxed.code) == (10, 10)
    run = kept.document["run_id"]
    user = f"system:serviceaccount:{namespace.name}:secret-enumeration-reader-{run}"
    may = {
        words: namespace.kubectl(*words.split(), "--as", user)
        for words in (
            f"get secret {name}",
            "get secrets",
            f"get secrets --field-selector=metadata.name={name}",
            "get configmaps",
            "get pods",
            "delete secret secret-enumeration-dummy-" + run,
        )
    }
    dummy = namespace.kubectl("get", "secret", f"secret-enumeration-dummy-{run}", "--as", user)
    cleaned = replay("cleanup", "secret-enumeration")
    assert cleaned.code == 0
    assert [words for words, ended in may.items() if "(Forbidden)" not in ended.err] == []
    assert dummy.code == 0
    encoded = base64.b64encode(value.encode()).decode()
    assert [word for word in (name, value, encoded) if word in said(kept, boxed, cleaned)] == []
    assert namespace.kubectl("get", "secret", name).code == 0


def test_a_value_in_the_dummy_is_never_printed(replay: Replay, tmp_path: Path) -> None:
    value = secrets.token_hex(16)
    copy = enumerator(tmp_path)
    add = {"Secret": {"stringData": {"note": value}}}
    copy.change("manifests/access.yaml", lambda item: item.update(add.get(item["kind"], {})))
    runs = [replay(*copy.words, *more) for more in ((), ("-o", "json", "-v"), ("--dry-run",))]
    assert [run.code for run in runs] == [10, 10, 0]
    encoded = base64.b64encode(value.encode()).decode()
    assert [word for word in (value, encoded) if word in said(*runs)] == []
    assert "kind: Secret" in runs[-1].stdout


def test_the_api_server_records_a_list_and_a_get_of_the_dummy_alone(
    replay: Replay, local: Cluster, namespace: Namespace
) -> None:
    begin = local.audit_log.stat().st_size
    document = replay("secret-enumeration", "-o", "json").document
    with local.audit_log.open("rb") as file:
        file.seek(begin)
        events = [json.loads(line) for line in file.read().rpartition(b"\n")[0].splitlines()]
    run = document["run_id"]
    user = f"system:serviceaccount:{namespace.name}:secret-enumeration-reader-{run}"
    done = [
        item for item in events if item["user"]["username"] == user and item["stage"] == "ResponseComplete"
    ]
    name = f"secret-enumeration-dummy-{run}"
    assert [(item["verb"], item["responseStatus"]["code"]) for item in done] == [("list", 200), ("get", 200)]
    assert {(item["objectRef"]["resource"], item["objectRef"]["name"]) for item in done} == {
        ("secrets", name)
    }
    assert all(re.fullmatch("kr-[a-z2-9]{12}", item["userAgent"]) for item in done)
