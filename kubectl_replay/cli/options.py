"""The options that every command takes, before or after its name, and what they come to together."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click

from kubectl_replay.cli.printing import note

if TYPE_CHECKING:
    from kubectl_replay.kubectl import Connection
    from kubectl_replay.terminal import Policy

_KEY = "kubectl_replay.given"

_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's
    """Keep an option that was given: the later place wins, repeatable ones add up, none is ever lost."""
    kept: dict[str, Any] = ctx.meta.setdefault(_KEY, {})
    if value not in (None, (), False) and param.name:
        kept[param.name] = (*kept.get(param.name, ()), *value) if isinstance(value, tuple) else value


def seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """Read a duration as kubectl takes it: `10s`, `2m`, or plain seconds."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", value)
    seconds = float(found[1]) * _UNITS[found[2] or ""] if found else 0.0
    if seconds <= 0:
        raise click.BadParameter(f"{value!r} is no duration such as 10s, 2m or 30 (more than zero).")
    return seconds


def _remember_seconds(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    _remember(ctx, param, seconds(ctx, param, value))


class _Everywhere(click.Option):
    """An option of every command; it is kept for `given` instead of being passed to the command."""

    def __init__(self, *names: str, **settings: Any) -> None:  # noqa: ANN401 - click's own settings
        super().__init__(list(names), **({"callback": _remember} | settings), expose_value=False)


def everywhere() -> list[click.Parameter]:
    """Return the options that every command takes."""
    return [
        _Everywhere("--context", metavar="NAME", help="The kubeconfig context to use."),
        _Everywhere("--kubeconfig", metavar="FILE", help="The kubeconfig file to use."),
        _Everywhere("-n", "--namespace", metavar="NAME", help="The namespace to work in. [k8s-replay]"),
        _Everywhere("--as", "user", metavar="USER", help="The user to impersonate."),
        _Everywhere("--as-group", "groups", metavar="GROUP", multiple=True, help="Its group; repeatable."),
        _Everywhere(
            "--request-timeout",
            metavar="TIME",
            callback=_remember_seconds,
            help="How long a single request may take. [10s]",
        ),
        _Everywhere("--scenarios", metavar="DIR", multiple=True, help="More scenarios; repeatable."),
        _Everywhere("--color", type=click.Choice(["auto", "always", "never"]), help="[auto]"),
        _Everywhere("-v", "--verbose", is_flag=True, help="Show the traceback of a bug."),
    ]


class Command(click.Command):
    """A command that takes the options of every command."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - click's own settings
        super().__init__(*args, **settings)
        self.params.extend(everywhere())

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command. A broken pipe that it did not expect is a bug; click would leave with code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise RuntimeError("a pipe broke") from error


def given(ctx: click.Context) -> dict[str, Any]:
    """Return the options of every command that were given, before or after the command's name."""
    found: dict[str, Any] = ctx.meta.setdefault(_KEY, {})
    return found


def connection(ctx: click.Context) -> Connection:
    """Return the connection that flags and variables ask for."""
    from kubectl_replay.kubectl import Connection

    flags = given(ctx)
    return Connection(
        context=flags.get("context", ""),
        kubeconfig=flags.get("kubeconfig", ""),
        namespace=flags.get("namespace") or os.environ.get("REPLAY_NAMESPACE", ""),
        user=flags.get("user", ""),
        groups=tuple(flags.get("groups", ())),
        request_timeout=flags.get("request_timeout", Connection.request_timeout),
    )


def policy(ctx: click.Context, stream: Any) -> Policy:  # noqa: ANN401 - any text stream
    """Return what this stream may be given."""
    from kubectl_replay.terminal import decide

    tty = stream is not None and stream.isatty()  # a closed stream is None
    return decide(given(ctx).get("color", "auto"), os.environ, tty=tty)


def switch(name: str) -> bool:
    """Return whether a variable switches something on; a value that says neither is told and ignored."""
    from kubectl_replay.environment import read_switch

    on, notice = read_switch(name, os.environ)
    if notice:
        note(f"notice: {notice}")
    return on
