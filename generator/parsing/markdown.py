"""The fenced block of a Markdown page that holds an OpenAPI document."""

from __future__ import annotations

import re
from pathlib import Path

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import diagnose, display, place
from .source import Format, Source

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
        return Source(path=path, text=text, format=kind, page=page, begin=sum(len(line) + 1 for line in lines[:begin]))
    if found:
        message = f"the page has {len(found)} fenced blocks with an OpenAPI document; one is expected"
        raise Refused(diagnose("error", message, place(display(path), page, found[1][0], 1)))
    if path.suffix.lower() in _PAGE_SUFFIXES:
        message = "the page has no fenced block (```yaml or ```json) with an OpenAPI document"
        raise Refused(Diagnostic(severity="error", message=message, file=display(path)))
    return None
