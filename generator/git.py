"""The one door to git: revisions are read in memory, and git starts no other program."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from .diagnostics.diagnostic import Diagnostic, Refused
from .disk import InTheWay

_SECONDS = 60
_MOST_LINKS = 40  # as the kernel follows at most
_LARGEST_TREE = 64 * 2**20  # octets of one folder's listing
_MOST_NAMES = 5_000  # files and folders below one that is listed: a small tree can hold itself many times
_ALL = "git fetch --refetch --no-filter gets all that a partial clone lacks"
_LINK, _FOLDER, _MODULE = "120000", "40000", "160000"
# A repository may come from somebody else, with settings of its own: nothing is fetched, no hook, pager or helper runs.
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # what it says is read
}
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


def git(*arguments: str, folder: Path | None = None) -> bytes:
    """Run git in a folder, without a shell. Raises CalledProcessError, or Refused where git can't be run."""
    try:
        # No shell, a fixed program, and revisions stand behind --end-of-options: nothing in them is acted upon.
        done = subprocess.run(  # noqa: S603
            [*_GIT, *arguments],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, **_ENVIRONMENT},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        missing = isinstance(error, FileNotFoundError)
        message = "git is not installed" if missing else f"git can't be run: {error.__class__.__name__}"
        raise _refused("git", message, "without it, name files only" if missing else "") from None
    return done.stdout


def refusal(name: str, error: subprocess.CalledProcessError, folder: Path | None = None) -> Refused:
    """Make the exception that says why git knows nothing of this name in the repository of a folder, and what to do."""
    said = error.stderr.decode("utf-8", "replace")
    owned = re.search(r"dubious ownership in repository at '(.+)'", said)
    if owned:
        hint = f"if you trust what is in it: git config --global --add safe.directory {shlex.quote(owned[1])}"
        return _refused(name, "git does not read this repository, which belongs to somebody else", hint)
    if "not a git repository" in said:
        return _refused(name, "there is no git repository here", "name two files, or run this inside of a clone")
    if is_shallow(folder):
        hint = "git fetch --unshallow origin; for actions/checkout fetch-depth: 0, in GitLab GIT_DEPTH: 0"
        return _refused(name, "git does not know this here: the clone is shallow, it has the newest commits only", hint)
    if not has_commits(folder):
        return _refused(name, "there is no commit here yet", "commit first, or name two files")
    if "promisor" in said:
        return _refused(name, "git does not have it here: the clone is partial", _ALL)
    reason = (said.strip().splitlines() or [""])[-1].removeprefix("fatal: ")
    return _refused(name, f"git does not know this{': ' if reason else ''}{reason}", "git fetch gets what is new")


def is_shallow(folder: Path | None = None) -> bool:
    """Whether the repository of a folder lacks older commits."""
    try:
        return git("rev-parse", "--is-shallow-repository", folder=folder).strip() == b"true"
    except subprocess.CalledProcessError:
        return False


def has_commits(folder: Path | None = None) -> bool:
    """Whether the repository of a folder has any commit; True if git can't tell."""
    try:
        return bool(git("rev-list", "--all", "--max-count=1", folder=folder))
    except subprocess.CalledProcessError:
        return True


def differs_from_head(path: Path, others: Iterable[Path] = ()) -> bool:
    """Whether the last commit has a file, and the file or one of the others is not as it is there."""
    names = [os.path.relpath(each, path.parent).replace(os.sep, "/") for each in (path, *others)]
    try:
        git("rev-parse", "--quiet", "--verify", f"HEAD:./{path.name}", folder=path.parent)
        there = git("rev-parse", *(f"HEAD:./{name}" for name in names), folder=path.parent)
        return there != git("hash-object", "--no-filters", "--", *names, folder=path.parent)
    except subprocess.CalledProcessError as error:
        return "--verify" not in error.cmd  # one of the others is new, or gone
    except Refused:
        return False


