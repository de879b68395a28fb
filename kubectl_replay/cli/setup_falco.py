"""`setup falco`: install Falco with helm, and wait until it is ready."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from kubectl_replay.cli.options import Command, connection, given, seconds
from kubectl_replay.cli.printing import emit, note

if TYPE_CHECKING:
    from kubectl_replay.chart import Chart, Values
    from kubectl_replay.installation import Installation


@click.command("falco", cls=Command)
@click.option("--yes", is_flag=True, help="Change a cluster that is not a local one, too.")
@click.option("--chart", metavar="CHART", help="A path, or an oci:// or https:// address. [FALCO_CHART]")
@click.option("--chart-version", metavar="VERSION", help="Its version. [FALCO_CHART_VERSION]")
@click.option("--values", "files", multiple=True, metavar="FILE", help="Values; repeatable. [FALCO_VALUES]")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="As helm's own; repeatable.")
@click.option(
    "--ready-timeout",
    metavar="TIME",
    callback=seconds,
    default="300",
    help="How long until Falco is ready. [300s]",
)
@click.pass_context
def falco(
    ctx: click.Context,
    yes: bool,
    chart: str | None,
    chart_version: str | None,
    files: tuple[str, ...],
    settings: tuple[str, ...],
    ready_timeout: float,
) -> int:
    """Install Falco with helm; one that this installed is brought up to date.

    It is Falco's own chart 9.1.0, as release falco in the namespace falco, or in the one that FALCO_NAMESPACE
    names, with driver.kind=modern_ebpf, tty=true and falco.json_output=true; --values and --set are stronger,
    and what is not given again is forgotten. With --chart the version is what --chart-version says, if
    anything. Any other Falco in the cluster is left as it is, and this ends 20.
    """
    from kubectl_replay.errors import Failure

    order = _chart(chart, chart_version), _values(files, settings)
    try:
        return _install(_enter(ctx), yes, order, ready_timeout)
    except Failure as failure:
        note(f"error: {failure.message}\nreason: {failure.reason}")
        return 20


def _chart(reference: str | None, version: str | None) -> Chart:
    """Return the chart that flags and variables name, else the published one."""
    from kubectl_replay.chart import Chart
    from kubectl_replay.installation import PUBLISHED

    reference = reference or os.environ.get("FALCO_CHART")
    version = version or os.environ.get("FALCO_CHART_VERSION")
    if reference:
        return Chart(reference, version or "")
    return Chart(PUBLISHED.reference, version or PUBLISHED.version, PUBLISHED.repository)


def _values(files: tuple[str, ...], settings: tuple[str, ...]) -> Values:
    """Return the values that flags and variables name; what is sure to fail is a usage error."""
    from pathlib import Path

    from kubectl_replay.chart import Values
    from kubectl_replay.installation import DEFAULTS, MARK

    named = files or tuple(filter(None, os.environ.get("FALCO_VALUES", "").split(":")))
    for file in named:
        if not Path(file).is_file():
            raise click.UsageError(f"There is no file {file} (--values, FALCO_VALUES).")
    for setting in settings:
        if "=" not in setting:
            raise click.UsageError(f"--set {setting}: write NAME=VALUE.")
    return Values(DEFAULTS, named, settings, MARK)


def _enter(ctx: click.Context) -> Installation:
    """Return what may be installed in the cluster that is meant, once the guard accepts it."""
    from dataclasses import replace

    from kubectl_replay import access, installation
    from kubectl_replay.helm import Helm

    namespace = installation.namespace(os.environ)
    if given(ctx).get("namespace", namespace) != namespace:
        raise click.UsageError(
            f"Falco's namespace is {namespace}; {installation.VARIABLE}=NAME names another, -n does not."
        )
    asked = replace(connection(ctx), namespace="")
    kubectl, notices = access.enter(asked, (), os.environ)
    for notice in notices:
        note(f"notice: {notice}")
    pinned = kubectl.within(namespace)
    return installation.Installation(pinned, Helm(pinned.connection, os.environ))


def _install(installation: Installation, yes: bool, order: tuple[Chart, Values], ready_timeout: float) -> int:
    from kubectl_replay.interruption import Interrupted

    known = installation.prepare(yes=yes)
    note(f'installing Falco in the namespace "{installation.namespace}", from {order[0].title}')
    try:
        installation.install(*order)
        found = installation.wait(ready_timeout, note, known)
    except Interrupted:
        note(f"notice: a part of Falco may have been installed: {installation.removal}")
        raise
    done = f"{found.ready} of {found.wanted} agents"
    ready = f'Falco is ready in the namespace "{installation.namespace}": {done}.'
    return emit(f"{ready}\nIt is removed by: {installation.removal}\n", 0)
