"""Bringing a package to the disk: what is to be done with each file, the writing, and the comparison for `check`.

The manifest in the package's folder says which files are ours and what they were. A file whose digest is neither the one in
it nor the one that we would write was edited by somebody, and is not touched: it stops everything, or stays if it is not
wanted any more. Before the first file is replaced the manifest names the new digests too: a killed run is known for what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from ..diagnostics.diagnostic import Diagnostic, Refused, visible
from ..diagnostics.location import display
from ..disk import Folder, InTheWay, make_folder
from ..records import record
from .fingerprint import MANIFEST, digest, normal
from .hidden import hiding
from .manifest import Manifest, has_marks, layout_of, lists_the_same, manifest_text, read_manifest, versions
from .merge import Merge
from .removal import BESIDE, is_generated, is_ours, others

if TYPE_CHECKING:
    from ..settings.values import Layout
    from .package import Package
from .reformatted import is_reformatted

State = Literal["new", "changed", "same", "stale", "kept", "edited"]

_REFORMATTED = "only reformatted"
_REMEDY = "leave the folder out of that formatter's settings, then generate with --force once"
_DIFF_LINES = 20_000  # above that, two texts are not compared line by line


@record(kw_only=True)
class File:
    """One file: what is to be done with it, and why."""

    path: PurePosixPath  # relative to the output folder
    state: State
    wanted: bytes | None = field(repr=False)  # None: it is to be removed, or kept
    found: bytes | None = field(repr=False)  # None: it is not there
    reason: str = ""


@record(kw_only=True)
class Plan:
    """What writing a package would change, file by file; its manifest is one of the files."""

    output: Path
    package: str
    files: tuple[File, ...]
    wanted: dict[PurePosixPath, bytes] = field(repr=False)
    inputs_digest: str
    sources: tuple[str, ...]
    settings: str = ""
    layout: Layout = "single"

    def of(self, *states: State) -> tuple[File, ...]:
        """List the files in one of these states."""
        return tuple(file for file in self.files if file.state in states)

    @property
    def manifest(self) -> File:
        """The file that lists the others and their digests."""
        return next(file for file in self.files if file.path == manifest_path(self.package))

    @property
    def listed(self) -> tuple[File, ...]:
        """All files but the manifest."""
        return tuple(file for file in self.files if file.path != manifest_path(self.package))

    @property
    def was(self) -> Layout | None:
        """The layout of the package that stands there; None if there is none."""
        return layout_of(self.manifest.found)

    @property
    def current(self) -> bool:
        """Whether there is nothing to do."""
        return all(file.state == "same" for file in self.files)


def plan(
    package: Package, output: Path, *, inputs_digest: str, sources: Sequence[str] = (), settings: str = ""
) -> Plan:
    """Compare a package with what is on disk. Writes nothing.

    ``output`` is the folder that holds the package's folder; ``sources`` are the files that the document was read
    from, relative to its folder; ``settings`` is the settings file that makes the package (see `fingerprint.claim`).
    Raises Refused where the disk can't be read or a link is in the way.
    """
    wanted = {path: text.encode() for path, text in package.files.items()}
    for path in wanted:
        if not is_ours(path, package.name) or path == manifest_path(package.name):
            raise ValueError(f"a package can't hold a file called {path}")
    empty = Plan(
        output=output,
        package=package.name,
        files=(),
        wanted=wanted,
        inputs_digest=inputs_digest,
        sources=tuple(sorted(sources)),
        settings=settings,
        layout=package.layout,
    )
    try:
        with Folder(output) as folder:
            return _survey(empty, folder)
    except FileNotFoundError:
        return _survey(empty, None)
    except (OSError, InTheWay) as error:
        raise refusal(output, error) from None


def by_files(plan: Plan) -> Plan:
    """Return the plan as `check` judges it: what the manifest says beside its list of files is no drift.

    The digest of the inputs only tells `generate` quickly that there is nothing to do. It differs with each version of
    Spectwin, also where these generate the same.
    """
    manifest = plan.manifest
    if manifest.state != "changed" or not lists_the_same(manifest.found or b"", manifest.wanted or b""):
        return plan
    return replace(plan, files=(*plan.listed, replace(manifest, state="same")))


def refusals(plan: Plan) -> tuple[Diagnostic, ...]:
    """The files that were edited, and are wanted or hide what is wanted, as errors: ``write`` does nothing where there are any."""
    hint = "move what you need out of it, then generate with --force; generated code is extended from outside"
    found = [
        Diagnostic(
            severity="error",
            message=f"not {'overwritten' if file.wanted is not None else 'removed'}: {file.reason}",
            file=_shown(plan, file),
            hint=hint,
        )
        for file in plan.of("edited")
        if file.reason != _REFORMATTED
    ]
    if files := [file for file in plan.of("edited") if file.reason == _REFORMATTED]:
        message = f"not overwritten: {_listed(files)}: only reformatted, by a formatter that does not heed `# fmt: off`"
        found.append(Diagnostic(severity="error", message=message, file=display(plan.output), hint=_REMEDY))
    return tuple(found)


def keepings(plan: Plan) -> tuple[Diagnostic, ...]:
    """The files that are generated no more and are not removed, as warnings: nothing of the user's is lost."""
    hint = "nothing in the package imports it: move what you need out of it, then remove it (docs/from-0.1.md)"
    return tuple(
        Diagnostic(
            severity="warning",
            message=f"not removed: {file.reason}; it is generated no more",
            file=_shown(plan, file),
            hint=hint,
        )
        for file in plan.of("kept")
    )


