"""Which JSON Schema dialect schemas are written in (OpenAPI 3.1.1, section 4.8.24.5): OpenAPI's own, that of draft 2020-12."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..document.objects import PlacedObject
from ..pointer import Tokens, child, join
from .finding import SHOWN_NAME, Finding
from .repair_steps import remove

_READ = re.compile(r"https?://(?:json-schema\.org/draft/2020-12/schema#?|spec\.openapis\.org/oas/.*)")
_DRAFT = re.compile(r"https?://json-schema\.org/draft[-/](0[0-9]|20[0-9]{2}-[0-9]{2})/(?:hyper-)?schema#?")


def is_other_dialect(uri: Any) -> bool:
    """Tell whether a URI names another dialect than the one that is read."""
    return isinstance(uri, str) and _READ.fullmatch(uri) is None


def has_other_dialect(root: dict[str, Any], path: Tokens) -> bool:
    """Tell whether what stands at a path says that it is written in another dialect."""
    dialect = root.get("jsonSchemaDialect")
    node: Any = root
    for token in path:
        try:
            node = child(node, token)
        except KeyError:
            break
        if isinstance(node, dict) and isinstance(node.get("$schema"), str):
            dialect = node["$schema"]
    return is_other_dialect(dialect)


def judge_dialects(fresh: Iterable[PlacedObject], version: tuple[int, int]) -> Iterator[Finding]:
    """Refuse schemas of another dialect, by name: their keywords would be read as draft 2020-12 has them."""
    members = {"document": "jsonSchemaDialect", "schema": "$schema"}
    for pointer, kind, value in fresh if version >= (3, 1) else ():
        member = members.get(kind, "")
        if member in value and is_other_dialect(value[member]):
            uri = str(value[member])
            draft = _DRAFT.fullmatch(uri)
            name = f"JSON Schema draft {draft[1]}" if draft else f'the dialect "{uri[:SHOWN_NAME]}"'
            yield Finding(
                pointer=join(pointer, member),
                message=f"{name} is not read: OpenAPI's dialect is, which is JSON Schema draft 2020-12",
                hint=f'rewrite the schemas for draft 2020-12, and leave out "{member}"',
                repair=remove(join(pointer, member), "it is read as draft 2020-12"),
            )
