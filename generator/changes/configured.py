"""The two sides of `diff`, each with what its own revision makes packages from: overlays, settings, templates."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from .. import console
from ..diagnostics.diagnostic import Diagnostic, Refused
from ..disk import FILE_LIMIT, InTheWay, scratch
from ..git import GitFiles, git, refusal
from ..output import layouts
from ..output.fingerprint import MANIFEST
from ..output.manifest import layout_of
from ..parsing.limits import Limits
from ..parsing.parse import STANDARD_INPUT
from ..python import names
from ..settings.settings import Settings, earlier_packages, packages
from ..settings.values import Layout
from .comparison import Side
from .revisions import Located, load_side, locate

if TYPE_CHECKING:
    from ..parsing.source import Source

_SETTINGS = "pyproject.toml"
_MOST_OCTETS = 32 * 2**20  # of a revision's templates


class Sides:
    """Loads the sides of one comparison; templates of revisions stay on disk until it is left."""

    def __init__(self, project: Path, default: Settings, *, chosen: bool) -> None:
        """Take the project, and the settings for a document that none of its packages is made from.

        `chosen`: the command line chooses operations, in place of those that the settings choose.
        """
        self._project, self._default, self._chosen, self._kept = project, default, chosen, ExitStack()
        self._limits = Limits.of(default.limits)  # never those that a revision says
        self.warnings: list[Diagnostic] = []
        self._bare: list[str] = []
        self._overlaid: list[str] = []

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def load(self, text: str, other: str) -> Side:
        """Load the side that the command line calls `text`, with the settings that it has there. Raises Refused."""
        with console.progress(f"Reading {text}", enabled=True):  # ends before anything forks
            side = self._load(text, other)
        if self._bare and self._overlaid:
            message = f"no package is made from this document, so it has no overlays, and {self._overlaid.pop()} has"
            hint = "what the overlays change is among the changes"
            self.warnings.append(Diagnostic(severity="warning", message=message, file=self._bare.pop(), hint=hint))
        return side

    def _load(self, text: str, other: str) -> Side:
        at = locate(text, other, self._project)
        if not at.revision:
            settings = None if at.path == STANDARD_INPUT else self._named(packages(self._project), at)
            overlays = [_opened(each, self._limits) for each in settings.overlays] if settings else []
            side = self._side(at, settings, overlays)
            return _with_layout(side, lambda name: layouts.standing(side.settings.output, name)) if settings else side
        try:
            with GitFiles(at.revision, PurePosixPath(), self._project) as files:
                return self._of_revision(at, files)
        except subprocess.CalledProcessError as error:
            raise refusal(text, error, self._project) from None

    def _of_revision(self, at: Located, files: GitFiles) -> Side:
        path = self._from_top(self._project / _SETTINGS)
        settings = None
        if (written := _read(files, path)) is not None:
            text, name = written.decode("utf-8", "replace"), str(files.shown(PurePosixPath(path)))
            found, unknown = earlier_packages(self._project, text, name)
            settings = self._named(found, at)
            self.warnings += unknown
        if settings is None:
            return self._side(at, None, [])
        overlays = [_source(files, self._from_top(each)) for each in settings.overlays]
        if settings.templates is not None:
            settings = replace(settings, templates=self._templates(files, self._from_top(settings.templates)))
        output = self._from_top(settings.output)
        return _with_layout(self._side(at, settings, overlays), lambda name: _layout(files, f"{output}/{name}"))

    def _side(self, at: Located, settings: Settings | None, overlays: list[Source]) -> Side:
        """Put a side together; who counts, and how severely, is what the project and the command line say now."""
        if overlays:
            self._overlaid.append(at.text)
        elif settings is None:
            self._bare.append(at.text)
        given, now = settings or self._default, self._default
        operations = given.operations if settings and not self._chosen else now.operations
        judged = replace(given, operations=operations, severities=now.severities, audiences=now.audiences)
        return Side(load_side(at, self._project, overlays, self._limits), judged)

    def _named(self, packages: Iterable[Settings], at: Located) -> Settings | None:
        """The settings of the package that is made from a document."""
        wanted = at.path if at.revision else os.path.realpath(at.path)
        found = [
            each
            for each in packages
            if wanted == (self._from_top(each.spec) if at.revision else os.path.realpath(each.spec))
        ]
        named = [each for each in found if each.package == self._default.package]
        return next(iter(named or found), None)

    def _from_top(self, path: Path) -> str:
        """A path of the work tree from the top of its repository."""
        prefix = git("rev-parse", "--show-prefix", folder=self._project).decode().strip()
        inside = os.path.relpath(path, self._project).replace(os.sep, "/")
        return posixpath.normpath(prefix + inside)

    def _templates(self, files: GitFiles, folder: str) -> Path:
        """Write a revision's folder of templates to a place of its own, which goes with this object."""
        texts, octets = {}, 0
        for name in files.names(PurePosixPath(folder)):
            if (data := _read(files, f"{folder}/{name}")) is None:
                continue
            texts[name] = data.decode("utf-8", "replace")
            octets += len(data)
            if octets > _MOST_OCTETS:
                raise _refused(files, folder, f"the folder of templates holds more than {_MOST_OCTETS:,} bytes")
        try:
            return self._kept.enter_context(scratch(texts))
        except OSError as error:  # names that the disk does not take
            raise _refused(files, folder, f"the templates can't be written: {error.strerror}") from None


def _with_layout(side: Side, standing: Callable[[str], Layout | None]) -> Side:
    """Give a side the layout of its package, which `standing` finds by name, unless its settings choose one.

    These count like its other settings, also if nobody has generated with them: a package is compared as it is made.
    """
    if side.settings.layout:
        return side
    info = side.document.root.get("info")
    title = info.get("title", "") if isinstance(info, dict) else ""
    layout = standing(side.settings.package or names.package(str(title)))
    return replace(side, settings=replace(side.settings, layout=layout))


def _layout(files: GitFiles, package: str) -> Layout | None:
    """The layout of the package in a folder of a revision, as `layouts.standing` has it for one on the disk.

    None if there is none, or a partial clone has no such file.
    """
    with suppress(Refused):
        told = layout_of(_read(files, f"{package}/{MANIFEST}"))
        stands = (layout for name, layout in layouts.MODELS.items() if _read(files, f"{package}/{name}") is not None)
        return told or next(stands, None)
    return None


def _opened(path: Path, limits: Limits) -> Source:
    from ..parsing.parse import open_source

    return open_source(path, limits)


def _source(files: GitFiles, path: str) -> Source:
    from ..parsing.parse import decode, to_source

    data, at = _read(files, path), files.shown(PurePosixPath(path))
    if data is None:
        raise _refused(files, path, "the revision has no such overlay")
    return to_source(at, decode(at, data))


def _refused(files: GitFiles, path: str, message: str) -> Refused:
    at = str(files.shown(PurePosixPath(path)))
    return Refused(Diagnostic(severity="error", message=message, file=at))


def _read(files: GitFiles, path: str) -> bytes | None:
    """A file of a revision; None if there is none."""
    found = files.find(PurePosixPath(path), anywhere=True)
    try:
        return None if found is None else files.read(found, FILE_LIMIT)
    except (FileNotFoundError, InTheWay):
        return None
