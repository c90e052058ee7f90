"""Files below one folder: read and written without following a link, replaced whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import time
from pathlib import Path, PurePosixPath
from typing import Any

_TEMPORARY = re.compile(r"\.spectwin-[0-9a-f]{16}\.tmp")
_LOCK_SECONDS = 30.0  # how long a run waits for another one that writes to the same folder
FILE_LIMIT = 256 * 2**20  # octets; what is larger is no file of ours
# Where the system can do it, each step of a path is taken from the folder that was opened before it, so that nobody can
# put a link in the way in the meantime. Windows can't.
_STEPWISE = {os.open, os.mkdir, os.unlink, os.rename, os.rmdir} <= os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | _NO_LINKS | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | _NO_LINKS | getattr(os, "O_DIRECTORY", 0)


class InTheWay(Exception):  # noqa: N818 - the caller makes a diagnostic of it
    """Something that is not ours stands where a folder or file of ours belongs: a link, a folder, a device."""

    def __init__(self, path: PurePosixPath, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what


def read_file(path: Path, limit: int) -> bytes:
    """Read a file of any place, links followed: at most ``limit`` octets of it. Raises OSError, also for what is no file.

    Nobody is waited for at the other end of a pipe, and nothing is read from a device, which may have no end.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device")
        return file.read(limit)


class Folder:
    """A folder and what is below it. Paths are relative to it; none of their steps may be a link.

    All methods raise OSError where the system refuses, and InTheWay for links and other things in the way.
    """

    def __init__(self, root: Path) -> None:
        """Enter a folder that exists; links on the way to the folder itself are followed."""
        self.root = root.resolve(strict=True)
        self._opened: dict[PurePosixPath, int] = {}
        if _STEPWISE:
            self._opened[PurePosixPath()] = os.open(self.root, _FOLDER)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self._opened.values():
            os.close(descriptor)
        self._opened.clear()

    def read(self, path: PurePosixPath) -> bytes | None:
        """Read a file; None where there is none."""
        try:
            descriptor: int = self._at(path.parent, os.open, path.name, _READ)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:
                raise InTheWay(path, "a link" if error.errno != errno.ENXIO else "a device") from None
            raise
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            os.close(descriptor)
            raise InTheWay(path, "a folder" if stat.S_ISDIR(state.st_mode) else "a device")
        with open(descriptor, "rb") as file:
            data = file.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            raise InTheWay(path, f"a file of more than {FILE_LIMIT:,} bytes")
        return data

    def stage(self, path: PurePosixPath, data: bytes) -> PurePosixPath:
        """Write a temporary neighbour of a file, making the folders on the way; its path goes to ``replace``.

        It is not flushed to the disk: it could be generated again, and an empty file is known as unfinished.
        """
        self._make(path.parent)
        temporary = path.with_name(f".spectwin-{os.urandom(8).hex()}.tmp")
        descriptor: int = self._at(path.parent, os.open, temporary.name, _CREATE, 0o666)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
        except BaseException:
            self.remove(temporary)
            raise
        return temporary

    def replace(self, temporary: PurePosixPath, path: PurePosixPath) -> None:
        """Put a temporary neighbour in a file's place, in one step."""
        if not _STEPWISE:
            self._checked(temporary).replace(self.root / path)
            return
        parent = self._enter(path.parent)
        os.replace(temporary.name, path.name, src_dir_fd=parent, dst_dir_fd=parent)

    def write(self, path: PurePosixPath, data: bytes) -> None:
        """Write a file whole: a reader finds the old content or the new, whenever this process ends."""
        temporary = self.stage(path, data)
        try:
            self.replace(temporary, path)
        except BaseException:
            self.remove(temporary)
            raise

    def remove(self, path: PurePosixPath) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._at(path.parent, os.unlink, path.name)

    def prune(self, path: PurePosixPath) -> None:
        """Remove a folder and those around it, as far as they are empty; never the root."""
        with contextlib.suppress(OSError, InTheWay):
            while path != PurePosixPath():
                if path in self._opened:
                    os.close(self._opened.pop(path))
                self._at(path.parent, os.rmdir, path.name)
                path = path.parent

    def leftovers(self, folder: PurePosixPath) -> list[PurePosixPath]:
        """List the temporary files that a killed run left in a folder."""
        try:
            names = os.listdir(self._enter(folder) if _STEPWISE else self._checked(folder))  # noqa: PTH208 - a descriptor
        except (FileNotFoundError, InTheWay):
            return []
        return [folder / name for name in names if _TEMPORARY.fullmatch(name)]

    def lock(self) -> None:
        """Keep other runs from writing below this folder until it is closed.

        Raises TimeoutError where another one does so for too long.

        The lock is on the folder itself, so it leaves no file behind and ends with the process. Where the system or
        the file system has no such locks there is none; temporary files have names of their own all the same.
        """
        until = time.monotonic() + _LOCK_SECONDS
        while not self._lock():
            if time.monotonic() > until:
                raise TimeoutError(errno.ETIMEDOUT, "another run is writing to it")
            time.sleep(0.05)

    def _lock(self) -> bool:
        """Take the lock; False where somebody else has it."""
        try:
            import fcntl

            fcntl.flock(self._opened[PurePosixPath()], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except (ImportError, KeyError, OSError):
            return True
        return True

    def _at(self, parent: PurePosixPath, function: Any, name: str, *arguments: int) -> Any:
        """Call a function of ``os`` for a name in a folder."""
        if _STEPWISE:
            return function(name, *arguments, dir_fd=self._enter(parent))
        return function(self._checked(parent / name), *arguments)

    def _enter(self, path: PurePosixPath) -> int:
        """Open a folder below the root, step by step."""
        if path not in self._opened:
            try:
                parent = self._enter(path.parent)
                self._opened[path] = os.open(path.name, _FOLDER, dir_fd=parent)
            except OSError as error:
                if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}:
                    raise InTheWay(path, "not a folder, or a link") from None
                raise
        return self._opened[path]

    def _make(self, path: PurePosixPath) -> None:
        """Make a folder and those around it, where they are missing."""
        try:
            there = self._enter(path) >= 0 if _STEPWISE else self._checked(path).is_dir()
        except FileNotFoundError:
            there = False
        if not there:
            self._make(path.parent)
            with contextlib.suppress(FileExistsError):
                self._at(path.parent, os.mkdir, path.name)

    def _checked(self, path: PurePosixPath) -> Path:
        """Without stepwise opening: the path on disk, if no step of it is a link at this moment."""
        for step in (path, *path.parents):
            if (self.root / step).is_symlink() and step != PurePosixPath():
                raise InTheWay(step, "a link")
        return self.root / path
