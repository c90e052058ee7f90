"""Removing a package that its settings file makes no longer: what was generated goes, what was edited stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..disk import Folder, InTheWay
from .manifest import read_manifest
from .merge import Merge
from .plan import File, Plan, judge_unwanted, manifest_path, refusal
from .removal import BESIDE, is_ours, others


def remove(folder: Path) -> Plan:
    """Remove an orphaned package, but for what was edited; returns what was done, as a plan.

    Raises Refused where the system does not let us.
    """
    plan = Plan(output=folder.parent, package=folder.name, files=(), wanted={}, inputs_digest="", sources=())
    try:
        with Folder(plan.output) as output:
            output.lock()
            plan = replace(plan, files=tuple(_survey(plan, output)))
            for file in plan.of("stale"):  # the manifest is the last one: a run that was killed is continued
                for path in (*output.compiled(file.path), file.path):
                    output.remove(path)
                    output.prune(path.parent)
            return plan
    except (OSError, InTheWay) as error:
        raise refusal(plan.output, error) from None


def _survey(plan: Plan, output: Folder) -> Iterator[File]:
    at = manifest_path(plan.package)
    manifest = read_manifest(output.read(at))
    if manifest.damage in {"unreadable", "foreign"}:
        yield File(path=at, state="kept", wanted=None, found=manifest.found, reason="it can't be read")
        return
    merge = Merge(plan.output, plan.package)
    elsewhere = {path for other in others(output, plan.package) for path in BESIDE.keys() & other.known.keys()}
    for path in manifest.known:
        if is_ours(path, plan.package) and path not in elsewhere and path != at:
            found = output.read(path)
            if found is not None:
                yield judge_unwanted(path, found, manifest, plan.package, merge)
    yield File(path=at, state="stale", wanted=None, found=manifest.found)
