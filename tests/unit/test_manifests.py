"""The manifests of a scenario: what is read, what is refused, what a run's folder holds."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubectl_replay.errors import Failure
from kubectl_replay.manifests import Object, all_paths, check, paths, read_objects, render
from kubectl_replay.reasons import Reason
from kubectl_replay.scenario.spec import Deploy, Manifest
from tests.unit.samples import scenario

if TYPE_CHECKING:
    from pathlib import Path

    from kubectl_replay.scenario.spec import Scenario

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: demo-target
spec:
  containers: []
"""


def in_folder(folder: Path, files: dict[str, str], *entries: Manifest) -> Scenario:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    manifests = entries or tuple(Manifest(name) for name in files)
    return dataclasses.replace(scenario(), folder=folder, deploy=Deploy(manifests))


def read(whole: Scenario) -> tuple[Object, ...]:
    return read_objects(whole, all_paths(whole))


def pod(name: str = "demo-target", *containers: str) -> Object:
    return Object("Pod", name, {"spec": {"containers": [{"name": container} for container in containers]}})


def test_all_objects_of_all_files_are_read_in_order_and_no_namespace(tmp_path: Path) -> None:
    service = "kind: Service\nmetadata: {name: s}\n"
    namespace = "kind: Namespace\nmetadata: {name: k8s-replay}\n"
    found = read(in_folder(tmp_path, {"a.yaml": f"---\n{namespace}---\n{POD}---\n", "m/b.yaml": service}))
    assert [(item.kind, item.name) for item in found] == [("Pod", "demo-target"), ("Service", "s")]
    assert found[0].body["spec"] == {"containers": []}


def test_json_is_a_manifest_too(tmp_path: Path) -> None:
    found = read(in_folder(tmp_path, {"a.json": '{"kind": "Pod", "metadata": {"name": "p"}}'}))
    assert [item.name for item in found] == ["p"]


def test_a_manifest_may_be_for_one_value_of_a_parameter(tmp_path: Path) -> None:
    entries = (
        Manifest("always.yaml"),
        Manifest("sink.yaml", when="target=sink"),
        Manifest("x.yaml", when="a=b=c"),
    )
    whole = in_folder(tmp_path, {}, *entries)
    assert paths(whole, {}) == ("always.yaml",)
    assert paths(whole, {"target": "other"}) == ("always.yaml",)
    assert paths(whole, {"target": "sink", "a": "b=c"}) == ("always.yaml", "sink.yaml", "x.yaml")
    assert all_paths(whole) == ("always.yaml", "sink.yaml", "x.yaml")


def test_a_manifest_that_is_not_asked_for_is_not_read(tmp_path: Path) -> None:
    whole = in_folder(tmp_path, {"a.yaml": POD}, Manifest("a.yaml"), Manifest("nowhere.yaml", when="a=b"))
    assert len(read_objects(whole, paths(whole, {"a": "c"}))) == 1


def refused(tmp_path: Path, text: str) -> Failure:
    with pytest.raises(Failure) as raised:
        read(in_folder(tmp_path, {"m/pod.yaml": text}))
    assert raised.value.reason is Reason.SCENARIO_INVALID
    assert raised.value.sentence == f"{tmp_path}/m/pod.yaml is no manifest."
    return raised.value


@pytest.mark.parametrize(
    "text",
    [
        "just text",
        "- a list",
        "kind: Pod",
        "kind: Pod\nmetadata: {}",
        "kind: Pod\nmetadata: text",
        "kind: Pod\nmetadata: {name: 1}",
        "kind: Pod\nmetadata: {generateName: p-}",
        "metadata: {name: p}",
        "kind: [Pod]\nmetadata: {name: p}",
    ],
)
def test_what_is_no_object_with_a_name_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).words == "every document needs a kind and a metadata.name"


