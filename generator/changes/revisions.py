"""The two sides of `diff`: a file, or a file in a git revision."""

from __future__ import annotations

import posixpath
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..disk import exists
from ..git import GitFiles, git
from ..parsing.parse import STANDARD_INPUT

if TYPE_CHECKING:
    from ..document.document import Document


def load_side(text: str, other: str = "") -> Document:
    """Load what the command line names: a file, `REVISION:path`, or `REVISION`, also with `:`, for the other side's path.

    `-` is standard input. A revision's files are read in memory, and named as git names them (`main:spec/openapi.json`).
    Raises Refused where there is no such file or revision, or the document can't be read.
    """
    from ..document.load import load, load_source
    from ..parsing.limits import Limits
    from ..parsing.parse import decode, read_bytes, to_source

    revision, colon, path = text.partition(":")
    if text == STANDARD_INPUT or exists(Path(text)) or not (colon or _is_revision(text)):
        return load(Path(text))
    if not path:  # the other side's: of a revision from the repository's top, of the work tree from here
        path = other.partition(":")[2] if ":" in other and not exists(Path(other)) else f"./{other}" if other else ""
    if not revision or revision.startswith("-") or not path:
        raise _refused(text, "this is neither a file nor REVISION:path", "such as main:spec/openapi.json")
    try:
        entry = PurePosixPath(_from_top(path))
        with GitFiles(revision, entry.parent) as files:
            found = files.find(PurePosixPath(entry.name), anywhere=True)
            if found is None:
                raise _refused(text, "the link leads out of the revision", "")
            at, limits = files.shown(PurePosixPath(entry.name)), Limits()
            data = read_bytes(at, limits.bytes, lambda limit: files.read(found, limit))
            return load_source(to_source(at, decode(at, data)), files, limits=limits)
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _refused(text, "git can't show this", reason[-1] if reason else "") from None


def _is_revision(text: str) -> bool:
    """Whether git knows a commit by this name; without git there are none."""
    try:
        git("rev-parse", "--quiet", "--verify", "--end-of-options", f"{text}^{{commit}}")
    except (subprocess.CalledProcessError, Refused):
        return False
    return True


def _from_top(path: str) -> str:
    """A path from the repository's top; `./` begins at the working directory, as in git."""
    if path.startswith(".//"):
        path = path[2:]
    elif path.startswith(("./", "../")):
        path = posixpath.join(git("rev-parse", "--show-prefix").decode().strip(), path)
    if path.startswith("/"):
        top = git("rev-parse", "--show-toplevel").decode().strip()
        path = path.removeprefix(top).lstrip("/")
    return posixpath.normpath(path)


def _refused(name: str, message: str, hint: str) -> Refused:
    return Refused(Diagnostic(severity="error", message=message, file=name, hint=hint))
