"""What a generated package needs to run: the distributions that its static files import, for each side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ..disk import is_file
from ..records import record
from .folder import templates_folder

_IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
_ALWAYS = ("pydantic>=2.13", "typing-extensions>=4.12")  # every models.py needs them
_BASE = {"jsonschema_rs": "jsonschema-rs>=0.50"}
_MULTIPART = {
    "python_multipart": "python-multipart>=0.0.20"
}  # a client reads the form that it wrote before it sends it
SIDES: Mapping[str, Mapping[str, str]] = {
    "client": {"httpx2": "httpx2>=2.0", **_MULTIPART},
    "server": {
        "fastapi": "fastapi>=0.120",
        "fastapi_offline": "fastapi-offline>=1.7",
        "uvicorn": "uvicorn>=0.35",
        **_MULTIPART,
    },
}
"""For each side, the modules of other distributions with what installs them. What these depend on comes with them."""


@record(kw_only=True)
class Requirements:
    """What to install: for every use of a package, and for each of its sides."""

    base: tuple[str, ...]
    extras: Mapping[str, tuple[str, ...]]

    @property
    def all(self) -> tuple[str, ...]:
        """What all sides need together, each once."""
        return tuple(dict.fromkeys([*self.base, *(text for needs in self.extras.values() for text in needs)]))


def requirements(package: str, files: Mapping[PurePosixPath, str], sides: Iterable[str]) -> Requirements:
    """Read what a generated package needs from its static files; `files` are by path relative to the output folder."""
    static = templates_folder() / "static"
    imported: set[str] = set()
    for path, text in files.items():
        if path.suffix == ".py" and path.parts[0] == package and is_file(static.joinpath(*path.parts[1:])):
            imported.update(_IMPORT.findall(text))

    def needed(table: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(text for module, text in table.items() if module in imported)

    return Requirements(base=_ALWAYS + needed(_BASE), extras={side: needed(SIDES[side]) for side in sides})