@pytest.mark.parametrize("text", ["a: [", "a: 2024-99-99", "a: 0x_", "a: &a [*b]", "[" * 5000, "{a: b}: c"])
def test_what_is_no_yaml_is_refused_with_the_reader_s_words(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).words


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").mkdir()
    with pytest.raises(Failure) as raised:
        read(in_folder(tmp_path, {}, Manifest("m.yaml")))
    assert raised.value.message == (
        f"{tmp_path}/m.yaml is no manifest.\n  [Errno 21] Is a directory: '{tmp_path}/m.yaml'"
    )


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_bytes(b"\xff")
    with pytest.raises(Failure, match=r"m\.yaml is no manifest\.$"):
        read(in_folder(tmp_path, {}, Manifest("m.yaml")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("{}[]:-&*!0x_. \n\"'ab"))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    whole = in_folder(tmp_path, {"a.yaml": text})
    with contextlib.suppress(Failure):
        assert all(isinstance(item.name, str) for item in read(whole))


def test_sound_objects_are_accepted() -> None:
    check(scenario(), [pod("demo-target", "side", "target"), Object("Service", "s", {})], "r1")


@pytest.mark.parametrize(
    "objects",
    [
        [],
        [Object("Deployment", "demo-target", {"spec": {"containers": [{"name": "target"}]}})],
        [pod("other", "target")],
        [pod("demo-target", "other")],
        [Object("Pod", "demo-target", {"spec": {"containers": [None, {}, "target"]}})],
        [Object("Pod", "demo-target", {"spec": {"containers": "target"}})],
        [Object("Pod", "demo-target", {"spec": "target"})],
    ],
)
def test_the_target_pod_and_its_container_must_be_among_the_objects(objects: list[Object]) -> None:
    with pytest.raises(Failure) as raised:
        check(scenario(), objects, "r1")
    assert raised.value.reason is Reason.SCENARIO_INVALID
    assert raised.value.message == (
        'No manifest has a pod "demo-target" with a container "target", which workload names.\n'
        "next: name a pod and a container of the manifests in scenario.yaml"
    )


@pytest.mark.parametrize(("length", "sound"), [(54, True), (55, False)])
def test_a_name_may_have_63_characters_with_its_suffix(length: int, sound: bool) -> None:
    objects = [pod("demo-target", "target"), Object("Service", "s" * length, {})]
    if sound:
        check(scenario(), objects, "12345678")
        return
    with pytest.raises(Failure) as raised:
        check(scenario(), objects, "12345678")
    assert raised.value.message == (
        f'The name "{"s" * length}" is too long: with "-12345678" it may have 63 characters.\n'
        "next: shorten the Service's name in its manifest"
    )


@pytest.mark.parametrize("spec", [None, "text", [], {"containers": []}])
def test_a_pod_without_a_grace_of_its_own_gets_none(spec: object) -> None:
    assert not Object("Pod", "p", {"spec": spec}).sets_grace


def test_a_pod_with_a_grace_of_its_own_keeps_it() -> None:
    assert Object("Pod", "p", {"spec": {"terminationGracePeriodSeconds": 0}}).sets_grace


def test_the_folder_is_copied_and_our_kustomization_takes_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    theirs = {"kustomization.yml": "theirs", "Kustomization": "theirs"}
    in_folder(folder, {"m/pod.yaml": POD, "f/x.txt": "x", **theirs})
    into = tmp_path / "out"
    render(folder, {"kind": "Kustomization"}, into)
    copied = {str(path.relative_to(into)): path.read_text() for path in into.rglob("*") if path.is_file()}
    assert copied == {
        "m/pod.yaml": POD,
        "f/x.txt": "x",
        "kustomization.yaml": '{\n  "kind": "Kustomization"\n}',
    }
    assert (folder / "kustomization.yml").read_text() == "theirs"


def test_a_folder_that_cannot_be_copied_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    in_folder(folder, {"a.yaml": POD})
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Failure) as raised:
        render(folder, {}, tmp_path / "out")
    assert raised.value.reason is Reason.SCENARIO_INVALID
    assert raised.value.sentence == f"{folder} cannot be copied."
    assert f"No such file or directory: '{folder}/dangling'" in raised.value.words
