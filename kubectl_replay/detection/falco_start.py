"""What Falco tells in its log when it starts: its version, its files, and what it watches by which means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

FIRST_WORDS: Final = "Falco version"
"""How the first line of a start begins."""

_FILE: Final = re.compile(r" +(/\S+)(?: \|.*)?")
_BEFORE_0_40: Final = "Loading rules from file "
_SOURCES: Final = "Enabled event sources: "
_OPENED: Final = re.compile(r"Opening '(?P<source>[^']+)' source with (?P<engine>.+?)(?:\. .*|\.)?")
"""As Falco writes it, with `modern BPF probe`, `Kernel module`, `plugin 'k8saudit'` and others
(https://github.com/falcosecurity/falco/blob/0.44.1/userspace/falco/app/actions/helpers_inspector.cpp)."""


@dataclass
class Start:
    """One start of Falco, as far as it was read."""

    version: str = ""
    configuration_files: list[str] = field(default_factory=list)
    rules_files: list[str] = field(default_factory=list)
    sources: tuple[str, ...] = ()
    engines: dict[str, str] = field(default_factory=dict)
    """By what means the events of each source come."""
    _listed: list[str] | None = None
    """The list that the files of the next lines belong to."""

    def learn(self, words: str) -> None:
        """Take the words of one line of Falco's own log."""
        file = _FILE.fullmatch(words)
        if self._listed is not None and file:
            self._listed.append(file[1])
            return
        self._listed = {
            "Falco initialized with configuration files:": self.configuration_files,
            "Loading rules from:": self.rules_files,
        }.get(words)
        opened = _OPENED.fullmatch(words)
        if words.startswith(FIRST_WORDS):
            self.version = words.removeprefix(FIRST_WORDS).strip(": ").split(" ")[0]
        elif words.startswith(_SOURCES):
            self.sources = tuple(words.removeprefix(_SOURCES).split(", "))
        elif words.startswith(_BEFORE_0_40):
            self.rules_files.append(words.removeprefix(_BEFORE_0_40).rstrip(": "))
        elif opened:
            self.engines[opened["source"]] = opened["engine"]
