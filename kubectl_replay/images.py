"""Image references: what pods name, and how an air gap's registry or a user's choice replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Image:
    """An image reference in its parts; `tag` and `digest` may be empty.

    https://github.com/distribution/reference: a first part with a dot, a colon, or the name localhost is a
    registry's host.
    """

    name: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"

    @property
    def path(self) -> str:
        """The name without its registry's host."""
        host, slash, rest = self.name.partition("/")
        return rest if slash and ("." in host or ":" in host or host == "localhost") else self.name

    @property
    def kustomized(self) -> dict[str, str]:
        """The reference as kustomize takes a new one."""
        version = {"digest": self.digest} if self.digest else {"newTag": self.tag} if self.tag else {}
        return {"newName": self.name, **version}


def parse(text: str) -> Image:
    """Read an image reference."""
    rest, _, digest = text.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return Image(f"{head}{slash}{name}", tag, digest)


@dataclass(frozen=True)
class Replacements:
    """Which images stand in for others: `chosen` ones by name or reference, all others from `registry`."""

    chosen: tuple[tuple[str, str], ...] = ()
    registry: str = ""

    def of(self, text: str) -> str:
        """Return the image that is used in the place of this one."""
        image = parse(text)
        for old, new in self.chosen:
            if old in {text, image.name}:
                return new
        if self.registry:
            return str(Image(f"{self.registry.rstrip('/')}/{image.path}", image.tag, image.digest))
        return text


def named(bodies: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """List the images that these objects' pods and pod templates name, each once."""
    return tuple(dict.fromkeys(image for body in bodies for image in _images(body.get("spec"))))


def _images(spec: object) -> Iterator[str]:
    if not isinstance(spec, dict):
        return
    for key in ("initContainers", "containers"):
        for container in spec.get(key) or ():
            if isinstance(container, dict) and isinstance(container.get("image"), str):
                yield container["image"]
    template = spec.get("template") or (spec.get("jobTemplate") or {}).get("spec", {}).get("template")
    if isinstance(template, dict):
        yield from _images(template.get("spec"))


def kustomized(images: Iterable[str], replacements: Replacements) -> list[dict[str, str]]:
    """Return kustomize's `images` for what is replaced."""
    changed = [(image, replacements.of(image)) for image in images]
    return [{"name": parse(old).name, **parse(new).kustomized} for old, new in changed if old != new]
