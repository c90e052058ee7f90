"""The one door to the disk: files are read within bounds, written whole or not at all, and never through a link.

What a document, a manifest or a revision names goes through `Folder` or `Below`; what a user typed through `read_file` and
`write_file`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

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


class Files(Protocol):
    """The files that a document may refer to: below a folder of the disk, or of a revision.

    Names are relative to that folder. Methods raise OSError where a file can't be read, InTheWay for what is no file.
    """

    def shown(self, name: PurePosixPath) -> Path:
        """The path of a file as messages write it."""

    def find(self, name: PurePosixPath) -> PurePosixPath | None:
        """Follow `..` and the links on the way to a file; None if that leads out of the folder."""

    def size(self, name: PurePosixPath) -> int | None:
        """Tell the octets of a file that `find` gave; None if that can't be told."""

    def read(self, name: PurePosixPath, limit: int) -> bytes:
        """Read at most ``limit`` octets of a file that `find` gave."""


def read_file(path: Path, limit: int) -> bytes:
    """Read a file that a user named, links followed: at most ``limit`` octets of it.

    Raises OSError, also for what is no file: nobody is waited for at the other end of a pipe, and nothing is read from
    a device, which may have no end.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            what = "a pipe: use - for standard input" if stat.S_ISFIFO(mode) else "a device"
            raise OSError(errno.EINVAL, f"it is {what}")
        return file.read(limit)


def size(path: Path) -> int | None:
    """Tell the octets of a file that a user named, links followed; None if that can't be told."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return None


def read_text(path: Path | Traversable) -> str:
    """Read a text that is installed with this program or a library, links followed. Raises OSError."""
    return path.read_text(encoding="utf-8")


def write_file(path: Path, data: bytes) -> None:
    """Write a file that a user named, whole, with the folders around it. Raises OSError, and InTheWay for a link.

    Links in the folders on the way are followed.
    """
    if not path.name:
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    make_folder(path.parent)
    with Folder(path.parent) as folder:
        name = PurePosixPath(path.name)
        folder.inspect(name)
        folder.write(name, data)


def make_folder(path: Path) -> None:
    """Make a folder that a user named, and those around it. Raises OSError."""
    path.mkdir(parents=True, exist_ok=True)


