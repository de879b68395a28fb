"""The programs that are built from Go modules: each build is kept in the cache by the hash of its sources."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.processes import run, run_watched
from tests.cluster.progress import format_bytes, format_seconds, say, step
from tests.cluster.site import KUBERNETES_VERSION

SOURCE_NAMES = ("go.mod", "go.sum", "main.go")

# The first says what the server tells (else v0.0.0-master), the second what clients call themselves.
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


@dataclass(frozen=True)
class Build:
    """One program: the folder of its sources, the version that it is stamped with, the names it goes by."""

    sources: Path
    version: str
    title: str
    megabytes: int
    """What Go downloads for it, roughly."""
    minutes: int
    """How long it takes on 2 cores, roughly."""
    program: str
    names: tuple[str, ...] = ()
    package: str = "."
    """What is built: the folder's own main.go, or a program of a module that its go.mod requires."""
    stamped: str = ""
    """The one variable that takes the version, where the program does not know it as Kubernetes' does."""

    @property
    def flags(self) -> str:
        """Flags for the linker."""
        if self.stamped:
            return f"-s -w -X {self.stamped}=v{self.version}"
        return link_flags(self.version)

    def locate(self, cache: Path) -> Path:
        """The folder with what is built of these sources, whether it is there or not."""
        paths = [self.sources / name for name in SOURCE_NAMES]
        contents = [path.read_bytes() for path in paths if path.exists()]
        return cache / "programs" / hash_sources(contents, self.flags)


KUBERNETES = Build(
    Path(__file__).parent,
    KUBERNETES_VERSION,
    f"Kubernetes {KUBERNETES_VERSION}",
    megabytes=90,
    minutes=5,
    program="k8s",
    names=("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"),
)
"""The cluster, and the kubectl of its own version."""

OLDEST_KUBECTL = Build(
    Path(__file__).parent / "kubectl" / "v1.24",
    "1.24.17",
    "kubectl 1.24.17",
    megabytes=43,
    minutes=2,
    program="kubectl",
)
"""The last patch of the oldest kubectl that is supported."""

HELM_3, HELM_4 = (
    Build(
        Path(__file__).parent / "helm" / module,
        version,
        f"helm {version}",
        megabytes=60,
        minutes=3,
        program="helm",
        package=f"helm.sh/helm/{module}/cmd/helm",
        stamped=f"helm.sh/helm/{module}/internal/version.version",
    )
    for module, version in (("v3", "3.22.0"), ("v4", "4.3.1"))
)
"""Both generations of helm that are in use, each built of its own module's program."""


def hash_sources(contents: list[bytes], flags: str) -> str:
    """Twelve hex digits that change with the flags, any byte of any source, and which source it is in."""
    digests = b"".join(hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(digests + flags.encode()).hexdigest()[:12]


def link_flags(version: str) -> str:
    """Flags for the linker: stripped, and stamped with the version."""
    major, minor, _ = version.split(".")
    facts = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor, "gitCommit": "unknown"}
    stamps = [f"-X {package}.{name}={facts[name]}" for package in VERSION_PACKAGES for name in facts]
    return " ".join(["-s", "-w", *stamps])


def provide(build: Build, cache: Path) -> Path:
    """The folder with the program; builds it when it is not there yet.

    Raises ClusterError where the build fails.
    """
    folder = build.locate(cache)
    if folder.is_dir():
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _compile(build, partial / build.program)
    for name in build.names:
        (partial / name).symlink_to(build.program)
    partial.rename(folder)
    return folder


def _compile(build: Build, output: Path) -> None:
    with step(f"downloading the Go modules of {build.title} (about {build.megabytes} MB)"):
        run(["go", "mod", "download"], cwd=build.sources, timeout=1800)

    def tell(seconds: float, packages: int) -> None:
        say(f"  {format_seconds(seconds)}: {packages} packages compiled")

    argv: list[str | Path] = [
        "go",
        "build",
        "-v",
        "-trimpath",
        "-ldflags",
        build.flags,
        "-o",
        output,
        build.package,
    ]
    with step(f"building {build.title} (about {build.minutes} min on 2 cores, once)"):
        run_watched(argv, cwd=build.sources, env={"CGO_ENABLED": "0"}, tell=tell)
    say(f"built {output.name}: {format_bytes(output.stat().st_size)}")
