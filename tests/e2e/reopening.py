"""Has containerd open a container's log anew, by the same call that the kubelet makes when it rotates one.

The call is gRPC, of which this is the little that one call needs:
https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, https://www.rfc-editor.org/rfc/rfc9113.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4
STREAM = 1
METHOD = "/runtime.v1.RuntimeService/ReopenContainerLog"
TIMEOUT = 10.0


def reopen(containerd: Path, container_id: str) -> None:
    """Ask for it and wait for the answer, which is not read: the caller sees whether there is a new file."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(TIMEOUT)
        peer.connect(str(containerd))
        peer.sendall(_request(container_id))
        answer = peer.makefile("rb")
        while True:
            head = answer.read(9)
            assert len(head) == 9, "containerd closed the connection"
            answer.read(int.from_bytes(head[:3], "big"))
            if int.from_bytes(head[5:], "big") == STREAM and head[4] & END_STREAM:
                return


def _request(container_id: str) -> bytes:
    headers = {
        ":method": "POST",
        ":scheme": "http",
        ":path": METHOD,
        ":authority": "localhost",
        "content-type": "application/grpc",
        "te": "trailers",
    }
    fields = b"".join(b"\0" + _sized(name) + _sized(value) for name, value in headers.items())
    message = b"\x0a" + _sized(container_id)  # the first field, a string
    body = b"\0" + len(message).to_bytes(4, "big") + message
    frames = _frame(SETTINGS, 0, 0, b"") + _frame(HEADERS, END_HEADERS, STREAM, fields)
    return PREFACE + frames + _frame(DATA, END_STREAM, STREAM, body)


def _sized(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _frame(kind: int, flags: int, stream: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body
