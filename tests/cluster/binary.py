"""The Kubernetes programs: one Go build, kept in the cache by the hash of what it is built from."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.cluster.processes import run, run_watched
from tests.cluster.progress import format_bytes, format_seconds, say, step
from tests.cluster.site import KUBERNETES_VERSION

SOURCES = Path(__file__).parent
SOURCE_NAMES = ("go.mod", "go.sum", "main.go")
NAMES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl")


# The first says what the server tells (else v0.0.0-master), the second what clients call themselves.
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


def hash_sources(contents: list[bytes]) -> str:
    """Twelve hex digits that change with any byte of any source, and with which source it is in."""
    digests = b"".join(hashlib.sha256(content).digest() for content in contents)
    return hashlib.sha256(digests + link_flags(KUBERNETES_VERSION).encode()).hexdigest()[:12]


def link_flags(version: str) -> str:
    """Flags for the linker: stripped, and stamped with the version."""
    major, minor, _ = version.split(".")
    facts = {"gitVersion": f"v{version}", "gitMajor": major, "gitMinor": minor, "gitCommit": "unknown"}
    stamps = [f"-X {package}.{name}={facts[name]}" for package in VERSION_PACKAGES for name in facts]
    return " ".join(["-s", "-w", *stamps])


def locate_programs(cache: Path) -> Path:
    """The folder with the programs of these sources, whether it is there or not."""
    return cache / "programs" / hash_sources([(SOURCES / name).read_bytes() for name in SOURCE_NAMES])


def build_programs(cache: Path) -> Path:
    """The folder with the programs; builds them when it is not there yet.

    Raises ClusterError where the build fails.
    """
    folder = locate_programs(cache)
    if folder.is_dir():
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _build(partial / "k8s")
    for name in NAMES:
        (partial / name).symlink_to("k8s")
    partial.rename(folder)
    return folder


def _build(output: Path) -> None:
    with step("downloading the Go modules of Kubernetes (about 90 MB)"):
        run(["go", "mod", "download"], cwd=SOURCES, timeout=1800)

    def tell(seconds: float, packages: int) -> None:
        say(f"  {format_seconds(seconds)}: {packages} packages compiled")

    argv: list[str | Path] = [
        "go",
        "build",
        "-v",
        "-trimpath",
        "-ldflags",
        link_flags(KUBERNETES_VERSION),
        "-o",
        output,
        ".",
    ]
    with step(f"building Kubernetes {KUBERNETES_VERSION} (about 5 min on 2 cores, once)"):
        run_watched(argv, cwd=SOURCES, env={"CGO_ENABLED": "0"}, tell=tell)
    say(f"built {output.name}: {format_bytes(output.stat().st_size)}")
