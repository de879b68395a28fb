"""A chart and the values that it is given, as helm takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Chart:
    """A chart as helm takes it: a path, an oci:// or https:// address, a name in a repository of the user's.

    With a repository's own address it must be fetched first: told to install `falco` from one, helm 3 takes
    a folder of that name where there is one (https://github.com/helm/helm/issues/7862).
    """

    reference: str
    version: str = ""
    repository: str = ""

    @property
    def title(self) -> str:
        """Name it to a person."""
        version = f" {self.version}" if self.version else ""
        where = f" of {self.repository}" if self.repository else ""
        return f"chart {self.reference}{version}{where}"

    @property
    def words(self) -> tuple[str, ...]:
        """Name it to helm."""
        return (self.reference, *(("--version", self.version) if self.version else ()))


@dataclass(frozen=True)
class Values:
    """Values for a chart, each stronger than those before it."""

    defaults: Mapping[str, Any]
    files: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    """NAME=VALUE as helm's --set takes it."""
    mark: tuple[str, str] = ("", "")
    """A name and a text that nothing else can change: helm reads --set-string last."""

    @property
    def words(self) -> tuple[str, ...]:
        """Name them; the defaults are read from standard input."""
        return (
            *("--values", "-"),
            *(word for file in self.files for word in ("--values", file)),
            *(word for setting in self.settings for word in ("--set", setting)),
            *("--set-string", "=".join(self.mark)),
        )
