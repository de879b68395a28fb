"""Sorts the alerts of Falco, one at a time: expected and of this run, of this run, or noise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kubectl_replay.detection.expectation import Fit, fit
from kubectl_replay.detection.findings import Findings, least
from kubectl_replay.detection.identity import can_carry_nonce, is_ours

if TYPE_CHECKING:
    from kubectl_replay.detection.alert import Alert
    from kubectl_replay.detection.identity import Target
    from kubectl_replay.detection.window import Window
    from kubectl_replay.scenario.detection import FalcoExpectation

_REQUESTS: Final = "k8s_audit"


@dataclass
class FalcoMatcher:
    """Compares alerts with what the scenario expects of Falco.

    `window` is on the node's clock; `request_window` on the API server's, for alerts of the k8saudit plugin.
    `deadline` is the last moment, in nanoseconds UTC on the node's clock, at which a line may be written.
    """

    expectation: FalcoExpectation
    target: Target
    window: Window
    request_window: Window | None = None
    deadline: int | None = None
    findings: Findings[Alert] = field(default_factory=Findings)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def feed(self, alert: Alert) -> bool:
        """Sort one alert; return whether the answer is known."""
        if alert.key not in self._seen:
            self._seen.add(alert.key)
            where = self._sort(alert)
            if where is None:
                self.findings.noise += 1
            else:
                where.append(alert)
        return self.findings.settled

    @property
    def latency_seconds(self) -> float | None:
        """The seconds from the trigger to the first event that counts, None if no clock measured both."""
        windows = [
            (self.window_of(alert), alert.time) for alert in self.findings.expected + self.findings.weak
        ]
        return least([window.latency(time) for window, time in windows if window and time is not None])

    def window_of(self, alert: Alert) -> Window | None:
        """Return the window on the clock that stamps this alert, None if nobody measured it."""
        return self.request_window if alert.source == _REQUESTS else self.window

    def _sort(self, alert: Alert) -> list[Alert] | None:
        """Return the list that the alert belongs to, None for noise."""
        found, window, fitting = self.findings, self.window_of(alert), fit(alert, self.expectation)
        if not is_ours(alert, self.target) or self._is_early(alert, window):
            return None
        if not self._is_dated(alert, window):
            return None if fitting is Fit.OTHER else found.undated
        if not self._is_of_this_run(alert, window):
            return None if fitting is Fit.OTHER else found.doubtful
        if fitting in {Fit.EXPECTED, Fit.WEAK} and self._is_late(alert):
            return found.late
        return {
            Fit.EXPECTED: found.expected,
            Fit.WEAK: found.weak,
            Fit.OTHER: found.others,
            Fit.UNKNOWN: found.unnamed,
        }[fitting]

    def _is_early(self, alert: Alert, window: Window | None) -> bool:
        """Whether the event was before the trigger; a line is never written before its event.

        What carries the nonce is of this run's trigger, however the clocks may differ.
        """
        if alert.carries(self.target.nonce):
            return False
        if alert.time is not None and window is not None:
            return not window.contains(alert.time)
        return alert.stamp is not None and not self.window.contains(alert.stamp)

    def _is_dated(self, alert: Alert, window: Window | None) -> bool:
        """Whether the event is known to be in time: by its time, or by the nonce of this run."""
        return (alert.time is not None and window is not None) or alert.carries(self.target.nonce)

    def _is_of_this_run(self, alert: Alert, window: Window | None) -> bool:
        """Whether no earlier run in the same pod can have left the alert."""
        if not self.target.reused or alert.carries(self.target.nonce):
            return True
        if can_carry_nonce(alert, self.target) or alert.time is None or window is None:
            return False
        return window.is_after(alert.time)

    def _is_late(self, alert: Alert) -> bool:
        return None not in {self.deadline, alert.stamp} and (alert.stamp or 0) > (self.deadline or 0)
