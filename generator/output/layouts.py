"""The layout of a package: whoever generates it again keeps the one that it has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..disk import Folder, InTheWay
from ..settings.settings import Settings
from ..settings.values import Layout
from .fingerprint import MANIFEST
from .manifest import BEGINNING, layout_of


def kept(settings: Settings, package: str) -> Settings:
    """Settings with the layout of the package of that name that stands in the output folder, unless they choose one."""
    return settings if settings.layout else replace(settings, layout=standing(settings.output, package))


def standing(output: Path, package: str) -> Layout | None:
    """The layout of a package on disk; None if there is no package, or its manifest can't be read."""
    try:
        with Folder(output) as folder:
            return layout_of(folder.begin(PurePosixPath(package, MANIFEST), BEGINNING))
    except (OSError, InTheWay):
        return None
