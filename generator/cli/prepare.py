"""A package that is generated and compared with the disk, before anything is written."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from .. import console, stages
from ..diagnostics.diagnostic import Diagnostic, Refused
from ..output import fingerprint, layouts, plan, taken
from ..records import record
from ..settings.settings import Settings, require_document

if TYPE_CHECKING:
    from ..document.document import Document
    from ..output.package import Package


@record(kw_only=True)
class Prepared:
    """A package that was generated, its valid document, and what writing it would change."""

    settings: Settings
    given: Settings
    """The settings as they were given: in `settings`, the layout is decided."""
    document: Document
    package: Package
    plan: plan.Plan
    warnings: tuple[Diagnostic, ...]
    seconds: float
    advice: tuple[str, ...] = ()
    """What is recommended for such a package, a sentence each."""

    @property
    def unread(self) -> list[dict[str, Any]]:
        """What of the document is neither typed nor judged, for JSON."""
        from ..lowering.unread import unread

        return [asdict(one) for one in unread(self.document, self.settings.types)]


def prepare_all(packages: Sequence[Settings], *, quiet: bool) -> list[Prepared]:
    """Generate every package; write nothing. Raises Refused with the errors of all of them."""
    prepared: list[Prepared] = []
    wrong: list[Diagnostic] = []
    for package in packages:
        try:
            prepared.append(_prepare(package, quiet=quiet))
        except Refused as refused:
            wrong += refused.diagnostics
    if wrong:
        raise Refused(wrong)
    return prepared


def _prepare(package: Settings, *, quiet: bool) -> Prepared:
    """Validate a document, generate from it, and compare with the disk. Raises Refused."""
    from ..document.load import load
    from ..parsing.limits import Limits

    require_document(package)
    begin = time.perf_counter()
    with console.progress(f"Generating from {package.spec.name}", enabled=not quiet):
        stages.enter("reading")
        document = load(package.spec, overlays=package.overlays, limits=Limits.of(package.limits))
        sources = _sources(package, document)
        from ..pipeline import build, package_name
        from ..validation.validate import validate
        from .advice import advice

        stages.enter("validating", document.root.get("paths"), "path")
        valid, warnings = validate(document, lenient=package.lenient)
        built = build(valid, layouts.kept(package, package_name(valid, package)))
        made = replace(package, layout=built.layout)
        stages.enter("comparing", built.files, "file")
        digest = fingerprint.inputs_digest(made, sources)
        claim = fingerprint.claim(package)
        planned = plan.plan(built, package.output, inputs_digest=digest, sources=tuple(sources), settings=claim)
        read = [package.spec.parent / name for name in sources]
        taken.require_places(planned, [*read, *package.overlays, *([package.made_by] if package.made_by else [])])
        return Prepared(
            settings=made,
            given=package,
            document=valid,
            package=built,
            plan=planned,
            warnings=(*warnings, *built.warnings),
            seconds=time.perf_counter() - begin,
            advice=tuple(advice(package, built)),
        )


def _sources(package: Settings, document: Document) -> dict[str, bytes]:
    """Return the texts that the document was read from, by their paths relative to the entry document's folder."""
    folder = package.spec.parent.resolve()
    found = {package.spec.name: b""}
    for source in document.sources:
        path = source.path.resolve()
        name = package.spec.name if path == package.spec.resolve() else os.path.relpath(path, folder)
        found[name.replace(os.sep, "/")] = (source.page or source.text).encode()
    return found
