"""PID 1 of a node: prepares the namespaces it was started in, then starts the node's programs and obeys.

It dies only by SIGKILL, and everything in the node dies with it. It restarts nothing by itself: a program
that ended is a finding, and tests stop programs on purpose.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.cluster.probes import answers
from tests.cluster.processes import run, spawn

CONTROL = "/run/control.sock"
TICK = 0.02
SIGNALS = {"kill": signal.SIGKILL, "pause": signal.SIGSTOP, "resume": signal.SIGCONT}


class Supervisor:
    """The node's programs by name: what each waits for, its pid, and why it has none."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = {component["name"]: component for component in plan["components"]}
        self.environment: dict[str, str] = plan["environment"]
        self.pids: dict[str, int] = {}
        self.states = dict.fromkeys(self.plan, "waiting")

    def start_ready(self) -> None:
        """Start what waited and waits no longer."""
        for name, component in self.plan.items():
            if self.states[name] == "waiting" and all(map(answers, component["after"])):
                self.start(name)

    def start(self, name: str) -> None:
        """Start one program now, unless it runs."""
        if name not in self.pids:
            log = Path("/var/log") / f"{name}.log"
            self.pids[name] = spawn(self.plan[name]["argv"], log=log, env=self.environment)
            self.states[name] = "running"

    def signal(self, action: str, name: str) -> None:
        """Kill, pause or resume one program; killed means gone when this returns."""
        pid = self.pids.get(name)
        if pid is None:
            return
        os.kill(pid, SIGNALS[action])
        self.states[name] = "paused" if action == "pause" else "running"
        while action == "kill" and name in self.pids:
            self.bury(os.waitpid(pid, 0))

    def reap(self) -> None:
        """Bury whatever has ended: our programs, and the orphans that every PID 1 inherits."""
        with suppress(ChildProcessError):
            while (dead := os.waitpid(-1, os.WNOHANG))[0]:
                self.bury(dead)

    def bury(self, dead: tuple[int, int]) -> None:
        """Note the end of one child."""
        for name, pid in list(self.pids.items()):
            if pid == dead[0]:
                del self.pids[name]
                self.states[name] = f"ended with code {os.waitstatus_to_exitcode(dead[1])}"

    def obey(self, request: dict[str, str]) -> dict[str, Any]:
        """Do what one request asks for and answer with the state of everything."""
        action, name = request["action"], request["name"]
        if action != "state" and name not in self.plan:
            return {"error": f"This node has no program {name!r}; it has {', '.join(self.plan)}."}
        if action == "start":
            self.start(name)
        elif action in SIGNALS:
            self.signal(action, name)
        return {"states": self.states, "pids": self.pids}

    def serve(self, control: socket.socket, children: int) -> None:
        """Wait for requests, for children that end and for what the next programs wait for; for ever."""
        with selectors.DefaultSelector() as selector:
            selector.register(control, selectors.EVENT_READ)
            selector.register(children, selectors.EVENT_READ)
            while True:
                waiting = "waiting" in self.states.values()
                for key, _ in selector.select(TICK if waiting else None):
                    if key.fileobj is control:
                        self._converse(control)
                    else:
                        os.read(children, 4096)
                self.reap()
                self.start_ready()

    def _converse(self, control: socket.socket) -> None:
        with suppress(OSError, ValueError), control.accept()[0] as peer, peer.makefile("rw") as stream:
            peer.settimeout(5)
            stream.write(json.dumps(self.obey(json.loads(stream.readline()))) + "\n")


def prepare(plan: dict[str, Any]) -> None:
    """Wait until the host has plugged the link in, then mount, address and route as planned."""
    deadline = time.monotonic() + 20
    while "eth0" not in [name for _, name in socket.if_nameindex()]:
        if time.monotonic() > deadline:
            sys.exit("no link eth0 after 20 s")
        time.sleep(0.005)
    for command in plan["setup"]:
        run(command)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def main() -> None:
    """Run as ``python -m tests.cluster.supervisor PLAN``."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    prepare(plan)
    children, notify = os.pipe()
    os.set_blocking(notify, False)
    signal.set_wakeup_fd(notify, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    control = socket.socket(socket.AF_UNIX)
    control.bind(CONTROL)
    control.listen()
    Supervisor(plan).serve(control, children)


if __name__ == "__main__":
    main()
