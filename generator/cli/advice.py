"""What `generate` recommends for a big package: the other layout, and leaving out what no operation leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import counted
from ..models.plan import SPLIT_FROM
from ..settings.settings import Settings

if TYPE_CHECKING:
    from ..output.package import Package

_MILLISECONDS = 0.5
"""What importing a class of a model takes, byte code compiled: 1.6 s for the 3,213 of GitHub's document, on one machine of 2026."""
_KILOBYTES = 20
"""What it takes of memory: 63 MB for these."""
_FEW = 100
"""So many models are imported in less time than the libraries that they need."""


def advice(settings: Settings, package: Package) -> Iterator[str]:
    """Yield what is recommended, a sentence each; `settings` are as they were read: what they choose is not argued with."""
    if settings.layout is None and package.layout == "single" and package.models >= SPLIT_FROM:
        seconds, megabytes = package.models * _MILLISECONDS / 1000, package.models * _KILOBYTES / 1000
        yield (
            f'layout = "split" is recommended: an import makes all {counted(package.models, "model")} now, which takes'
            f" about {seconds:.1f} s and {megabytes:.0f} MB, and would make those alone that are used"
        )
    if settings.layout is None and package.layout == "split" and package.models < _FEW:
        are = "is" if package.models == 1 else "are"
        yield (
            f'layout = "single" is recommended: {counted(package.models, "model")} {are} imported quickly,'
            " and few files are read easily"
        )
    if settings.models == "all" and package.models >= SPLIT_FROM and package.unreached:
        are = "is" if package.unreached == 1 else "are"
        yield (
            f"{package.unreached:,} of {counted(package.models, 'model')} {are} reached by no operation:"
            ' models = "reached" leaves them out'
        )
