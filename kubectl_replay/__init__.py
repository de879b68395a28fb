"""Replay real Kubernetes runtime behaviors and say whether a detector alerted on this very run."""

__version__ = "0.1.0"
