"""Credential plugins: they may ask once, alone and at the terminal, before calls overlap."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.accounts import MINIMAL, make_account

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.kubeconfigs import Kubeconfigs
    from tests.e2e.namespaces import Namespace
    from tests.e2e.replay import Replay

VERSION = "client.authentication.k8s.io/v1"
SCRIPT = """\
#!/bin/sh
cd {folder}
echo begin >> calls
trap 'echo end >> calls' EXIT
echo "Touch the key" >&2
{login}
sleep 0.7
cat credential
"""
ASK = """\
if [ ! -e password ]; then
  printf 'Password: ' >&2
  read -r password && echo "$password" > password || exit 1
fi
"""
"""It asks whoever sits at standard input, once: as logins do, it remembers."""


class Plugin:
    """A slow plugin in one folder, which notes when it begins and ends."""

    def __init__(self, folder: Path, token: str) -> None:
        self.folder = folder
        credential = {"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": token}}
        (folder / "credential").write_text(json.dumps(credential))
        (folder / "calls").touch()

    def user(self, mode: str = "IfAvailable", login: str = "") -> dict[str, Any]:
        """Write the plugin; return the kubeconfig's user that names it."""
        program = self.folder / "plugin"
        program.write_text(SCRIPT.format(folder=self.folder, login=login))
        program.chmod(0o755)
        return {"exec": {"apiVersion": VERSION, "command": str(program), "interactiveMode": mode}}

    @property
    def calls(self) -> list[str]:
        """Its beginnings and ends so far."""
        return (self.folder / "calls").read_text().split()


@pytest.fixture
def plugin(namespace: Namespace, tmp_path: Path) -> Plugin:
    namespace.create()
    folder = tmp_path / "plugin"
    folder.mkdir()
    return Plugin(folder, make_account(namespace, *MINIMAL))


def test_its_first_call_is_made_alone(replay: Replay, kubeconfigs: Kubeconfigs, plugin: Plugin) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(user=plugin.user()))
    assert replayed.code == 11
    assert replayed.document["cleanup"]["status"] == "clean"
    assert plugin.calls[:2] == ["begin", "end"]
    assert plugin.calls.count("begin") >= 5  # the first contact, watch, create, exec, delete


def test_it_may_ask_for_a_login_at_the_terminal(
    replay: Replay, kubeconfigs: Kubeconfigs, plugin: Plugin
) -> None:
    user = plugin.user(login=ASK)
    replayed = replay.on_terminal("shell-spawn", env=kubeconfigs(user=user), typed="open sesame\n")
    assert replayed.code == 11
    assert (plugin.folder / "password").read_text() == "open sesame\n"
    assert replayed.stdout.count("Password: ") == 1
    assert replayed.stdout.count("Touch the key") == 1  # later calls keep what it says to themselves
    assert plugin.calls[:2] == ["begin", "end"]


def test_one_that_insists_on_a_terminal_is_told_that_there_is_none(
    replay: Replay, kubeconfigs: Kubeconfigs, plugin: Plugin
) -> None:
    replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(user=plugin.user(mode="Always")))
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "credential_plugin_interactive")
    assert replayed.message.splitlines()[0] == (
        "The kubeconfig's credential plugin wants to ask somebody, and here is no terminal."
    )
    assert plugin.calls == []


def test_one_that_fails_is_told_in_its_own_words(
    replay: Replay, kubeconfigs: Kubeconfigs, plugin: Plugin
) -> None:
    user = plugin.user(login="echo 'your session has expired' >&2; exit 4")
    replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(user=user))
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "credential_plugin_failed")
    assert "your session has expired" in replayed.message
    assert "exit code 4" in replayed.message


def test_one_that_is_not_installed_is_named(replay: Replay, kubeconfigs: Kubeconfigs, plugin: Plugin) -> None:
    user = plugin.user()
    user["exec"]["command"] = "no-such-plugin"
    replayed = replay("shell-spawn", "-o", "json", env=kubeconfigs(user=user))
    assert (replayed.code, replayed.document["failure_reason"]) == (20, "credential_plugin_failed")
    assert "no-such-plugin not found" in replayed.message
