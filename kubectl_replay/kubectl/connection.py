"""The connection flags: which cluster, as whom, and how long a single request may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Connection:
    """The connection flags as they were given: what is empty is kubectl's own affair."""

    context: str = ""
    kubeconfig: str = ""
    namespace: str = ""
    user: str = ""
    groups: tuple[str, ...] = ()
    request_timeout: float = 10.0
    in_cluster: bool = False
    """kubectl uses a pod's own service account only where no flag overrides anything, timeouts included."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that every call carries, the namespace aside."""
        return (
            *(("--kubeconfig", self.kubeconfig) if self.kubeconfig else ()),
            *(("--context", self.context) if self.context else ()),
            *(("--as", self.user) if self.user else ()),
            *(word for group in self.groups for word in ("--as-group", group)),
        )