def _listed(files: Sequence[File]) -> str:
    names = ", ".join(str(file.path) for file in files[:3])
    return f"{names} and {len(files) - 3} more" if len(files) > 3 else names


def write(plan: Plan, *, force: bool = False) -> Plan:
    """Do what the plan says, and remove what killed runs left; returns the plan that was followed.

    The disk is looked at again under a lock. All new contents are written before the first file is replaced, so a full
    disk changes nothing. Raises Refused where an edited file would be overwritten and ``force`` is not given, and where
    the system does not let us write.
    """
    try:
        make_folder(plan.output)
        with Folder(plan.output) as folder:
            folder.lock()
            fresh = _survey(plan, folder)
            if not force and (wrong := refusals(fresh)):
                raise Refused(wrong)
            _sweep(fresh, folder)
            if not fresh.current:
                _apply(fresh, folder)
            return fresh
    except (OSError, InTheWay) as error:
        raise refusal(plan.output, error) from None


def compare(plan: Plan) -> str:
    """Show what is not as it should be, as text for a terminal: one line for each file, then a unified diff."""
    files = [file for file in plan.files if file.state != "same"]
    formatted = [file for file in files if file.reason == _REFORMATTED]
    files = [file for file in files if file not in formatted]
    words = {"new": "missing", "changed": "differs", "stale": "stale", "kept": "kept", "edited": "edited"}
    lines = [
        f"{words[file.state]}: {visible(_shown(plan, file))}" + (f" ({file.reason})" if file.reason else "") + "\n"
        for file in files
    ]
    for file in files:
        if file.found is not None and file.wanted is not None and (file != plan.manifest or len(files) == 1):
            lines += _diff(_shown(plan, file), normal(file.found), file.wanted)
    if formatted:
        lines.append(f"only reformatted: {visible(_listed(formatted))} in {visible(display(plan.output))}; {_REMEDY}\n")
    return "".join(lines)


def _survey(plan: Plan, folder: Folder | None) -> Plan:
    """Look at each file that is wanted or was written before; ``folder`` is None where there is no output yet."""
    barred = hiding(plan.wanted, plan.package)
    at = manifest_path(plan.package)
    manifest = read_manifest(folder.read(at) if folder else None)
    if folder and plan.settings and BESIDE.keys() & (plan.wanted.keys() - manifest.known.keys()):
        manifest = replace(manifest, known={**_beside(plan, folder), **manifest.known})
    merge = Merge(plan.output, plan.package)
    files = []
    for path, wanted in plan.wanted.items():
        found = folder.read(path) if folder else None
        files.append(_judge(path, wanted, found, manifest, merge))
    for path in manifest.known:
        # A manifest comes with the working tree, which need not be ours: it can't name files outside the package.
        if path not in plan.wanted and path != at and is_ours(path, plan.package) and folder:
            found = folder.read(path)
            if found is not None:
                files.append(
                    _unhidden(judge_unwanted(path, found, manifest, plan.package, merge), barred.pop(path, ""))
                )
    for path, name in barred.items():
        if folder and folder.read(path) is not None:
            raise InTheWay(path, f"a module that would be imported in place of {name}")
    return replace(plan, files=(*files, _manifest_file(plan, at, manifest)))


