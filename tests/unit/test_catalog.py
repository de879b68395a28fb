"""Sources of scenarios, and what is found in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_replay import catalog
from kubectl_replay.catalog import Entry, Source, SourceMissing, entries, find, nearest, sources

CHECKOUT = Path(catalog.__file__).parent.parent / "scenarios"


@pytest.fixture
def built_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Stand in for the built-in scenarios, as an installed package has them."""
    package = tmp_path / "package"
    (package / "scenarios").mkdir(parents=True)
    monkeypatch.setattr(catalog, "_PACKAGE", package)
    return Source(package / "scenarios", "built-in", hooks_allowed=True)


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    path = tmp_path / "cwd"
    path.mkdir()
    return path


def add(source: Path, *ids: str) -> None:
    for name in ids:
        (source / name).mkdir(parents=True)
        (source / name / "scenario.yaml").touch()


def test_without_any_other_the_built_in_scenarios_are_the_only_source(built_in: Source, cwd: Path) -> None:
    assert sources([], {}, cwd) == (built_in,)


def test_the_built_in_scenarios_of_a_checkout_lie_beside_the_package(cwd: Path) -> None:
    assert sources([], {}, cwd) == (Source(CHECKOUT, "built-in", hooks_allowed=True),)


def test_a_package_without_scenarios_has_no_built_in_source(
    cwd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "_PACKAGE", cwd / "none")
    assert sources([], {}, cwd) == ()


def test_sources_come_from_flag_variable_package_and_folder_in_this_order(
    built_in: Source, cwd: Path, tmp_path: Path
) -> None:
    for name in ("a", "b", "c", "d", "cwd/scenarios"):
        (tmp_path / name).mkdir(parents=True)
    environ = {"REPLAY_SCENARIOS_PATH": f"{tmp_path}/c:{tmp_path}/d"}
    assert sources([tmp_path / "b", tmp_path / "a"], environ, cwd) == (
        Source(tmp_path / "b", "flag", hooks_allowed=True),
        Source(tmp_path / "a", "flag", hooks_allowed=True),
        Source(tmp_path / "c", "environment", hooks_allowed=True),
        Source(tmp_path / "d", "environment", hooks_allowed=True),
        built_in,
        Source(cwd / "scenarios", "./scenarios", hooks_allowed=False),
    )


@pytest.mark.usefixtures("built_in")
def test_relative_folders_are_seen_from_where_we_stand(cwd: Path) -> None:
    (cwd / "a").mkdir()
    found = sources([Path("a")], {"REPLAY_SCENARIOS_PATH": "a"}, cwd)
    assert found[0] == Source(cwd / "a", "flag", hooks_allowed=True)


def test_a_folder_that_is_named_twice_counts_once_for_the_first(built_in: Source, cwd: Path) -> None:
    (cwd / "scenarios").mkdir()
    (cwd / "link").symlink_to("scenarios")
    environ = {"REPLAY_SCENARIOS_PATH": f"{cwd}/scenarios:{built_in.path}"}
    assert sources([Path("link")], environ, cwd) == (
        Source(cwd / "link", "flag", hooks_allowed=True),
        Source(built_in.path, "environment", hooks_allowed=True),
    )


def test_hooks_of_the_folder_where_we_stand_are_allowed_once_it_is_named(built_in: Source, cwd: Path) -> None:
    (cwd / "scenarios").mkdir()
    assert sources([], {"REPLAY_SCENARIOS_PATH": "scenarios"}, cwd) == (
        Source(cwd / "scenarios", "environment", hooks_allowed=True),
        built_in,
    )


def test_the_checkout_where_we_stand_is_built_in(built_in: Source) -> None:
    assert sources([], {}, built_in.path.parent) == (built_in,)


@pytest.mark.parametrize("value", ["", ":", "::"])
def test_empty_parts_of_the_variable_name_nothing(built_in: Source, cwd: Path, value: str) -> None:
    assert sources([], {"REPLAY_SCENARIOS_PATH": value}, cwd) == (built_in,)


@pytest.mark.usefixtures("built_in")
def test_a_folder_that_the_flag_names_must_be_there(cwd: Path) -> None:
    with pytest.raises(SourceMissing) as raised:
        sources([Path("none")], {}, cwd)
    assert str(raised.value) == "--scenarios none is not a folder"


