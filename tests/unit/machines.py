"""A machine whose programs are small scripts that note how they are called and answer what a test wants."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Machine:
    """A machine with these programs, and what they were called with."""

    folder: Path

    def says(self, words: str, out: str = "", err: str = "", code: int = 0, *, body: str = ":") -> None:
        """Have a call that begins with these words answered so; the input of each is kept."""
        program, _, rest = words.partition(" ")
        answer = self.folder / "answers" / words.replace(" ", "-").replace("/", "_")
        answer.parent.mkdir(exist_ok=True)
        answer.with_suffix(".out").write_text(out)
        answer.with_suffix(".err").write_text(err)
        quoted = shlex.quote(str(answer))
        answered = f"cat {quoted}.out; cat {quoted}.err >&2; exit {code}"
        case = f"{shlex.quote(rest)}*) cat > {quoted}.in; {body}; {answered};;\n"
        cases = self.folder / "answers" / f"{program}.cases"
        cases.write_text((cases.read_text() if cases.exists() else "") + case)
        script = self.folder / "bin" / program
        script.parent.mkdir(exist_ok=True)
        log = shlex.quote(str(self.folder / "calls"))
        head = f'#!/bin/sh\nPATH=/usr/bin:/bin\nprintf "%s\\n" "{program} $*" >> {log}\ncase "$*" in\n'
        script.write_text(f"{head}{cases.read_text()}*) echo unexpected: $* >&2; exit 99;;\nesac\n")
        script.chmod(0o755)

    def forgets(self, program: str) -> None:
        """Forget what a program was to answer, so that it can be told anew."""
        (self.folder / "answers" / f"{program}.cases").unlink()

    def was_given(self, words: str) -> str:
        """What a call that began with these words read on its standard input."""
        return (self.folder / "answers" / words.replace(" ", "-")).with_suffix(".in").read_text()

    @property
    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def changes(self) -> list[str]:
        """The calls that change something."""
        changing = ("kind create", "kind delete", "helm upgrade")
        return [call for call in self.calls if call.startswith(changing)]
