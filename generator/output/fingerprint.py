"""What a package was generated from, as one digest: tells in milliseconds that there is nothing to do.

Nothing heavy is imported here: an up-to-date run pays for this module, the settings and a few reads.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from typing import Any

from .. import __version__
from ..disk import FILE_LIMIT, Folder, InTheWay, is_file, read_file
from ..render.folder import PACKAGE, below, own_templates, templates_folder
from ..settings.settings import Settings

MANIFEST = "manifest.json"
# Fields of Settings that change no byte of it, or whose files are counted.
_NOT_IN_THE_OUTPUT = {
    "spec",
    "output",
    "overlays",
    "required_version",
    "severities",
    "audiences",
    "limits",
    "templates",
    "made_by",
    "places",
}
_SOURCES_LIMIT = 2_000
_PACKAGES_LIMIT = 20


def normal(data: bytes) -> bytes:
    """Take the byte order mark and carriage returns off a text: a checkout may have added them."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    return text.replace(b"\r\n", b"\n") if b"\r" in text else text


def digest(data: bytes) -> str:
    """SHA-256 of a text with its newlines normalised, in hexadecimal."""
    return hashlib.sha256(normal(data)).hexdigest()


def inputs_digest(settings: Settings, sources: Mapping[str, bytes]) -> str:
    """Digest of all that decides what is generated: documents, overlays, settings, version and templates.

    The layout is the one that the package gets: ``single`` where the settings choose none. ``sources`` are the files that
    the document was read from, by their paths relative to the entry document's folder.
    Raises OSError or InTheWay where an overlay or a template can't be read.
    """
    whole = hashlib.sha256()
    for kind, name, data in _parts(settings, sources):
        text = normal(data)
        whole.update(f"{kind}\0{name}\0{len(text)}\0".encode("utf-8", "surrogateescape"))
        whole.update(text)
    return whole.hexdigest()


def _parts(settings: Settings, sources: Mapping[str, bytes]) -> Iterable[tuple[str, str, bytes]]:
    yield "version", __version__, b""
    plain = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name in (field.name for field in fields(Settings))
        if name not in _NOT_IN_THE_OUTPUT
        for value in [getattr(settings, name)]
    }
    plain["layout"] = settings.layout or "single"  # as a manifest has it
    yield "settings", settings.spec.name, json.dumps(plain).encode()
    for name in sorted(sources):
        yield "source", name, sources[name]
    for overlay in settings.overlays:
        yield "overlay", overlay.name, read_file(overlay, FILE_LIMIT)
    for name, file in sorted(below(templates_folder())):
        yield "template", name, read_file(file, FILE_LIMIT)
    for name, text in own_templates(settings.templates).items() if settings.templates else ():
        yield "own template", name, text


def current_package(settings: Settings) -> str | None:
    """Name the package that is on disk just as these settings give it; found without generating it.

    None where there is no such package, or it can't be told quickly.
    """
    try:
        with Folder(settings.output) as folder:
            names = [settings.package] if settings.package else _packages(settings.output)
            return next((name for name in names if _is_current(settings, folder, PurePosixPath(name))), None)
    except (OSError, InTheWay, ValueError, RecursionError):
        return None


def _packages(output: Path) -> list[str]:
    """List the folders that may hold a package whose name came from its document."""
    return sorted(path.parent.name for path in output.glob(f"*/{MANIFEST}"))[:_PACKAGES_LIMIT]


def _is_current(settings: Settings, folder: Folder, package: PurePosixPath) -> bool:
    manifest = json.loads(folder.read(package / MANIFEST) or b"{}")
    if not isinstance(manifest, dict) or manifest.keys() - {"settings", "layout"} != {"inputs", "sources", "files"}:
        return False  # a run that was killed leaves one with "pending"
    made_by = claim(settings)
    if manifest.get("settings", made_by) != made_by:  # without it, a command line made the package
        return False
    if folder.leftovers(package) or _is_older_than_the_generator(folder.root / package / MANIFEST):
        return False
    sources = _read_sources(settings.spec, manifest["sources"])
    chosen = replace(settings, layout=settings.layout or ("split" if manifest.get("layout") == "split" else "single"))
    if sources is None or inputs_digest(chosen, sources) != manifest["inputs"]:
        return False
    files = manifest["files"]
    if not isinstance(files, dict) or f"{package}/__init__.py" not in files:
        return False
    for name, expected in files.items():
        data = folder.read(_below(name))
        if data is None or digest(data) != expected:
            return False
    return True


def _read_sources(spec: Path, names: Any) -> dict[str, bytes] | None:
    """Read the files that the document was read from the last time; None where the list can't be ours."""
    if not isinstance(names, list) or spec.name not in names or len(names) > _SOURCES_LIMIT:
        return None
    sources = {}
    with Folder(spec.parent) as folder:
        for name in names:
            # The entry document may be a link, as for everybody who reads it; what it refers to was resolved before.
            data = read_file(spec, FILE_LIMIT) if name == spec.name else folder.read(_below(name))
            if data is None:
                return None
            sources[name] = data
    return sources


def _below(name: object) -> PurePosixPath:
    """Read a path of the manifest, which comes with the working tree. Raises ValueError where it leads out of it."""
    path = PurePosixPath(name if isinstance(name, str) else "..")
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(name)
    return path


def claim(settings: Settings) -> str:
    """The path of the settings file that makes a package, from the output folder; empty if a command line makes it."""
    if settings.made_by is None:
        return ""
    try:
        path = os.path.relpath(settings.made_by.resolve(), settings.output.resolve())
    except ValueError:  # another drive
        return ""
    return path.replace(os.sep, "/")


def _is_older_than_the_generator(manifest: Path) -> bool:
    """In a checkout of Spectwin itself its own modules change without a new version: compare the times."""
    if not is_file(PACKAGE.parent / "pyproject.toml"):
        return False
    newest = max(
        entry.stat().st_mtime_ns
        for folder, _, names in os.walk(PACKAGE)
        for entry in (Path(folder, name) for name in names if name.endswith(".py"))
    )
    return manifest.stat().st_mtime_ns < newest


def touch(settings: Settings, package: str) -> None:
    """Note that a package was generated again and found the same, for the comparison of times."""
    manifest = settings.output / package / MANIFEST
    with suppress(OSError):
        if _is_older_than_the_generator(manifest):
            os.utime(manifest)