@pytest.mark.usefixtures("built_in")
def test_a_folder_that_the_variable_names_must_be_there(cwd: Path) -> None:
    (cwd / "file").touch()
    with pytest.raises(SourceMissing) as raised:
        sources([], {"REPLAY_SCENARIOS_PATH": f".:{cwd}/file"}, cwd)
    assert str(raised.value) == f"REPLAY_SCENARIOS_PATH has {cwd}/file, which is not a folder"


@pytest.mark.usefixtures("built_in")
def test_a_name_that_no_folder_can_have_is_missing(cwd: Path) -> None:
    with pytest.raises(SourceMissing):
        sources([Path("a" * 5000)], {}, cwd)


def test_entries_are_the_folders_with_a_scenario_by_id_each_from_its_first_source(tmp_path: Path) -> None:
    first = Source(tmp_path / "first", "flag", hooks_allowed=True)
    second = Source(tmp_path / "second", "built-in", hooks_allowed=True)
    add(first.path, "b", "Broken_Name")
    add(second.path, "a", "b")
    (first.path / "no-scenario").mkdir()
    (first.path / "file").touch()
    (first.path / "wrong" / "scenario.yaml").mkdir(parents=True)
    add(first.path / "no-scenario", "too-deep")
    assert entries([first, second]) == (
        Entry("Broken_Name", first.path / "Broken_Name", first),
        Entry("a", second.path / "a", second),
        Entry("b", first.path / "b", first),
    )


def test_entries_parse_no_file(tmp_path: Path) -> None:
    source = Source(tmp_path, "flag", hooks_allowed=True)
    add(tmp_path, "a")
    (tmp_path / "a" / "scenario.yaml").write_bytes(b"\xff{{{")
    assert entries([source]) == (Entry("a", tmp_path / "a", source),)


def test_a_source_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing) as raised:
        entries([Source(tmp_path / "gone", "flag", hooks_allowed=True)])
    assert str(raised.value) == f"{tmp_path}/gone cannot be read: No such file or directory"


def test_a_scenario_is_found_in_its_first_source(tmp_path: Path) -> None:
    first = Source(tmp_path / "first", "flag", hooks_allowed=True)
    second = Source(tmp_path / "second", "built-in", hooks_allowed=True)
    add(first.path, "b")
    add(second.path, "a", "b")
    assert find("b", [first, second]) == Entry("b", first.path / "b", first)
    assert find("a", [first, second]) == Entry("a", second.path / "a", second)
    assert find("c", [first, second]) is None


@pytest.mark.parametrize("word", ["", ".", "..", "../b", "b/", "/b", "./b", "b\0", "x" * 5000, "file"])
def test_what_is_no_folders_name_finds_nothing(tmp_path: Path, word: str) -> None:
    add(tmp_path, "b")
    for folder in (tmp_path, tmp_path / "b", tmp_path.parent):
        (folder / "scenario.yaml").touch()
    (tmp_path / "file").touch()
    assert find(word, [Source(tmp_path / "b", "flag", hooks_allowed=True)]) is None
    assert find(word, [Source(tmp_path, "flag", hooks_allowed=True)]) is None


def test_a_folder_that_may_not_be_looked_into_counts_as_a_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path, "flag", hooks_allowed=True)
    (tmp_path / "a").mkdir()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    assert find("a", [source]) == Entry("a", tmp_path / "a", source)
    assert entries([source]) == (Entry("a", tmp_path / "a", source),)


COMMANDS = ("run", "list", "show", "cleanup", "doctor", "schema")
IDS = ("shell-spawn", "sa-token-read", "curl-egress")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("shell-spwan", ("shell-spawn",)),
        ("SHELL-SPAWN", ("shell-spawn",)),
        ("shell", ("shell-spawn",)),
        ("lsit", ("list",)),
        ("docter", ("doctor",)),
        ("curl-egres", ("curl-egress",)),
        ("zzz", ()),
        ("", ()),
    ],
)
def test_the_nearest_command_or_id_is_suggested(word: str, meant: tuple[str, ...]) -> None:
    assert nearest(word, COMMANDS, IDS) == meant


def test_commands_and_ids_are_suggested_together_the_most_likely_first() -> None:
    assert nearest("lists", ["list"], ["lists-x", "list"]) == ("list", "lists-x")


@settings(deadline=None)  # the machine may be busy
@given(st.text(), st.lists(st.text()), st.lists(st.text()))
def test_only_given_words_are_suggested(word: str, commands: list[str], ids: list[str]) -> None:
    meant = nearest(word, commands, ids)
    assert set(meant) <= {*commands, *ids}
    assert len(meant) == len(set(meant)) <= 3
