"""The layout of a package: whoever generates it again keeps the one that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..disk import Folder, InTheWay
from ..settings.settings import Settings
from ..settings.values import Layout
from .fingerprint import MANIFEST
from .manifest import BEGINNING, layout_of

MODELS: Mapping[str, Layout] = {"models/__init__.py": "split", "models.py": "single"}
"""The file of a package that shows its layout where no manifest tells it."""


def kept(settings: Settings, package: str) -> Settings:
    """Settings with the layout of the package of that name that stands in the output folder, unless they choose one."""
    return settings if settings.layout else replace(settings, layout=standing(settings.output, package))


def standing(output: Path, package: str) -> Layout | None:
    """The layout of a package on disk: as its manifest tells, or else as its models stand; None if there is neither."""
    try:
        with Folder(output) as folder:
            told = layout_of(folder.begin(PurePosixPath(package, MANIFEST), BEGINNING))
            return told or _as_models_stand(folder, PurePosixPath(package))
    except (OSError, InTheWay):
        return None


def _as_models_stand(folder: Folder, package: PurePosixPath) -> Layout | None:
    return next((layout for name, layout in MODELS.items() if folder.begin(package / name, 1) is not None), None)
