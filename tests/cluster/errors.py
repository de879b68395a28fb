"""The one error of the test cluster: a sentence for the user, which ends the command with code 20."""

from __future__ import annotations


class ClusterError(Exception):
    """Something that the user can read and act on; never a traceback."""