class GitFiles:
    """The files below a folder of a revision (see disk.Files); a link is followed if it ends in the revision."""

    def __init__(self, revision: str, folder: PurePosixPath, repository: Path | None = None) -> None:
        """Take what git calls the revision, and a folder from its top; the repository is that of the working directory.

        Raises CalledProcessError for no revision.
        """
        self._revision = revision
        self._folder = folder
        self._repository = repository
        self._objects = _Objects(repository)
        found = git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{tree}}", folder=repository)
        self._top = found.decode().strip()
        self._trees: dict[str, dict[str, tuple[str, str]]] = {}

    def __enter__(self) -> GitFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._objects.close()

    def shown(self, name: PurePosixPath) -> Path:
        """The path of a file as git writes it: `main:spec/openapi.json`."""
        return Path(f"{self._revision}:{posixpath.normpath(self._folder / name)}")

    def find(self, name: PurePosixPath, *, anywhere: bool = False) -> PurePosixPath | None:
        """Follow `..` and links; None if that leads out of the folder, or, with `anywhere`, out of the revision."""
        found = self._followed(self._folder / name)
        relative = None if found is None else PurePosixPath(posixpath.relpath(f"/{found}", f"/{self._folder}"))
        return None if relative is None or (".." in relative.parts and not anywhere) else relative

    def size(self, name: PurePosixPath) -> int | None:
        """Tell the octets of a file that `find` gave; None if that can't be told."""
        _, found = self._entry(PurePosixPath(posixpath.normpath(self._folder / name)).parts) or ("", "")
        try:
            return int(git("cat-file", "-s", found, folder=self._repository))
        except subprocess.CalledProcessError:
            return None

    def read(self, name: PurePosixPath, limit: int) -> bytes:
        """Read at most ``limit`` octets of a file that `find` gave. Raises FileNotFoundError, and InTheWay for no file.

        Refused is raised for a file that a partial clone does not have.
        """
        path = PurePosixPath(posixpath.normpath(self._folder / name))
        mode, found = self._entry(path.parts) or ("", "")
        if not found:
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        if mode in {_LINK, _FOLDER, _MODULE}:
            raise InTheWay(path, {_LINK: "a link", _FOLDER: "a folder"}.get(mode, "a submodule"))
        return self._content(found, limit, path)

    def names(self, folder: PurePosixPath) -> Iterator[str]:
        """List the files below a folder, by their paths from there; links are among them. Raises Refused for too many."""
        mode, found = self._entry((*self._folder.parts, *folder.parts)) or ("", "")
        waiting, number = [("", found)] if mode == _FOLDER else [], 0
        while waiting:
            prefix, tree = waiting.pop()
            for name, (mode, entry) in self._tree(tree).items():
                number += 1
                if number > _MOST_NAMES:
                    raise _refused(str(self.shown(folder)), f"the folder holds more than {_MOST_NAMES:,} files")
                if mode == _FOLDER:
                    waiting.append((f"{prefix}{name}/", entry))
                elif mode != _MODULE:
                    yield prefix + name

    def _followed(self, path: PurePosixPath) -> PurePosixPath | None:
        """Follow a path from the revision's top; None if it leads out of the revision."""
        waiting, links = list(reversed(path.parts)), 0
        parts: list[str] = []
        while waiting:
            part = waiting.pop()
            if part == "/" or (part == ".." and not parts):
                return None
            if part == "..":
                parts.pop()
                continue
            mode, found = self._entry((*parts, part)) or ("", "")
            if mode != _LINK:
                parts.append(part)
                continue
            links += 1
            if links > _MOST_LINKS:
                raise _refused(str(self.shown(path)), "links lead to links without end")
            target = self._content(found, 4096, PurePosixPath(*parts, part)).decode("utf-8", "surrogateescape")
            waiting += reversed(PurePosixPath(target).parts)
        return PurePosixPath(*parts)

    def _entry(self, parts: tuple[str, ...]) -> tuple[str, str] | None:
        """Find a path, without following links: its mode and the name of its object."""
        mode, found = _FOLDER, self._top
        for part in parts:
            if mode != _FOLDER or (entry := self._tree(found).get(part)) is None:
                return None
            mode, found = entry
        return mode, found

    def _content(self, name: str, limit: int, path: PurePosixPath | None = None) -> bytes:
        """Read at most ``limit`` octets of an object, which stands at a path. Raises Refused for one that is not here."""
        try:
            return self._objects.read(name, limit)
        except OSError as error:
            message = f"the file can't be read: {error.strerror}"
            raise _refused(f"{self._revision}:{path or ''}", message, _ALL) from None

    def _tree(self, name: str) -> dict[str, tuple[str, str]]:
        """Read the listing of a folder: mode and object by name. Raises Refused for names that no folder can hold."""
        if name not in self._trees:
            data, octets = self._content(name, _LARGEST_TREE + 1), len(name) // 2
            if len(data) > _LARGEST_TREE:
                raise _refused(f"{self._revision}:", "the revision has a folder with too many entries: it is not read")
            entries, at = {}, 0
            while at < len(data):
                end = data.index(b"\0", at)
                mode, _, entry = data[at:end].decode("utf-8", "surrogateescape").partition(" ")
                if entry in {"", ".", ".."} or "/" in entry:
                    raise _refused(f"{self._revision}:", f"the revision has an entry called {entry!r}: it is not read")
                at = end + 1 + octets
                entries[entry] = (mode.lstrip("0"), data[end + 1 : at].hex())
            self._trees[name] = entries
        return self._trees[name]


class _Objects:
    """One `git cat-file --batch`, which tells the size of an object before its content."""

    def __init__(self, repository: Path | None) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, name: str, limit: int) -> bytes:
        """Read at most ``limit`` octets of an object. Raises OSError for one that is not here."""
        if self._process is None:
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            where: Any = {"cwd": self._repository, "env": {**os.environ, **_ENVIRONMENT}}
            self._process = subprocess.Popen([*_GIT, "cat-file", "--batch"], **pipes, **where)  # noqa: S603
        asked, answered = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        asked.write(f"{name}\n".encode())
        asked.flush()
        head = answered.readline().split()
        if len(head) != 3:
            self.close()
            raise OSError(errno.EIO, "git does not have it here (a partial clone?): git fetch first")
        size = int(head[2])
        data = answered.read(min(size, limit))
        if size > limit:
            self.close()  # the rest of it is not read
        else:
            answered.read(1)
        return data

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _refused(name: str, message: str, hint: str = "") -> Refused:
    return Refused(Diagnostic(severity="error", message=message, file=name, hint=hint))