def is_same(path: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file, by whatever links."""
    try:
        return path.resolve() == other.resolve() or path.samefile(other)
    except (OSError, RuntimeError):
        return False


def exists(path: Path) -> bool:
    """Tell whether something stands there; a name that no file can have has nothing."""
    return os.path.exists(path)  # noqa: PTH110 - the method raises for a name that is too long


def is_folder(path: Path) -> bool:
    """Tell whether it is a folder, or a link to one."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def is_file(path: Path) -> bool:
    """Tell whether it is a file, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113 - as above


def boundary(folder: Path) -> Path:
    """The folder that what settings name has to stay below: the nearest one upwards that holds `.git`, else the given one."""
    found = folder.resolve()
    return next((each for each in (found, *found.parents) if exists(each / ".git")), found)


def holding(name: str, starts: Iterable[Path], most: int) -> Iterator[Path]:
    """Give the folders that hold a file of this name, from the starts downwards, those near them first.

    At most ``most`` folders are looked into. Links are not followed; hidden folders, virtual environments and
    `node_modules` are left out.
    """
    waiting = deque(dict.fromkeys(starts))
    seen = set(waiting)
    while waiting and most:
        folder, most = waiting.popleft(), most - 1
        try:
            with os.scandir(folder) as entries:
                found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError:
            continue
        if ("pyvenv.cfg", False) in found:
            continue
        if (name, False) in found:
            yield folder
        below = [folder / each for each, is_folder in sorted(found) if is_folder and not each.startswith((".", "__"))]
        waiting += [each for each in below if each not in seen and each.name != "node_modules"]
        seen.update(below)


@contextlib.contextmanager
def scratch(files: Mapping[str, str] | None = None) -> Iterator[Path]:
    """Make a folder of our own with some texts in it, by relative path; it goes in the end."""
    with tempfile.TemporaryDirectory(prefix="spectwin-") as made:
        write_new(Path(made), files or {})
        yield Path(made)


def write_new(folder: Path, files: Mapping[str, str] | Mapping[PurePosixPath, str]) -> None:
    """Write texts into a folder of our own, by relative path."""
    for parent in {(folder / name).parent for name in files}:
        parent.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())


def scratch_file() -> IO[str]:
    """Open a text file of our own that has no name and goes when it is closed."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


def keep(text: str, name: str) -> Path:
    """Keep a text in a new file of the system's temporary folder; `name` is part of its name. Raises OSError."""
    stem, _, suffix = name.rpartition(".")
    options: Any = {"prefix": f"{stem}-", "suffix": f".{suffix}", "encoding": "utf-8", "errors": "backslashreplace"}
    with tempfile.NamedTemporaryFile("w", delete=False, **options) as file:
        file.write(text)
    return Path(file.name)


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

    def inspect(self, path: PurePosixPath) -> None:
        """Raise InTheWay if something that is no file stands where a file is to be written."""
        with contextlib.suppress(FileNotFoundError):
            mode = os.lstat(path.name, dir_fd=self._enter(path.parent)) if _STEPWISE else os.lstat(self._checked(path))
            if not stat.S_ISREG(mode.st_mode):
                kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}
                raise InTheWay(path, kinds.get(stat.S_IFMT(mode.st_mode), "a device"))

    def read(self, path: PurePosixPath) -> bytes | None:
        """Read a file; None if there is none. Raises InTheWay for one of more than FILE_LIMIT octets."""
        data = self.begin(path, FILE_LIMIT + 1)
        if data is not None and len(data) > FILE_LIMIT:
            raise InTheWay(path, f"a file of more than {FILE_LIMIT:,} bytes")
        return data

    def begin(self, path: PurePosixPath, limit: int) -> bytes | None:
        """Read at most ``limit`` octets of a file; None if there is none."""
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
            return file.read(limit)

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
        return self._called(folder, _TEMPORARY)

    def compiled(self, path: PurePosixPath) -> list[PurePosixPath]:
        """List what Python compiled of a module."""
        return self._called(path.parent / "__pycache__", re.compile(rf"{re.escape(path.stem)}\.[\w.-]+\.pyc"))

    def _called(self, folder: PurePosixPath, pattern: re.Pattern[str]) -> list[PurePosixPath]:
        """List what a folder holds under names of a pattern; nothing if there is no folder."""
        with contextlib.suppress(FileNotFoundError, InTheWay):
            names = os.listdir(self._enter(folder) if _STEPWISE else self._checked(folder))  # noqa: PTH208 - a descriptor
            return [folder / name for name in names if pattern.fullmatch(name)]
        return []

    def lock(self) -> None:
        """Keep other runs from writing below this folder until it is closed. Raises TimeoutError if one does so too long.

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
        except (ImportError, KeyError, OSError) as error:
            return not isinstance(error, BlockingIOError)
        return True

    def _at(self, parent: PurePosixPath, function: Any, name: str, *arguments: int) -> Any:
        """Call a function of ``os`` for a name in a folder."""
        if _STEPWISE:
            return function(name, *arguments, dir_fd=self._enter(parent))
        return function(self._checked(parent / name), *arguments)

    def _enter(self, path: PurePosixPath) -> int:
        """Open a folder below the root, step by step."""
        for step in (*reversed(path.parents), path) if path not in self._opened else ():
            try:
                if step not in self._opened:
                    self._opened[step] = os.open(step.name, _FOLDER, dir_fd=self._opened[step.parent])
            except OSError as error:
                if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}:
                    raise InTheWay(step, "not a folder, or a link") from None
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


class Below:
    """The files below a folder of the disk (see Files): a link is followed if it ends below the folder."""

    def __init__(self, root: Path) -> None:
        """Take a folder; links on the way to it are followed."""
        self._root = root.resolve()

    def shown(self, name: PurePosixPath) -> Path:
        """The path of a file as messages write it."""
        return self._root / name

    def find(self, name: PurePosixPath) -> PurePosixPath | None:
        """Follow `..` and the links on the way to a file; None if that leads out of the folder."""
        found = (self._root / name).resolve()
        return PurePosixPath(found.relative_to(self._root).as_posix()) if found.is_relative_to(self._root) else None

    def size(self, name: PurePosixPath) -> int | None:
        """Tell the octets of a file that `find` gave; None if that can't be told."""
        return size(self._root / name)

    def read(self, name: PurePosixPath, limit: int = FILE_LIMIT) -> bytes:
        """Read at most ``limit`` octets of a file that `find` gave: a link that came in the way since then is refused."""
        with Folder(self._root) as folder:
            data = folder.begin(name, limit)
        if data is None:
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        return data

    def files(self) -> Iterator[PurePosixPath]:
        """List the files, links that end below the folder among them; compiled Python is left out."""
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                yield PurePosixPath(os.path.relpath(os.path.join(folder, name), self._root).replace(os.sep, "/"))  # noqa: PTH118 - five times as fast
