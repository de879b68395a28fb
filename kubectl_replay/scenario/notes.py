"""What a load notes about one file: where each value stands, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kubectl_replay.scenario.problem import Problem, printable

if TYPE_CHECKING:
    from pathlib import Path

    Where = tuple[str | int, ...]  # ("trigger", "command", 2)
    Place = tuple[int, int]  # line and column, counted from 1

_MANY: Final = 100


class Notes:
    """The places and the problems of one scenario.yaml."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[Where, Place] = {(): (1, 1)}
        self._broken: set[Where] = set()
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything noted so far, in the order of the file; nothing twice, though aliases are read again."""
        return tuple(sorted(dict.fromkeys(self._problems), key=lambda p: (p.line, p.column)))

    def stands(self, where: Where, place: Place) -> None:
        """Remember where a value stands."""
        self._places[where] = place

    def complain(self, where: Where, message: str, place: Place | None = None) -> None:
        """Note a problem with the value at `where`, at its own place or at the given one."""
        self._broken.add(where)
        self._problems.append(Problem(self._path, *(place or self.place(where)), printable(message)))

    def distrust(self, where: Where) -> None:
        """Take a value as broken without a word, because another complaint is about it."""
        self._broken.add(where)

    @property
    def many(self) -> bool:
        """Whether so much is wrong that it is not worth the time to guess what was meant."""
        return len(self._problems) > _MANY

    def sound(self, where: Where) -> bool:
        """Whether nothing is wrong with this value, nor with one that it is part of."""
        return not any(where[:length] in self._broken for length in range(len(where) + 1))

    def whole(self, where: Where) -> bool:
        """Whether nothing is wrong with this value, with one that it is part of, nor with a part of it."""
        return self.sound(where) and not any(broken[: len(where)] == where for broken in self._broken)

    def place(self, where: Where) -> Place:
        """Give the place of a value, or of the nearest one around it."""
        while where not in self._places:
            where = where[:-1]
        return self._places[where]


def name(where: Where) -> str:
    """Write a place as `trigger.command[2]`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return words.removeprefix(".")


def within(where: Where) -> str:
    """Write the mapping at a place as `in trigger`."""
    return f"in {name(where)}" if where else "at the top level"
