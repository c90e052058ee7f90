"""Taking a document in: out of a Markdown page, as canonical JSON text, and what changed against another one."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from ..parsing.json_writer import write
from ..parsing.limits import Limits
from ..parsing.parse import open_source, parse


def import_document(source: Path, limits: Limits | None = None) -> str:
    """Read JSON, YAML or a Markdown page and write it as canonical JSON text.

    Canonical: members in the document's order, characters as they are, two spaces, a newline at the end. Raises
    Refused for what can't be read; what the document says is not judged.
    """
    limits = limits or Limits()
    return to_json(parse(open_source(source, limits), limits))


def to_json(root: object) -> str:
    """Write a tree as canonical JSON text, see import_document."""
    return write(root) + "\n"


def diff_documents(old_text: str, new_text: str, name: str = "openapi.json") -> str:
    """Show what changed between two texts as a unified diff; empty text where nothing did."""
    # Not splitlines(): a text may hold other separators, such as U+2028, inside a line.
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (old_text, new_text))
    return "".join(difflib.unified_diff(old, new, f"{name} (old)", f"{name} (new)"))
