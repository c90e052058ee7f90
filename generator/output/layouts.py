"""The layout of a package: whoever generates it again keeps the one that it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..disk import Folder, InTheWay
from ..settings.settings import Settings
from ..settings.values import Layout
from .fingerprint import MANIFEST
from .manifest import Manifest, read_manifest


def kept(settings: Settings, package: str) -> Settings:
    """Settings with the layout of the package of that name that stands in the output folder, unless they choose one."""
    return settings if settings.layout else replace(settings, layout=standing(settings.output, package))


def standing(output: Path, package: str) -> Layout | None:
    """The layout of a package on disk; None if there is no package, or its manifest can't be read."""
    try:
        with Folder(output) as folder:
            return layout_of(read_manifest(folder.read(PurePosixPath(package, MANIFEST))))
    except (OSError, InTheWay):
        return None


def layout_of(manifest: Manifest) -> Layout | None:
    """The layout that a manifest tells of; None for one that tells of no package."""
    return manifest.layout if manifest.known else None
