"""The two sides of `diff`: a file, or a file in a git revision."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..disk import Below, exists
from ..git import GitFiles, git, refusal
from ..parsing.limits import Limits
from ..parsing.parse import STANDARD_INPUT
from ..records import record

if TYPE_CHECKING:
    from ..document.document import Document
    from ..parsing.source import Source

_SUFFIXES = {".json", ".yaml", ".yml", ".md"}
"""What the name of a document ends in: if there is no such file, it is no revision either."""


@record
class Located:
    """Where a side is: a file (`revision` is empty), or a path from the repository's top in a revision."""

    text: str
    revision: str
    path: str


def locate(text: str, other: str = "", folder: Path | None = None) -> Located:
    """Find what the command line names: a file, `REVISION:path`, or `REVISION`, also with `:`, for the other side's path.

    `-` is standard input. Revisions are those of the repository of a folder (default: the working directory).
    Raises Refused where there is no such file or revision.
    """
    from ..parsing.parse import no_download

    revision, colon, path = text.partition(":")
    if "://" in text:
        raise no_download(text)
    if text == STANDARD_INPUT or exists(Path(text)) or not (colon or _is_revision(text, folder)):
        return Located(text, "", text)
    if not path:  # the other side's: of a revision from the repository's top, of the work tree from here
        path = other.partition(":")[2] if ":" in other and not exists(Path(other)) else _here(other)
    if not revision or revision.startswith("-") or not path:
        raise _refused(text, "this is neither a file nor REVISION:path", "such as main:spec/openapi.json")
    try:
        return Located(text, revision, _from_top(path, folder or Path()))
    except subprocess.CalledProcessError as error:
        raise refusal(text, error, folder) from None


def load_side(
    at: Located, folder: Path | None = None, overlays: Sequence[Source] = (), limits: Limits | None = None
) -> Document:
    """Load a side, and apply overlays. A revision's files are read in memory, and named as git names them.

    Raises Refused where the document can't be read (`main:spec/openapi.json` is how a file of a revision is named).
    """
    from ..document.load import load_source
    from ..parsing.parse import decode, open_source, read_bytes, to_source

    limits = limits or Limits()
    if not at.revision:
        path = Path(at.path)
        return load_source(open_source(path, limits), Below(path.parent), overlays=overlays, limits=limits)
    try:
        entry = PurePosixPath(at.path)
        with GitFiles(at.revision, entry.parent, folder) as files:
            found = files.find(PurePosixPath(entry.name), anywhere=True)
            if found is None:
                raise _refused(at.text, "the link leads out of the revision", "")
            shown = files.shown(PurePosixPath(entry.name))
            data = read_bytes(shown, limits, (files, found))
            return load_source(to_source(shown, decode(shown, data)), files, overlays=overlays, limits=limits)
    except subprocess.CalledProcessError as error:
        raise refusal(at.text, error, folder) from None


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
