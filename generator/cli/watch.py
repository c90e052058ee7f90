"""`generate --watch`: generate again whenever the document, its files, overlays, templates or settings change."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from ..diagnostics.diagnostic import Diagnostic, Refused, counted, visible
from ..diagnostics.location import display
from ..disk import FILE_LIMIT, is_folder, read_file
from ..output.fingerprint import MANIFEST
from ..settings.settings import Settings

_SUFFIXES = {".json", ".yaml", ".yml", ".md"}
_MOST_FILES = 2_000  # files of a document that is broken: any of those below its folder may be the one to mend
_PATIENCE = 1_000  # milliseconds after which the files are looked at even if the system announced nothing
_DEBOUNCE = 50  # milliseconds within which changes count as one

Stamps = dict[Path, tuple[int, int, int]]


def keep_watching(once: Callable[[], bool], packages: Callable[[], Iterable[Settings]], project: Path) -> int:
    """Generate until somebody interrupts, which is no failure: returns 0.

    `once` generates and shows what is wrong, and tells whether all went well; `packages` reads the settings. Raises
    Refused where watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError:
        hint = "pip install 'spectwin[watch]'"
        raise Refused(Diagnostic(severity="error", message="--watch needs watchfiles", hint=hint)) from None
    files: set[Path] = set()
    try:
        while True:
            before = stamps(files)
            good = once()
            found = inputs(packages, project, good=good)
            files = found if good else files | found
            # What changed while we were at work is not announced any more.
            seen = {path: before.get(path, stamp) for path, stamp in stamps(files).items()}
            if seen == stamps(files):
                click.echo(f"watching {counted(len(files), 'file')}; Ctrl-C ends it", err=True)
                _wait(watchfiles, seen)
    except KeyboardInterrupt:
        return 0


def _wait(watchfiles: object, seen: Stamps) -> None:
    """Come back when one of the files is not as it was seen."""
    folders = {str(path if is_folder(path) else path.parent) for path in seen}
    changes = watchfiles.watch(  # type: ignore[attr-defined]
        *(folder for folder in folders if is_folder(Path(folder))),
        watch_filter=None,
        debounce=_DEBOUNCE,
        step=10,
        rust_timeout=_PATIENCE,
        yield_on_timeout=True,
        recursive=False,
    )
    for _ in changes:
        if stamps(seen) != seen:
            return


def stamps(files: Iterable[Path]) -> Stamps:
    """What tells one version of each file from another; zeros where there is none."""
    found = {}
    for path in files:
        try:
            state = path.stat()
            found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            found[path] = (0, 0, 0)
    return found


def inputs(packages: Callable[[], Iterable[Settings]], project: Path, *, good: bool) -> set[Path]:
    """The files that decide what is generated; of a document that is broken all that it may be made of."""
    found = {project / "pyproject.toml"}
    try:
        chosen = list(packages())
    except Refused:
        return found
    for package in chosen:
        found |= {package.spec, *package.overlays}
        found |= set(_sources(package) if good else _beside(package.spec.parent))
        if package.templates is not None:
            found |= {Path(folder, name) for folder, _, names in os.walk(package.templates) for name in ("", *names)}
    return found


def _sources(package: Settings) -> Iterable[Path]:
    """What the document was read from, as the manifests say."""
    for manifest in package.output.glob(f"{package.package or '*'}/{MANIFEST}"):
        try:
            names = json.loads(read_file(manifest, FILE_LIMIT))["sources"]
            if package.spec.name in names:
                yield from (package.spec.parent / str(name) for name in names)
        except (OSError, ValueError, LookupError, TypeError) as error:
            click.echo(f"{visible(display(manifest))}: {type(error).__name__}", err=True)


def _beside(folder: Path) -> Iterable[Path]:
    count = 0
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        for name in names:
            if Path(name).suffix in _SUFFIXES:
                yield Path(at, name)
                count += 1
        if count > _MOST_FILES:
            return
