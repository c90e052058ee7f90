"""What an accepted change of the document causes in Python is accepted with it."""

from __future__ import annotations

from dataclasses import replace

from ..model import Change, Comparison
from .attribution import attribute
from .line_blocks import compare_packages, static_files

_NAMES = ("api-operation-id-", "api-tag-", "api-schema-")
"""Changes that break nobody on the wire, and importers all the same: they name methods, groups and classes."""


def accept_consequences(found: Comparison) -> Comparison:
    """Mark the changes of the Python axis that accepted changes caused; needs the packages.

    One stays that a change may have caused which is not accepted, and breaks or names something.
    """
    if found.packages is None or not any(change.accepted for change in found.changes):
        return found
    blocks = compare_packages(found.packages[0].files, found.packages[1].files, static_files())
    causes = attribute(found, found.packages, blocks).may_cause
    changes = list(found.changes)
    for number, owners in causes.items():
        others = [found.changes[owner] for owner in owners]
        given = [each.accepted for each in others if each.accepted]
        if given and not changes[number].accepted and not any(_stands(each) for each in others):
            changes[number] = replace(changes[number], accepted=min(given, key=lambda each: each.until))
    return replace(found, changes=tuple(changes))


def _stands(change: Change) -> bool:
    """Whether a change breaks something, and is not accepted."""
    return not change.accepted and (
        {change.severity, change.service} != {"info"} or change.identifier.startswith(_NAMES)
    )
