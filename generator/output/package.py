"""A generated package as a value: the text of each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..records import record

if TYPE_CHECKING:
    from ..diagnostics.diagnostic import Diagnostic
    from ..ir import Api
    from ..settings.values import Layout


@record(kw_only=True)
class Package:
    """A generated package: the text of each file by its path relative to the output folder.

    `unreached`: so many models of the document no operation leads to. `requires` lists what to install to use it.
    `api` and `classes` (JSON pointer of a schema → name in models.py) say what in the document each name comes from.
    """

    name: str
    files: dict[PurePosixPath, str]
    warnings: tuple[Diagnostic, ...]
    operations: int
    models: int
    unreached: int = 0
    requires: tuple[str, ...] = ()
    layout: Layout = "single"
    api: Api | None = None
    classes: Mapping[str, str] = field(default_factory=dict)
