"""The one error a user can meet: what failed, the command to paste, the tool's own words, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubectl_replay import words
from kubectl_replay.reasons import REASONS

if TYPE_CHECKING:
    from kubectl_replay.process import Completed
    from kubectl_replay.reasons import Reason


class Failure(Exception):
    """An expected end of a command or a run, with its reason from the closed table.

    `sentence` says what failed; `command` can be pasted into a shell; `words` are the tool's own;
    `next_step` says what to do about it (the table's advice unless given). Each of these may be empty.
    """

    def __init__(
        self, reason: Reason, sentence: str, *, command: str = "", words: str = "", next_step: str = ""
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.command = command
        self.words = words.strip()
        self.next_step = next_step or REASONS[reason].advice

    @classmethod
    def of(cls, reason: Reason, answer: Completed, *, command: str = "") -> Failure:
        """Build the failure of a call that ended badly, with the table's sentence and advice.

        `command` stands in for one that cannot be pasted, because what it read is gone.
        """
        sentence = REASONS[reason].sentence
        said = "\n".join(words.errors(answer.err)) or answer.err
        return cls(reason, sentence, command=command or answer.command, words=said)

    @property
    def message(self) -> str:
        """Everything there is to say, a line each, as box, document and stderr print it."""
        said = [f"  {line}" for line in self.words.splitlines() if line.strip()]
        asked = [f"command: {self.command}"] if self.command else []
        advice = [f"next: {self.next_step}"] if self.next_step else []
        return "\n".join([self.sentence, *said, *asked, *advice])
