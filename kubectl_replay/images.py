"""Image references: what pods name, and how an air gap's registry or a user's choice replaces it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kubectl_replay.errors import Failure
from kubectl_replay.reasons import Reason

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
    def versioned(self) -> Image:
        """The reference with a tag: the one that a container runtime takes where there is none."""
        return self if self.tag or self.digest else replace(self, tag="latest")

    @property
    def version(self) -> dict[str, str]:
        """The tag or digest as kustomize takes it."""
        return {"digest": self.digest} if self.digest else {"newTag": self.tag} if self.tag else {}


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
                return str(parse(new).versioned)
        if self.registry:
            return str(Image(f"{self.registry.rstrip('/')}/{image.path}", image.tag, image.digest))
        return text


def named(bodies: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """List the images that these objects' pods and pod templates name, each once."""
    return tuple(dict.fromkeys(image for body in bodies for image in _images(body.get("spec"))))


def _images(spec: object) -> Iterator[str]:
    """Look through a pod's spec, a workload's template and a cron job's; other shapes name no images."""
    if not isinstance(spec, dict):
        return
    for key in ("initContainers", "containers"):
        listed = spec.get(key)
        for container in listed if isinstance(listed, list) else ():
            if isinstance(container, dict) and isinstance(container.get("image"), str):
                yield container["image"]
    for nested in (spec.get("template"), spec.get("jobTemplate")):
        if isinstance(nested, dict):
            yield from _images(nested.get("spec"))


def kustomized(images: Iterable[str], replacements: Replacements) -> list[dict[str, str]]:
    """Return kustomize's `images` for what is replaced.

    kustomize goes by the name without the tag, so two tags of one image can only be replaced alike: from a
    registry, each with its own tag. Anything else is a `Failure`.
    """
    changed: dict[str, dict[str, str]] = {}
    for image in images:
        old, new = parse(image), parse(replacements.of(image))
        keeps = (new.tag, new.digest) == (old.tag, old.digest)
        wanted = {"newName": new.name, **({} if keeps else new.version)}
        if changed.setdefault(old.name, wanted) != wanted:
            raise Failure(
                Reason.SCENARIO_INVALID,
                f'"{old.name}" is used with several tags: they cannot be replaced by different images.',
                next_step=f"name it without a tag: --image {old.name}=NEW",
            )
    return [{"name": name, **wanted} for name, wanted in changed.items() if wanted != {"newName": name}]
