"""What a change of the document means: for those who call the API, and for those who import its packages."""

from __future__ import annotations

from .compare import compare_schemas
from .model import Cause, Change, Place, Relation
from .rules import fails, override, verdict
from .walk import compare

__all__ = ["Cause", "Change", "Place", "Relation", "compare", "compare_schemas", "fails", "override", "verdict"]
