"""Virtual environments for tests, made of what is installed here: nothing is downloaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
_SITE = "Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"


def create(folder: Path) -> tuple[Path, Path]:
    """Make an empty environment; returns the folders of its scripts and of its packages."""
    venv.create(folder, with_pip=False)
    [site] = folder.glob(_SITE)
    return folder / _SCRIPTS, site


def create_with(folder: Path, requirements: Iterable[str]) -> tuple[Path, Path]:
    """Make an environment with the locked versions of what is required, and nothing else."""
    scripts, site = create(folder)
    for name in _needed(requirements):
        found = distribution(name)
        for file in found.files or []:
            source, target = Path(str(found.locate_file(file))), Path(site, file).resolve()
            if source.is_file() and target.is_relative_to(folder):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
    return scripts, site


def install(wheel: Path, scripts: Path) -> None:
    """Install a wheel, and nothing that it asks for."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(scripts / "python"),
        "install",
        "--no-index",
        "--no-deps",
        str(wheel),
    ]
    subprocess.run(command, capture_output=True, check=True)


def _needed(requirements: Iterable[str]) -> Iterator[str]:
    """The distributions of this environment that these requirements lead to, extras left out."""
    seen: set[str] = set()
    pending = [Requirement(text) for text in requirements]
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = distribution(name)
        assert Version(found.version) in requirement.specifier, f"{requirement}: {found.version} is installed"
        for text in found.requires or []:
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                inner.marker = None
                pending += [] if f"{name}>{inner}" in seen else [inner]
                seen.add(f"{name}>{inner}")
        if name not in seen:
            seen.add(name)
            yield name
