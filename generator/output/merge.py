"""What git made of a generated file in a merge that is not ended: the only mixture of two versions that is no edit."""

from __future__ import annotations

import re
import subprocess
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..diagnostics.diagnostic import Refused
from ..disk import FILE_LIMIT, InTheWay, scratch
from ..git import GitFiles, git
from .fingerprint import MANIFEST, digest, normal
from .manifest import Manifest, read_manifest

_MARK = re.compile(rb"^([<>|]{7}) .*$", re.MULTILINE)
_NAMES = ("ours", "base", "theirs")
_STARTED = {"MERGE_HEAD": "", "CHERRY_PICK_HEAD": "^", "REVERT_HEAD": "", "REBASE_HEAD": "^"}
"""What git names while it brings two versions together, and how the common version is found: its parent, else as in a merge."""


class Merge:
    """A merge, cherry-pick or rebase that is going on in the repository of an output folder, and a package there."""

    def __init__(self, output: Path, package: str) -> None:
        self._output, self._package = output, package

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
        """Tell whether a text is what git makes of the generated versions of a file; the path is relative to the output folder.

        A file that one side has renamed, as `models.py` to `models/pet.py`, has its other versions under the old name. A
        version that its own manifest does not know was edited: nothing is made of it.
        """
        if self._revisions is None:
            return False
        try:
            names = self._names(path)
            versions = [self._version(*each) for each in zip(self._revisions, names, strict=True)]
            if versions[0] is None or versions[2] is None:
                return False
            if not all(self._is_generated(side, names[side], versions[side] or "") for side in (0, 2)):
                return False
            with scratch({name: text or "" for name, text in zip(_NAMES, versions, strict=True)}) as folder:
                command = ["merge-file", "-p", "--quiet", *(str(folder / name) for name in _NAMES)]
                try:
                    merged = git(*command, folder=self._output)
                except subprocess.CalledProcessError as conflicts:  # the status is their number
                    merged = conflicts.stdout
        except (subprocess.CalledProcessError, Refused, OSError, InTheWay, UnicodeDecodeError):
            return False
        return _unlabelled(merged) == _unlabelled(found)

    def _names(self, path: PurePosixPath) -> tuple[PurePosixPath, PurePosixPath, PurePosixPath]:
        """What a file is called in our version, the common one and theirs, from the top of the repository."""
        whole = self._before / path
        ours, theirs = self._renamed
        if old := ours.get(whole):
            return whole, old, old
        if old := theirs.get(whole):
            return old, old, whole
        return whole, whole, whole

    @cached_property
    def _before(self) -> PurePosixPath:
        """The output folder, from the top of the repository."""
        return PurePosixPath(git("rev-parse", "--show-prefix", folder=self._output).decode().strip())

    @cached_property
    def _renamed(self) -> tuple[dict[PurePosixPath, PurePosixPath], dict[PurePosixPath, PurePosixPath]]:
        """The old names of the files that we and they have renamed, as git sees it in a merge."""
        ours, base, theirs = self._revisions or ("", "", "")
        return self._renames(base, ours), self._renames(base, theirs)

    def _renames(self, old: str, new: str) -> dict[PurePosixPath, PurePosixPath]:
        said = git(
            *("diff-tree", "-r", "-M", "--diff-filter=R", "--name-status", "-z", "--end-of-options", old, new),
            folder=self._output,
        )
        parts = [PurePosixPath(part) for part in said.decode().split("\0")]
        return dict(zip(parts[2::3], parts[1::3], strict=False))

    def _is_generated(self, side: int, name: PurePosixPath, text: str) -> bool:
        """Whether the manifest of a revision knows this version of a file."""
        path = name.relative_to(self._before) if name.is_relative_to(self._before) else name
        return digest(text.encode()) in self._manifests[side].known.get(path, ())

    @cached_property
    def _manifests(self) -> list[Manifest]:
        """The manifests of our version, the common one and theirs."""
        at = self._before / self._package / MANIFEST
        texts = [self._version(revision, at) for revision in self._revisions or ()]
        return [read_manifest(None if text is None else text.encode()) for text in texts]

    def _version(self, revision: str, path: PurePosixPath) -> str | None:
        """Read a version of a file; None if there is none."""
        try:
            with GitFiles(revision, path.parent, self._output) as files:
                return files.read(PurePosixPath(path.name), FILE_LIMIT).decode()
        except FileNotFoundError:
            return None


def _unlabelled(text: bytes) -> bytes:
    """Take the names of branches and files off conflict markers."""
    return _MARK.sub(rb"\1", normal(text))