def _beside(plan: Plan, folder: Folder) -> dict[PurePosixPath, set[str]]:
    """What stands beside the package and was generated for another one of the same settings, which may be its old name."""
    known: dict[PurePosixPath, set[str]] = {}
    for other in others(folder, plan.package):
        if other.settings == plan.settings:
            for path in BESIDE.keys() & other.known.keys():
                known.setdefault(path, set()).update(other.known[path])
    return known


def judge_unwanted(path: PurePosixPath, found: bytes, manifest: Manifest, package: str, merge: Merge) -> File:
    """Decide about a file that the manifest names and that is generated no more."""
    state: State = "stale"
    reason = ""
    if not _is_replaceable(path, found, manifest, merge):
        state, reason = "kept", "it was edited since it was generated"
    elif not is_generated(path, package, found):
        state, reason = "kept", "nothing in it says that it was generated"
    return File(path=path, state=state, wanted=None, found=found, reason=reason)


def _unhidden(file: File, name: str) -> File:
    """Refuse to keep a file that would hide another one, of that name in the package."""
    if not name or file.state != "kept":
        return file
    return replace(file, state="edited", reason=f"{file.reason}, and would be imported in place of {name}")


def _judge(path: PurePosixPath, wanted: bytes, found: bytes | None, manifest: Manifest, merge: Merge) -> File:
    """Decide about a file that is generated."""
    state: State = "changed"
    reason = ""
    if found is None:
        state = "new"
    elif normal(found) == wanted:
        state = "same"
    elif not _is_replaceable(path, found, manifest, merge):
        state, reason = "edited", "it was edited since it was generated"
        if has_marks(found) and not has_marks(wanted):
            reason = "it has conflict markers, and differs from what git made of the two versions"
        elif manifest.damage == "unreadable":
            reason = f"{MANIFEST} can't be read, so it can't be told whether this file was edited"
        elif path not in manifest.known:
            reason = "it is in the way of a generated file, and was not generated"
        elif path.suffix in (".py", ".pyi") and is_reformatted(found, wanted):
            reason = _REFORMATTED
    return File(path=path, state=state, wanted=wanted, found=found, reason=reason)


def _is_replaceable(path: PurePosixPath, found: bytes, manifest: Manifest, merge: Merge) -> bool:
    """Tell whether a file that differs may be replaced: it holds nothing that was not generated.

    A merge has mixed two generated versions, with conflict markers or without. Nobody can tell an edit from that but git.
    """
    known = manifest.known.get(path, set())
    if digest(found) in known or (known and not found):  # a crash of the machine can leave a new file empty
        return True
    sides = versions(found)
    return (bool(sides) and all(digest(side) in known for side in sides)) or merge.made(path, found)


@cache
def manifest_path(package: str) -> PurePosixPath:
    """The manifest of a package, relative to the output folder."""
    return PurePosixPath(package, MANIFEST)


def _manifest_file(plan: Plan, at: PurePosixPath, manifest: Manifest) -> File:
    digests = {path: digest(data) for path, data in plan.wanted.items()}
    wanted = manifest_text(digests, plan.inputs_digest, plan.sources, settings=plan.settings, layout=plan.layout)
    if manifest.damage == "foreign":
        reason = "it is in the way of a generated file, and was not generated"
        return File(path=at, state="edited", wanted=wanted, found=manifest.found, reason=reason)
    reason = {"conflict": "it has conflict markers", "unreadable": "it can't be read"}.get(manifest.damage, "")
    state: State = "new" if manifest.found is None else "changed"
    # A package that a command line made is that of the same settings: it gets their name with the next change.
    unnamed = manifest_text(digests, plan.inputs_digest, plan.sources, layout=plan.layout)
    if manifest.found is not None and normal(manifest.found) in (wanted, unnamed if plan.settings else wanted):
        state = "same"
    return File(path=at, state=state, wanted=wanted, found=manifest.found, reason=reason)


