from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.cluster.binary import hash_sources, link_flags

SOURCES = st.lists(st.binary(max_size=20), min_size=3, max_size=3)


@given(SOURCES, SOURCES)
def test_sources_have_the_same_hash_only_where_all_bytes_are_the_same(
    one: list[bytes], two: list[bytes]
) -> None:
    assert (hash_sources(one) == hash_sources(two)) == (one == two)


def test_a_line_moved_from_one_source_to_the_next_changes_the_hash() -> None:
    assert hash_sources([b"a\nb\n", b"", b"c"]) != hash_sources([b"a\n", b"b\n", b"c"])


def test_the_linker_stamps_the_version_for_servers_and_clients() -> None:
    assert link_flags("1.36.3").split(" -X ") == [
        "-s -w",
        "k8s.io/component-base/version.gitVersion=v1.36.3",
        "k8s.io/component-base/version.gitMajor=1",
        "k8s.io/component-base/version.gitMinor=36",
        "k8s.io/component-base/version.gitCommit=unknown",
        "k8s.io/client-go/pkg/version.gitVersion=v1.36.3",
        "k8s.io/client-go/pkg/version.gitMajor=1",
        "k8s.io/client-go/pkg/version.gitMinor=36",
        "k8s.io/client-go/pkg/version.gitCommit=unknown",
    ]
