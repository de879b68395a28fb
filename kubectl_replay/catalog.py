"""Where scenarios come from: sources in order, the folders in them, the word that was probably meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from kubectl_replay.scenario import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

VARIABLE: Final = "REPLAY_SCENARIOS_PATH"

_PACKAGE: Final = Path(__file__).parent

Label = Literal["flag", "environment", "built-in", "./scenarios"]


class SourceMissing(Exception):
    """A folder of scenarios that cannot be looked into; the message says who named it."""


@dataclass(frozen=True)
class Source:
    """A folder of scenario folders; `label` says who named it.

    Hooks of a folder that nobody named and that merely lies where we stand are not allowed to run.
    """

    path: Path
    label: Label
    hooks_allowed: bool


@dataclass(frozen=True)
class Entry:
    """A scenario's folder, not looked into; `id` is the folder's name."""

    id: str
    folder: Path
    source: Source


def sources(flag: Sequence[Path], environ: Mapping[str, str], cwd: Path) -> tuple[Source, ...]:
    """Give the sources, strongest first, or raise SourceMissing; relative paths are seen from `cwd`."""
    found = [
        *(_named(cwd / path, "flag", f"--scenarios {path}") for path in flag),
        *(_named(cwd / path, "environment", f"{VARIABLE} has {path}, which") for path in _listed(environ)),
        Source(_built_in(), "built-in", hooks_allowed=True),
        Source(cwd / "scenarios", "./scenarios", hooks_allowed=False),
    ]
    first: dict[Path, Source] = {}
    for source in found:
        if _is_folder(source.path):
            first.setdefault(source.path.resolve(), source)
    return tuple(first.values())


def entries(found: Iterable[Source]) -> tuple[Entry, ...]:
    """Give every scenario folder, by id; of equal ids the first source's. No file is parsed."""
    by_id: dict[str, Entry] = {}
    for source in found:
        for folder in _folders(source.path):
            by_id.setdefault(folder.name, Entry(folder.name, folder, source))
    return tuple(by_id[key] for key in sorted(by_id))


def find(scenario_id: str, found: Iterable[Source]) -> Entry | None:
    """Give the scenario folder of this id from the first source that has it; look at no other folder."""
    if scenario_id in ("", ".", "..") or "/" in scenario_id:
        return None
    for source in found:
        if _is_scenario(source.path / scenario_id):
            return Entry(scenario_id, source.path / scenario_id, source)
    return None


def nearest(word: str, commands: Iterable[str], ids: Iterable[str]) -> tuple[str, ...]:
    """Give up to three commands or ids that were probably meant, the most likely first."""
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    return tuple(difflib.get_close_matches(word.lower(), dict.fromkeys([*commands, *ids])))


def _named(path: Path, label: Label, who: str) -> Source:
    if not _is_folder(path):
        raise SourceMissing(f"{who} is not a folder")
    return Source(path, label, hooks_allowed=True)


def _listed(environ: Mapping[str, str]) -> list[str]:
    return [path for path in environ.get(VARIABLE, "").split(":") if path]


def _built_in() -> Path:
    inside = _PACKAGE / "scenarios"
    return inside if inside.is_dir() else _PACKAGE.parent / "scenarios"


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _folders(path: Path) -> Iterator[Path]:
    try:
        inside = list(path.iterdir())
    except OSError as error:
        raise SourceMissing(f"{path} cannot be read: {error.strerror}") from None
    return (folder for folder in inside if _is_scenario(folder))


def _is_scenario(folder: Path) -> bool:
    try:
        return (folder / FILE_NAME).is_file()
    except PermissionError:
        return True  # the loader says why it cannot be read; leaving it out would say that there is none
    except OSError:
        return False
