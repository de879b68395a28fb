"""The commands there are: each name, the module that has it as `command`, and its line in the help."""

from __future__ import annotations

COMMANDS = {
    "run": ("kubectl_replay.cli.run", "Replay scenarios and print what they ended as."),
    "list": ("kubectl_replay.cli.listing", "List the scenarios there are."),
    "show": ("kubectl_replay.cli.show", "Show what a scenario does, before it is run."),
    "images": ("kubectl_replay.cli.images", "List the images that scenarios use."),
    "cleanup": ("kubectl_replay.cli.cleanup", "Remove what earlier runs left behind."),
    "doctor": ("kubectl_replay.cli.doctor", "Look for what stands in the way of a replay."),
    "logs": ("kubectl_replay.cli.logs", "Show the alerts of Falco."),
    "rules": ("kubectl_replay.cli.rules", "List the rules that Falco has loaded."),
    "setup": ("kubectl_replay.cli.setup", "Make what a replay needs: a kind cluster, a Falco."),
    "reset": ("kubectl_replay.cli.reset", "Delete the kind cluster that setup made."),
    "completion": ("kubectl_replay.cli.shells", "Print the completion script of a shell."),
    "version": ("kubectl_replay.cli.version", "Say which version this is."),
}
