"""Which files may be removed if they are generated no more: those that say that they are, and those that 0.1 wrote.

A manifest comes with the working tree: somebody else may have written that a file of the user's is one of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath

from ..disk import Folder, InTheWay
from ..render.marks import is_marked
from .fingerprint import MANIFEST, normal
from .manifest import Manifest, read_manifest

BESIDE = {
    PurePosixPath(
        "pyproject.toml"
    ): b'[build-system]\nrequires = ["hatchling>=1.27"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = ',
    PurePosixPath("README.md"): b", generated from the OpenAPI document by Spectwin. Do not edit; `",
}
"""What may stand beside the package's folder, with what it held in 0.1."""

NAMES_OF_0_1 = frozenset(
    """API.md __init__.py api.py base.py client/__init__.py client/core.py content.py contract.py errors.py exceptions.py formats.py
    forms.py models.py multipart.py openapi.json parameters.py py.typed rules.py schemas.py schemes.py server/__init__.py
    server/__main__.py server/core.py server/mock.jsonl server/mock.py server/routing.py server/stub.py server/watch.py servers.py
    shapes.py stream_client.py streaming.py styles.py tolerant.py tolerant_client.py wire.py""".split()
)
"""What 0.1 wrote into the folder of every package; none of it said that it was generated."""

_GROUPS_OF_0_1 = (b'"""The operations tagged `', b'"""The operations without a tag.')
"""How 0.1 began the modules of groups, whose names are the document's."""


def others(output: Folder, package: str) -> Iterator[Manifest]:
    """Read the manifests of the other packages in an output folder."""
    for path in sorted(output.root.glob(f"*/{MANIFEST}")):
        if path.parent.name != package:
            with suppress(OSError, InTheWay):
                yield read_manifest(output.read(PurePosixPath(path.parent.name, MANIFEST)))


def is_ours(path: PurePosixPath, package: str) -> bool:
    """Tell whether a path is one that we could write: in the package's folder, or one of those beside it."""
    inside = len(path.parts) > 1 and path.parts[0] == package
    parts = path.parts[:-1] if path.parts == (package, ".gitattributes") else path.parts
    plain = not path.is_absolute() and not any(part.startswith(".") or "\0" in part for part in parts)
    return plain and (inside or path in BESIDE)


def is_generated(path: PurePosixPath, package: str, text: bytes) -> bool:
    """Tell whether a file is one of ours, by its name and its text: its path is relative to the output folder."""
    text = normal(text)
    if is_marked(text.partition(b"\n")[0].decode("utf-8", "replace")):
        return True
    if path in BESIDE:
        return BESIDE[path] in text and package.encode() in text
    inner = path.relative_to(package)
    group = inner.parent == PurePosixPath("client") and text.startswith(_GROUPS_OF_0_1)
    return group or str(inner) in NAMES_OF_0_1
