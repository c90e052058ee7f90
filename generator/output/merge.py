"""What git made of a generated file in a merge that is not ended: the only mixture of two versions that is no edit."""

from __future__ import annotations

import re
import subprocess
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..diagnostics.diagnostic import Refused
from ..disk import FILE_LIMIT, InTheWay, scratch
from ..git import GitFiles, git
from .fingerprint import normal

_MARK = re.compile(rb"^([<>|]{7}) .*$", re.MULTILINE)
_NAMES = ("ours", "base", "theirs")
_STARTED = {"MERGE_HEAD": "", "CHERRY_PICK_HEAD": "^", "REVERT_HEAD": "", "REBASE_HEAD": "^"}
"""What git names while it brings two versions together, and how the common version is found: its parent, else as in a merge."""


class Merge:
    """A merge, cherry-pick or rebase that is going on in the repository of an output folder."""

    def __init__(self, output: Path) -> None:
        self._output = output

    @cached_property
    def _revisions(self) -> tuple[str, str, str] | None:
        """Our version, the common one and theirs, as git names them; None if nothing is going on."""
        for name, parent in _STARTED.items():
            try:
                git("rev-parse", "--quiet", "--verify", name, folder=self._output)
                if name == "REVERT_HEAD":
                    return "HEAD", name, f"{name}^"
                base = f"{name}^" if parent else git("merge-base", "HEAD", name, folder=self._output).decode().strip()
            except (subprocess.CalledProcessError, Refused):
                continue
            return "HEAD", base, name
        return None

    def made(self, path: PurePosixPath, found: bytes) -> bool:
        """Tell whether a text is what git makes of the versions of a file; the path is relative to the output folder."""
        if self._revisions is None:
            return False
        try:
            before = PurePosixPath(git("rev-parse", "--show-prefix", folder=self._output).decode().strip())
            texts = [self._version(revision, before / path.parent, path.name) for revision in self._revisions]
            if texts[0] is None or texts[2] is None:
                return False
            with scratch({name: text or "" for name, text in zip(_NAMES, texts, strict=True)}) as folder:
                command = ["merge-file", "-p", "--quiet", *(str(folder / name) for name in _NAMES)]
                try:
                    merged = git(*command, folder=self._output)
                except subprocess.CalledProcessError as conflicts:  # the status is their number
                    merged = conflicts.stdout
        except (subprocess.CalledProcessError, Refused, OSError, InTheWay, UnicodeDecodeError):
            return False
        return _unlabelled(merged) == _unlabelled(found)

    def _version(self, revision: str, folder: PurePosixPath, name: str) -> str | None:
        """Read a version of a file; None if it has none."""
        try:
            with GitFiles(revision, folder, self._output) as files:
                return files.read(PurePosixPath(name), FILE_LIMIT).decode()
        except FileNotFoundError:
            return None


def _unlabelled(text: bytes) -> bytes:
    """Take the names of branches and files off conflict markers."""
    return _MARK.sub(rb"\1", normal(text))
