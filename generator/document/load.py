"""Reading an OpenAPI document: JSON, YAML or a Markdown page; one file or several; positions of all that is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..disk import Below, Files
from ..parsing.limits import COPIED, Budget, Limits, weigh
from ..parsing.parse import open_source, parse
from ..parsing.source import Source
from ..pointer import CONTAINERS, Pointer, split
from . import security_names
from .document import Document
from .metaschemas import MENTIONED, embed
from .path_items import in_place

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.\d+)?(?:-[\w.]+)?")
_SUPPORTED = {(3, 0), (3, 1), (3, 2)}
# A quick look at a JSON text: what does not begin with `#`, and a $ref that is written with an escape. A discriminator may
# name a file. A pattern that begins with plain text is found in a fraction of the time that alternatives take.
_ELSEWHERE = (
    *(re.compile(rf'"{key}"\s*:\s*"(?!#)') for key in (r"\$ref", "operationRef")),
    *map(re.compile, (r"\\u0024", r'"\$self"')),
)
_NO_FILE = re.compile(r"#|[A-Za-z][A-Za-z0-9+.-]*:")
_IDENTIFIED = tuple(map(re.compile, (r"\$id\b", r"\$anchor\b", r"\$dynamic(?:Anchor|Ref)\b")))


def load(path: Path, *, overlays: Sequence[Path] = (), limits: Limits | None = None) -> Document:
    """Read a document, apply overlays (OpenAPI Overlay 1.0 and 1.1), join the files and the path items that it refers to.

    Nothing outside the folder of ``path`` is read, and nothing from a network. Raises Refused with everything that is
    wrong with the text, its references or its version.
    """
    limits = limits or Limits()
    sources = [open_source(overlay, limits) for overlay in overlays]
    return load_source(open_source(path, limits), Below(path.parent), overlays=sources, limits=limits)


def load_source(source: Source, files: Files, *, overlays: Sequence[Source] = (), limits: Limits) -> Document:
    """Do what `load` does with a text that was opened before, and with the files beside it. Raises Refused."""
    budget = Budget(limits)
    root = parse(source, limits, budget)
    if overlays:
        from .overlay import apply  # seldom needed

        root = apply(root, overlays, limits, budget)
    moves: dict[Pointer, tuple[int, Pointer]] = {}
    written = root
    if MENTIONED.search(source.text):
        root = embed(root)
    if root is not written or _holds(source, _IDENTIFIED):
        from .schema_ids import localise  # seldom needed

        def spend(value: object, pointer: Pointer) -> None:
            values, characters = weigh(value)
            budget.spend(COPIED * values, characters, partial(source.locate, split(pointer)))

        root, copies = localise(root, spend)
        moves = {"#": (0, "#"), **{place: (0, origin) for place, origin in copies.items()}} if copies else {}
    document = Document(
        path=source.path,
        root=root,
        version=_version(root, source),
        sources=(source,),
        moves=moves,
        limits=limits,
        budget=budget,
    )
    if source.format != "json" or overlays or _holds(source, _ELSEWHERE) or _names_file(root, source.text):
        from .bundle import bundle  # seldom needed

        document = bundle(document, files)
    if document.version >= (3, 2) and security_names.PREFIX in source.text:
        document = document.with_root(security_names.by_name(document.root))
    return in_place(document)


def _holds(source: Source, patterns: Iterable[re.Pattern[str]]) -> bool:
    return any(pattern.search(source.text) for pattern in patterns)


def _names_file(root: Any, text: str) -> bool:
    """Whether a discriminator maps to what is no pointer and no URL, and has a dot: it may name a file."""
    pending = [root] if '"mapping"' in text or "\\u" in text else []
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            found = one.get("discriminator")
            mapping = found.get("mapping") if isinstance(found, dict) else None
            for ref in mapping.values() if isinstance(mapping, dict) else ():
                if isinstance(ref, str) and "." in ref and not _NO_FILE.match(ref):
                    return True
        pending += [part for part in (one.values() if type(one) is dict else one) if type(part) in CONTAINERS]
    return False


def _version(root: dict[str, Any], source: Source) -> tuple[int, int]:
    """Read the OpenAPI version. Raises Refused for versions that are not supported and for other documents."""
    if "openapi" not in root:
        location = source.locate(())
        if "swagger" in root:
            location = source.locate(("swagger",))
            message = "this is a Swagger 2.0 document; OpenAPI 3.0, 3.1 and 3.2 are supported"
            hint = "convert it, for example with `npx swagger2openapi`"
            raise source.refuse(message, location, hint=hint, pointer="#/swagger")
        message = "this is not an OpenAPI document: it has no member called openapi"
        if "asyncapi" in root:
            message = "this is an AsyncAPI document, not an OpenAPI document"
        raise source.refuse(message, location, hint='it begins with, for example, "openapi": "3.1.0"')
    written = root["openapi"]
    if isinstance(written, float):  # `openapi: 3.1` in YAML, or without quotes in JSON
        written = str(written)
    found = _VERSION.fullmatch(written) if isinstance(written, str) else None
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version not in _SUPPORTED:
        message = '"openapi" must be a string such as "3.1.0"'
        if isinstance(written, str):
            message = f"OpenAPI {written} is not supported; 3.0, 3.1 and 3.2 are"
        raise source.refuse(message, source.locate(("openapi",)), pointer="#/openapi")
    return version
