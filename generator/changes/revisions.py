"""The two sides of `diff`: a file, or a file in a git revision."""

from __future__ import annotations

import os
import posixpath
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..disk import exists
from ..git import GitFiles, git, refusal
from ..parsing.parse import STANDARD_INPUT

if TYPE_CHECKING:
    from ..document.document import Document

_SUFFIXES = {".json", ".yaml", ".yml", ".md"}
"""What the name of a document ends in: if there is no such file, it is no revision either."""


def load_side(text: str, other: str = "", folder: Path | None = None) -> Document:
    """Load what the command line names: a file, `REVISION:path`, or `REVISION`, also with `:`, for the other side's path.

    `-` is standard input. Revisions are those of the repository of a folder (default: the working directory). A
    revision's files are read in memory, and named as git names them (`main:spec/openapi.json`).
    Raises Refused where there is no such file or revision, or the document can't be read.
    """
    from ..document.load import load, load_source
    from ..parsing.limits import Limits
    from ..parsing.parse import decode, no_download, read_bytes, to_source

    revision, colon, path = text.partition(":")
    if "://" in text:
        raise no_download(text)
    if text == STANDARD_INPUT or exists(Path(text)) or not (colon or _is_revision(text, folder)):
        return load(Path(text))
    if not path:  # the other side's: of a revision from the repository's top, of the work tree from here
        path = other.partition(":")[2] if ":" in other and not exists(Path(other)) else _here(other)
    if not revision or revision.startswith("-") or not path:
        raise _refused(text, "this is neither a file nor REVISION:path", "such as main:spec/openapi.json")
    try:
        entry = PurePosixPath(_from_top(path, folder or Path()))
        with GitFiles(revision, entry.parent, folder) as files:
            found = files.find(PurePosixPath(entry.name), anywhere=True)
            if found is None:
                raise _refused(text, "the link leads out of the revision", "")
            at, limits = files.shown(PurePosixPath(entry.name)), Limits()
            data = read_bytes(at, limits.bytes, lambda limit: files.read(found, limit))
            return load_source(to_source(at, decode(at, data)), files, limits=limits)
    except subprocess.CalledProcessError as error:
        raise refusal(text, error, folder) from None


def _here(name: str) -> str:
    """A file of the work tree as a path; nothing for standard input, which is none."""
    return "" if name in {"", STANDARD_INPUT} else f"./{name}"


def _is_revision(text: str, folder: Path | None) -> bool:
    """Whether git knows a commit by this name. Raises Refused if it can't tell, for what looks like no file."""
    try:
        git("rev-parse", "--verify", "--end-of-options", f"{text}^{{commit}}", folder=folder)
    except subprocess.CalledProcessError as error:
        if PurePosixPath(text).suffix.lower() in _SUFFIXES:
            return False
        reason = refusal(text, error, folder).diagnostics[0]
        raise _refused(text, f"there is no such file, and {reason.message}", reason.hint) from None
    except Refused:
        return False
    return True


def _from_top(path: str, folder: Path) -> str:
    """A path from the top of a folder's repository; `./` begins at the working directory, as in git."""
    if path.startswith(".//"):
        path = path[2:]
    if not path.startswith(("./", "../", "/")):
        return posixpath.normpath(path)
    at = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are written
    inside = os.path.relpath(at, os.path.abspath(folder)).replace(os.sep, "/")  # noqa: PTH100 - as above
    found = posixpath.normpath(git("rev-parse", "--show-prefix", folder=folder).decode().strip() + inside)
    if found.startswith("../"):  # one of the paths leads through a link
        top = Path(git("rev-parse", "--show-toplevel", folder=folder).decode().strip()).resolve()
        found = os.path.relpath(at.parent.resolve() / at.name, top).replace(os.sep, "/")
    return found


def _refused(name: str, message: str, hint: str) -> Refused:
    return Refused(Diagnostic(severity="error", message=message, file=name, hint=hint))
