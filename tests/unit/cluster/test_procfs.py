from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from tests.cluster.procfs import find_process, list_processes, parse_stat

# Fields 3 to 22 of proc(5): state, then the parent, ..., the start time last.
FIELDS = "S 17 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 108454"


@given(st.text(min_size=1))
def test_a_name_of_any_characters_moves_no_field(name: str) -> None:
    assert parse_stat(f"42 ({name}) {FIELDS} 1 2 3") == (17, 108454)


def test_this_process_is_found_with_its_parent() -> None:
    process = find_process(os.getpid())
    assert process is not None
    assert process.parent == os.getppid()
    assert process in list(list_processes())


def test_no_process_has_a_pid_beyond_the_greatest() -> None:
    assert find_process(2**30) is None
