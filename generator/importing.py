"""Taking a document in: out of a Markdown page, as canonical JSON text, and what changed against another one."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path

from .diagnostics import Diagnostic, Refused
from .document import Limits, open_source, parse
from .sources import Format, Source, diagnose, display, place

_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\r]*)\r?")
_HAS_OPENAPI = re.compile(r"""^openapi["']?[ \t]*:|"openapi"[ \t]*:""", re.MULTILINE)
_PAGE_SUFFIXES = {".md", ".mdx", ".markdown"}


def find_block(path: Path, page: str) -> Source | None:
    """Find the one fenced block of a Markdown page that holds an OpenAPI document (CommonMark 0.31, section 4.5).

    Its info string begins with yaml, yml or json. Returns None where the text is YAML itself. Raises Refused for a
    page without such a block and for one with several.
    """
    lines = page.split("\n")
    found: list[tuple[int, int, Format]] = []
    fence = ""
    begin = 0
    language = ""
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if not fence:
            if line.startswith("openapi:"):
                return None  # a key in the first column, outside any fence: the text is YAML
            if match:
                fence, begin = match["fence"], number + 1
                language = re.split(r"[\s{,]", match["info"].strip().lower(), maxsplit=1)[0]
        elif match and match["fence"].startswith(fence) and not match["info"].strip():
            if language in {"yaml", "yml", "json"} and _HAS_OPENAPI.search("\n".join(lines[begin:number])):
                found.append((begin, number, "json" if language == "json" else "yaml"))
            fence = ""
    if len(found) == 1:
        begin, end, kind = found[0]
        text = "\n".join(lines[begin:end]) + "\n"
        return Source(path=path, text=text, format=kind, page=page, first_line=begin)
    if found:
        message = f"the page has {len(found)} fenced blocks with an OpenAPI document; one is expected"
        raise Refused(diagnose("error", message, place(display(path), page, found[1][0], 1)))
    if path.suffix.lower() in _PAGE_SUFFIXES:
        message = "the page has no fenced block (```yaml or ```json) with an OpenAPI document"
        raise Refused(Diagnostic(severity="error", message=message, file=display(path)))
    return None


def import_document(source: Path, limits: Limits | None = None) -> str:
    """Read JSON, YAML or a Markdown page and write it as canonical JSON text.

    Canonical: members in the document's order, characters as they are, two spaces, a newline at the end. Raises
    Refused for what can't be read; what the document says is not judged.
    """
    limits = limits or Limits()
    return to_json(parse(open_source(source, limits), limits))


def to_json(root: object) -> str:
    """Write a tree as canonical JSON text, see import_document."""
    return json.dumps(root, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def diff_documents(old_text: str, new_text: str, name: str = "openapi.json") -> str:
    """Show what changed between two texts as a unified diff; empty text where nothing did."""
    # Not splitlines(): a text may hold other separators, such as U+2028, inside a line.
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (old_text, new_text))
    return "".join(difflib.unified_diff(old, new, f"{name} (old)", f"{name} (new)"))
