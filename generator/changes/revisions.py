"""The two sides of `diff`: a file, or a file in a git revision."""

from __future__ import annotations

import posixpath
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..diagnostics.diagnostic import Diagnostic, Refused

if TYPE_CHECKING:
    from ..diagnostics.location import Location
    from ..document.document import Document

_ELSEWHERE = re.compile(r"""\$ref["']?\s*:\s*["']?[^#"'\s]""")  # a reference that leaves its file
_SUFFIXES = (".json", ".yaml", ".yml")
_MOST_FILES = 2_000  # files beside the document that are taken out of a revision
_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A loaded document, whose files are named as git names them if it is from a revision."""

    document: Document
    folder: str = ""
    """The temporary folder that a revision's files were in, absolute; empty for files of the working tree."""
    revision: str = ""

    @property
    def root(self) -> dict[str, Any]:
        """The document's tree."""
        return self.document.root

    def locate(self, pointer: str) -> Location:
        """Where a pointer leads to; in a revision, as git names it (`main:spec/openapi.json`)."""
        found = self.document.locate(pointer)
        if not self.folder:
            return found
        file = found.file
        at = file.find(self.folder)
        name = file[at + len(self.folder) :].lstrip("/") if at >= 0 else file
        return replace(found, file=f"{self.revision}:{name}")


def load_side(text: str, other: str = "") -> Loaded:
    """Load what the command line names: a file, `REVISION:path`, or `REVISION`, also with `:`, for the other side's path.

    Raises Refused where there is no such file or revision, or the document can't be read.
    """
    from ..document.load import load

    revision, colon, path = text.partition(":")
    if Path(text).exists() or not (colon or _is_revision(text)):
        return Loaded(document=load(Path(text)))
    if not path:  # the other side's: of a revision from the repository's top, of the work tree from here
        path = other.partition(":")[2] if ":" in other and not Path(other).exists() else f"./{other}" if other else ""
    if not revision or revision.startswith("-") or not path:
        raise _refused(text, "this is neither a file nor REVISION:path", "such as main:spec/openapi.json")
    path = _from_top(path)
    with tempfile.TemporaryDirectory(prefix="spectwin-") as folder:
        top = Path(folder).resolve()
        for name, content in _files(text, revision, path).items():
            target = top / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        try:
            return Loaded(document=load(top / path), folder=str(top), revision=revision)
        except Refused as refused:
            raise Refused(_renamed(refused, str(top), revision)) from None


def _is_revision(text: str) -> bool:
    """Whether git knows a commit by this name; without git there are none."""
    try:
        _git("rev-parse", "--quiet", "--verify", "--end-of-options", f"{text}^{{commit}}")
    except (subprocess.CalledProcessError, Refused):
        return False
    return True


def _from_top(path: str) -> str:
    """A path from the repository's top; `./` begins at the working directory, as in git."""
    if path.startswith(".//"):
        path = path[2:]
    elif path.startswith(("./", "../")):
        path = posixpath.join(_git("rev-parse", "--show-prefix").decode().strip(), path)
    if path.startswith("/"):
        top = _git("rev-parse", "--show-toplevel").decode().strip()
        path = path.removeprefix(top).lstrip("/")
    return posixpath.normpath(path)


def _files(text: str, revision: str, path: str) -> Mapping[str, bytes]:
    """A document's file, and those that it may refer to: what stands in its folder and below."""
    try:
        found = {path: _git("show", "--end-of-options", f"{revision}:{path}")}
        if not _ELSEWHERE.search(found[path].decode("utf-8", "replace")):
            return found
        tree = ["ls-tree", "-r", "-z", "--full-tree", "--name-only", "--end-of-options", revision]
        names = _git(*tree, *([f"{folder}/"] if (folder := posixpath.dirname(path)) else [])).decode().split("\0")
        beside = [name for name in names if name.endswith(_SUFFIXES) and name != path]
        for name in beside[:_MOST_FILES]:
            found[name] = _git("show", "--end-of-options", f"{revision}:{name}")
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _refused(text, "git can't show this", reason[-1] if reason else "") from None
    return found


def _git(*arguments: str) -> bytes:
    """Run git without a shell. Raises CalledProcessError, or Refused where there is no git."""
    try:
        # No shell, a fixed program, and revisions stand behind --end-of-options: nothing in them is acted upon.
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607 - the user's git is the one on the user's path
            check=True,
            capture_output=True,
            timeout=_SECONDS,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise _refused("git", f"git can't be run: {error.__class__.__name__}", "") from None
    return done.stdout


def _refused(name: str, message: str, hint: str) -> Refused:
    return Refused(Diagnostic(severity="error", message=message, file=name, hint=hint))


def _renamed(refused: Refused, folder: str, revision: str) -> list[Diagnostic]:
    return [
        replace(each, file=f"{revision}:" + each.file.partition(folder)[2].lstrip("/")) if folder in each.file else each
        for each in refused.diagnostics
    ]