def _apply(plan: Plan, folder: Folder) -> None:
    """Write, replace and remove; the manifest last. Raises OSError with the disk as it was, or with a pending one."""
    manifest = plan.manifest
    ours = [file for file in plan.listed if file.state != "kept"]
    todo = [file for file in ours if file.state != "same"]
    writes = [file for file in todo if file.wanted is not None]
    before = {file.path: digest(file.found) for file in ours if file.found is not None}
    pending = {str(file.path): digest(file.wanted or b"") for file in writes}
    staged: dict[PurePosixPath, PurePosixPath] = {}
    try:
        if todo:
            folder.write(manifest.path, manifest_text(before, "", plan.sources, pending, plan.settings, plan.layout))
        try:
            for file in (*writes, manifest):
                staged[file.path] = folder.stage(file.path, file.wanted or b"")
        except BaseException:
            _restore(manifest, folder)
            raise
        stale = [file for file in todo if file.wanted is None]
        # A file that was renamed in its case only goes first: on a disk that ignores case it is the one that is written now.
        taken = {str(file.path).casefold() for file in ours if file.wanted is not None}
        early = [file for file in stale if str(file.path).casefold() in taken]
        for file in early:
            folder.remove(file.path)
        for file in writes:
            folder.replace(staged.pop(file.path), file.path)
        for file in stale:
            if file not in early:
                folder.remove(file.path)
                folder.prune(file.path.parent)
        folder.replace(staged.pop(manifest.path), manifest.path)
    finally:
        for temporary in staged.values():
            folder.remove(temporary)


def _sweep(plan: Plan, folder: Folder) -> None:
    """Remove the temporary files of a killed run, wherever it may have left some."""
    manifest = plan.manifest
    known = [path for path in read_manifest(manifest.found).known if is_ours(path, plan.package)]
    for parent in {path.parent for path in (*plan.wanted, *known, manifest.path)}:
        leftovers = folder.leftovers(parent)
        for leftover in leftovers:
            folder.remove(leftover)
        if leftovers:
            folder.prune(parent)


def _restore(manifest: File, folder: Folder) -> None:
    """Put the old manifest back, after nothing was replaced. A pending one in its place would do no harm."""
    with suppress(OSError):
        if manifest.found is None:
            folder.remove(manifest.path)
        else:
            folder.write(manifest.path, manifest.found)


def _diff(name: str, found: bytes, wanted: bytes) -> list[str]:
    """Compare two texts as lines of a unified diff."""
    from difflib import unified_diff

    old, new = (text.decode("utf-8", "replace").splitlines() for text in (found, wanted))
    if max(len(old), len(new)) > _DIFF_LINES:
        return [
            f"{visible(name)}: {len(old):,} lines on disk and {len(new):,} wanted, too many to show how they differ\n"
        ]
    lines = unified_diff(old, new, f"{name} (on disk)", f"{name} (what the document gives)", lineterm="")
    return [visible(line) + "\n" for line in lines]


def _shown(plan: Plan, file: File) -> str:
    return display(plan.output / file.path)


def refusal(output: Path, error: OSError | InTheWay) -> Refused:
    """Make the exception that says what the system, or something in the way, keeps us from doing."""
    if isinstance(error, InTheWay):
        message = f"not written: {error.what} is in the way"
        hint = "remove it" + ("; generated files are never written through a link" if "link" in error.what else "")
        return Refused(Diagnostic(severity="error", message=message, file=display(output / error.path), hint=hint))
    message = f"the generated files can't be written: {error.strerror or error}"
    hint = "what was there before is still whole; run generate again when this is mended"
    return Refused(Diagnostic(severity="error", message=message, file=display(output), hint=hint))
