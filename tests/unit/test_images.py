"""Image references: their parts, what replaces them, and where objects name them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubectl_replay.errors import Failure
from kubectl_replay.images import Image, Replacements, kustomized, named, parse
from kubectl_replay.reasons import Reason

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("busybox", Image("busybox")),
        ("busybox:1.36", Image("busybox", "1.36")),
        (f"busybox@{DIGEST}", Image("busybox", digest=DIGEST)),
        (f"busybox:1.36@{DIGEST}", Image("busybox", "1.36", DIGEST)),
        ("localhost:5000/a/b", Image("localhost:5000/a/b")),
        ("localhost:5000/a/b:2", Image("localhost:5000/a/b", "2")),
        ("quay.io/a/b:2", Image("quay.io/a/b", "2")),
    ],
)
def test_a_reference_has_its_parts(text: str, image: Image) -> None:
    assert parse(text) == image
    assert str(image) == text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("busybox", "busybox"),
        ("library/busybox", "library/busybox"),
        ("docker.io/library/busybox", "library/busybox"),
        ("localhost/a", "a"),
        ("registry:5000/a/b", "a/b"),
        ("curlimages/curl", "curlimages/curl"),
    ],
)
def test_the_path_is_the_name_without_a_host(name: str, path: str) -> None:
    assert Image(name).path == path


PARTS = st.from_regex(r"[a-z0-9]+([._-][a-z0-9]+)*", fullmatch=True)


@given(st.lists(PARTS, min_size=1, max_size=3), st.none() | PARTS, st.booleans())
def test_a_reference_is_written_as_it_was_read(path: list[str], tag: str | None, digest: bool) -> None:
    text = "/".join(path) + (f":{tag}" if tag else "") + (f"@{DIGEST}" if digest else "")
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("replacements", "image", "used"),
    [
        (Replacements(), "busybox:1.36", "busybox:1.36"),
        (Replacements((("busybox", "alpine:3"),)), "busybox:1.36", "alpine:3"),
        (Replacements((("busybox:1.36", "alpine:3"),)), "busybox:1.36", "alpine:3"),
        (Replacements((("busybox:1.35", "alpine:3"),)), "busybox:1.36", "busybox:1.36"),
        (Replacements((("busy", "alpine:3"),)), "busybox:1.36", "busybox:1.36"),
        (Replacements((("a", "x"), ("busybox", "first"), ("busybox", "second"))), "busybox", "first:latest"),
        (Replacements(registry="mirror/"), "quay.io/a/b:2", "mirror/a/b:2"),
        (Replacements(registry="mirror/x"), f"busybox@{DIGEST}", f"mirror/x/busybox@{DIGEST}"),
        (Replacements((("busybox", "mine"),), "mirror"), "busybox:1.36", "mine:latest"),
        (Replacements((("busybox", "mine"),), "mirror"), "curl:8", "mirror/curl:8"),
    ],
)
def test_an_image_is_replaced_as_chosen_and_else_from_the_registry(
    replacements: Replacements, image: str, used: str
) -> None:
    assert replacements.of(image) == used


def test_kustomize_is_told_only_what_changes() -> None:
    replacements = Replacements((("a", "x:2"), ("b", f"y@{DIGEST}"), ("c", "z")))
    assert kustomized(["a:1", "b:1", "c:1", "d:1"], replacements) == [
        {"name": "a", "newName": "x", "newTag": "2"},
        {"name": "b", "newName": "y", "digest": DIGEST},
        {"name": "c", "newName": "z", "newTag": "latest"},
    ]


def test_from_a_registry_each_image_keeps_its_own_tag() -> None:
    replacements = Replacements(registry="mirror")
    assert kustomized(["a:1", "a:2", "quay.io/b"], replacements) == [
        {"name": "a", "newName": "mirror/a"},
        {"name": "quay.io/b", "newName": "mirror/b"},
    ]


@pytest.mark.parametrize(
    "chosen",
    [
        (("a:1", "x:1"), ("a:2", "y:1")),
        (("a:1", "x:1"),),
        (("a:2", "x:1"),),
    ],
)
def test_tags_of_one_image_cannot_be_replaced_by_different_images(
    chosen: tuple[tuple[str, str], ...],
) -> None:
    with pytest.raises(Failure) as raised:
        kustomized(["a:1", "a:2"], Replacements(chosen))
    assert raised.value.reason is Reason.SCENARIO_INVALID
    assert raised.value.message == (
        '"a" is used with several tags: they cannot be replaced by different images.\n'
        "next: name it without a tag: --image a=NEW"
    )


def container(image: object) -> dict[str, object]:
    return {"name": "c", "image": image}


def test_the_images_of_pods_and_pod_templates_are_named_once_in_order() -> None:
    bodies: list[dict[str, Any]] = [
        {"spec": {"initContainers": [container("a")], "containers": [container("b"), container("a")]}},
        {"spec": {"template": {"spec": {"containers": [container("c")]}}}},
        {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [container("d")]}}}}}},
    ]
    assert named(bodies) == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    "spec",
    [
        None,
        "text",
        {},
        {"containers": None},
        {"containers": ["text", None, {}, container(None), container(1)]},
        {"template": "text"},
        {"jobTemplate": None},
        {"jobTemplate": {}},
    ],
)
def test_what_names_no_image_is_passed_over(spec: object) -> None:
    assert named([{"spec": spec}, {}]) == ()


SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["spec", "containers", "initContainers", "template", "jobTemplate", "image"]),
            inner,
            max_size=4,
        )
    ),
)


@given(st.dictionaries(st.just("spec"), SHAPES))
def test_manifests_of_any_shape_are_looked_through(body: dict[str, object]) -> None:
    assert all(isinstance(image, str) for image in named([body]))
