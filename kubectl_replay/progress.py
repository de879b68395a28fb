"""How a run is told while it goes on: the same words live on a terminal and as plain lines elsewhere."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.status import Status as Spinner

    from kubectl_replay.reasons import Phase
    from kubectl_replay.result import PhaseResult
    from kubectl_replay.scenario.spec import Scenario

_DOING = {
    "preflight": "settling which cluster is meant",
    "deploy": "creating the workload",
    "ready": "waiting for the workload",
    "trigger": "triggering the behavior",
    "behavior": "verifying the behavior",
    "detection": "asking the detectors",
    "cleanup": "removing the workload",
}


def banner(scenario: Scenario) -> str:
    """Return the safety notice that stands before anything is done."""
    goal = " ".join(scenario.goal.split())
    return f"kubectl replay {scenario.id}: {goal}\nFor test clusters only.\n"


def line(ended: PhaseResult) -> str:
    """Return the one line that says how a phase ended."""
    why = f"  {ended.reason}" if ended.reason else ""
    status = ended.status.upper().replace("_", " ")
    return f"{ended.name:<10} {status:<12} {ended.duration_seconds:6.2f}s{why}"


class Lines:
    """One plain line a phase."""

    def __init__(self, stream: TextIO) -> None:
        self._stream: TextIO | None = stream

    def say(self, text: str) -> None:
        """Print a line at once; a reader that has gone away stops neither the run nor its cleanup."""
        try:
            print(text, file=self._stream or io.StringIO(), flush=True)
        except OSError:
            self._stream = None

    def notice(self, text: str) -> None:
        """Print what the user must know."""
        self.say(f"notice: {text}")

    def began(self, phase: Phase) -> None:
        """Say nothing: the line comes when the phase has ended."""

    def ended(self, phase: PhaseResult) -> None:
        """Print how the phase ended."""
        self.say(line(phase))


class Live(Lines):
    """The same lines, with the phase under way spinning below them."""

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        super().__init__(stream)
        from rich.console import Console  # noqa: PLC0415 - 60 ms that only a terminal pays

        class Terminal(Console):
            """A console that does not end the program when its terminal hangs up."""

            def on_broken_pipe(self) -> None:
                self.quiet = True

        self._console = Terminal(file=stream, no_color=not color, markup=False, emoji=False, highlight=False)
        self._spinner: Spinner | None = None

    def began(self, phase: Phase) -> None:
        """Show what is being done."""
        with contextlib.suppress(OSError):  # a terminal that has hung up
            self._spinner = self._console.status(f"{phase}: {_DOING[phase]}")
            self._spinner.start()

    def say(self, text: str) -> None:
        """Print a line in the spinner's place."""
        with contextlib.suppress(OSError):
            if self._spinner:
                self._spinner.stop()
        super().say(text)
