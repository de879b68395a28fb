"""``python -m tests.cluster up|down|status|demo``: a real Kubernetes on this machine, without Docker."""

from __future__ import annotations

import argparse
import sys

from tests.cluster.errors import ClusterError
from tests.cluster.progress import say
from tests.cluster.site import MAX_NODES, find_site

REFUSED = 20
INTERRUPTED = 130


def parse(words: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the cluster, or find it running; prints its KUBECONFIG")
    up.add_argument("--nodes", type=int, choices=range(1, MAX_NODES + 1), default=1, help="at least so many")
    up.add_argument(
        "--merge-kubeconfig", action="store_true", help="add the context to ~/.kube/config as well"
    )
    commands.add_parser("down", help="remove it; downloads, programs and images stay in the cache")
    commands.add_parser("status", help="say what there is; 0 if it is healthy")
    commands.add_parser("demo", help="find or make a cluster and run the scenario shell-spawn on it")
    return parser.parse_args(words)


def obey(arguments: argparse.Namespace) -> int:
    """Do what was asked; the exit code."""
    from tests.cluster import lifecycle  # noqa: PLC0415 - 0.1 s that --help does not need

    site = find_site()
    if arguments.command == "down":
        lifecycle.tear_down(site)
    elif arguments.command == "status":
        healthy, words = lifecycle.describe(site)
        print(words)
        return 0 if healthy else REFUSED
    elif arguments.command == "demo":
        from tests.cluster.demo import run_demo  # noqa: PLC0415 - the only command that needs the product

        return run_demo(site)
    else:
        cluster = lifecycle.bring_up(site, arguments.nodes, merge=arguments.merge_kubeconfig)
        print(f"export KUBECONFIG={cluster.kubeconfig}")
    return 0


def main() -> int:
    """One place maps errors to exit codes."""
    try:
        return obey(parse(sys.argv[1:]))
    except ClusterError as error:
        say(str(error))
        return REFUSED
    except KeyboardInterrupt:
        say("interrupted; what was started is removed by: python -m tests.cluster down")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
