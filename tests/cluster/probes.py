"""Conditions that a program waits for, written as text: ``file:PATH``, ``tcp:HOST:PORT``, ``ready:URL``."""

from __future__ import annotations

import http.client
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT = 1.0


def answers(condition: str) -> bool:
    """Whether it holds now; at worst it takes a second to say no."""
    kind, _, value = condition.partition(":")
    return {"file": _exists, "tcp": _accepts, "ready": _is_ready}[kind](value)


def _exists(path: str) -> bool:
    return Path(path).exists()


def _accepts(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), TIMEOUT).close()
    except OSError:
        return False
    return True


def _is_ready(url: str) -> bool:
    parts = urlsplit(url)
    # Anonymous users may read /readyz, and whether it answers 200 is all that is asked: nothing to verify.
    context = ssl._create_unverified_context()  # noqa: S323 - see above
    connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT, context=context)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
