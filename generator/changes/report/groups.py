"""The headings under which changes are listed: whom they break, in one table for the text, Markdown and the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ..model import Change, Level
from ..verdicts import most_severe

Group = Literal["error", "warning", "service", "service-warning", "info"]
"""A heading: `error` and `warning` are about callers and importers, the next two about services and implementers alone."""

GROUPS: Mapping[Group, str] = {
    "error": "Breaks callers or importers",
    "warning": "May break callers or importers",
    "service": "Breaks services or implementers",
    "service-warning": "May break services or implementers",
    "info": "Compatible",
}
"""The headings in their order. Only what breaks nobody is compatible."""

_OF_SERVICES: Mapping[Level, Group] = {"error": "service", "warning": "service-warning", "info": "info"}


def group(changes: Iterable[Change]) -> Group:
    """Find the heading of a change, or of changes with one cause: the most severe."""
    each = list(changes)
    severity = most_severe(change.severity for change in each)
    if severity != "info":
        return severity
    return _OF_SERVICES[most_severe(change.service for change in each)]
