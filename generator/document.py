"""Reading an OpenAPI document: JSON, YAML or a Markdown page; one file or several; positions of all that is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .diagnostics import Diagnostic, Refused, Severity
from .disk import read_file
from .limits import Limits
from .sources import Location, Pointer, Source, diagnose, display, escape, get, join, place, split, unescape

__all__ = [
    "Document",
    "Limits",
    "Location",
    "Pointer",
    "Source",
    "escape",
    "get",
    "join",
    "load",
    "open_source",
    "parse",
    "split",
    "unescape",
]

_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.\d+)?(?:-[\w.]+)?")
_SUPPORTED = {(3, 0), (3, 1), (3, 2)}
# A quick look at a JSON text: a $ref that does not begin with `#`, or one that is written with an escape.
_ELSEWHERE = re.compile(r'"(?:\$|\\u0024)ref"\s*:\s*"(?!#)|\\u0024|"discriminator"|"\$self"|"operationRef"')

_IDENTIFIED = re.compile(r"\$id\b|\$anchor\b|\$dynamicAnchor\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as one self-contained tree, members in the order in which they were written.

    All ``$ref``s that are left lead into the tree (``#/…``), or to an ``$id`` or ``$anchor`` in it.
    ``moves`` leads from a pointer of the tree to the source and the pointer where that part was written.
    """

    path: Path
    root: dict[str, Any]
    version: tuple[int, int]
    sources: tuple[Source, ...] = field(repr=False)
    moves: Mapping[Pointer, tuple[int, Pointer]] = field(default_factory=dict, repr=False)
    limits: Limits = field(default_factory=Limits, repr=False)

    def locate(self, pointer: Pointer) -> Location:
        """Find where a value was written; the nearest one around it where there is none."""
        number, origin = self.origin(pointer)
        return self.sources[number].locate(split(origin))

    def origin(self, pointer: Pointer) -> tuple[int, Pointer]:
        """Find the source, by its number, and the pointer there at which a value of the tree was written."""
        if not self.moves:
            return 0, pointer
        prefix = pointer
        while prefix not in self.moves and prefix != "#":
            prefix = prefix.rpartition("/")[0]
        number, origin = self.moves.get(prefix, (0, "#"))
        return number, origin + pointer[len(prefix) :]

    def at(self, pointer: Pointer) -> Any:
        """Give the value at a pointer. Raises KeyError where there is none."""
        return get(self.root, pointer)

    def resolve(self, ref: str) -> Any:
        """Follow a ``$ref`` of this document (a URI fragment, percent-encoding allowed).

        Raises KeyError where it leads nowhere.
        """
        if ref == "#":
            return self.root
        if not ref.startswith("#/"):
            raise KeyError(ref)
        return get(self.root, unquote(ref) if "%" in ref else ref)

    def diagnostic(self, severity: Severity, message: str, pointer: Pointer, hint: str = "") -> Diagnostic:
        """Make a finding about the value at a pointer, with its place filled in."""
        return diagnose(severity, message, self.locate(pointer), hint=hint, pointer=pointer)

    def with_root(self, root: dict[str, Any], moves: Mapping[Pointer, tuple[int, Pointer]] | None = None) -> Document:
        """Make a document with another tree that was made from this one."""
        return replace(self, root=root, moves=self.moves if moves is None else moves)


def load(path: Path, *, overlays: Sequence[Path] = (), limits: Limits | None = None) -> Document:
    """Read a document, apply overlays (OpenAPI Overlay 1.0 and 1.1) and join the files that it refers to.

    Nothing outside the folder of ``path`` is read, and nothing from a network. Raises Refused with everything that is
    wrong with the text, its references or its version.
    """
    limits = limits or Limits()
    source = open_source(path, limits)
    root = parse(source, limits)
    if overlays:
        from .overlay import apply  # seldom needed

        root = apply(root, [open_source(overlay, limits) for overlay in overlays], limits)
    if _IDENTIFIED.search(source.text):
        from .identifiers import localise  # seldom needed

        root = localise(root)
    document = Document(path=path, root=root, version=_version(root, source), sources=(source,), limits=limits)
    if source.format == "json" and not overlays and not _ELSEWHERE.search(source.text):
        return document
    from .bundle import bundle  # seldom needed

    return bundle(document)


def open_source(path: Path, limits: Limits) -> Source:
    """Read one file's text and find out how it is written.

    Raises Refused for a file that can't be read, is too big or empty, is not UTF-8, or is neither JSON nor YAML nor a
    Markdown page with an OpenAPI document in it.
    """
    return to_source(path, decode(path, read_bytes(path, limits.bytes)))


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a file of at most ``limit`` octets. Raises Refused where that is not possible."""
    message = ""
    data = b""
    try:
        data = read_file(path, limit + 1)
    except FileNotFoundError:
        message = "there is no such file"
    except IsADirectoryError:
        message = "this is a folder, not a file"
    except (OSError, ValueError) as error:
        message = f"the file can't be read: {getattr(error, 'strerror', None) or error}"
    if len(data) > limit:
        message = f"the document has more than {limit:,} bytes"
    elif not message and not data.strip():
        message = "the file is empty"
    if message:
        raise Refused(Diagnostic(severity="error", message=message, file=display(path)))
    return data


def decode(path: Path, data: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark. Raises Refused, with the place, for anything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        message = "the file is encoded in UTF-16 or UTF-32, or is not text"
        raise Refused(Diagnostic(severity="error", message=message, file=display(path), hint="save it as UTF-8"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        shown = data.decode("utf-8-sig", "backslashreplace")
        line = before.count("\n") + 1
        location = place(display(path), shown, line, len(before) - before.rfind("\n"))
        message = f"the file is not UTF-8: the byte 0x{data[error.start]:02x} has no meaning here"
        raise Refused(diagnose("error", message, location, hint="save it as UTF-8")) from None


def to_source(path: Path, text: str) -> Source:
    """Find out how a text is written: by the file's suffix, otherwise by its first character.

    Raises Refused for HTML, and for a Markdown page that has no OpenAPI document, or several.
    """
    start = text.lstrip()
    suffix = path.suffix.lower()
    if start.startswith("<"):
        message = "this is HTML or XML, not an OpenAPI document"
        hint = "download the document itself (JSON or YAML), not the page that shows it"
        raise Refused(diagnose("error", message, place(display(path), text, 1, 1), hint=hint))
    if suffix == ".json" or (start.startswith("{") and suffix not in {".yaml", ".yml"}):
        return Source(path=path, text=text, format="json")
    if suffix not in {".yaml", ".yml"}:
        from .importing import find_block  # seldom needed

        block = find_block(path, text)
        if block is not None:
            return block
    return Source(path=path, text=text, format="yaml")


def parse(source: Source, limits: Limits) -> dict[str, Any]:
    """Read the values of a text into ``source.root``. Raises Refused, also where it is not an object."""
    root = parse_any(source, limits)
    if not isinstance(root, dict):
        message = "an OpenAPI document is an object (a mapping) with a member called openapi"
        raise source.refuse(message, source.at(1, 1))
    return root


def parse_any(source: Source, limits: Limits) -> Any:
    """Read the values of a text, whatever they are, into ``source.root``. Raises Refused."""
    if source.format == "json":
        from .json_reader import read

        source.root = read(source, limits)
    elif source.text.lstrip()[:1] == "{" and (quick := _try_json(source, limits)) is not None:
        source.root = quick
    else:
        from .yaml_reader import read as read_yaml  # yaml is a heavy import

        source.root = read_yaml(source, limits)
    return source.root


def _try_json(source: Source, limits: Limits) -> Any:
    """Read a YAML file whose text is JSON, as much of it is, at JSON's speed; None where it is not JSON."""
    from .json_reader import read

    as_json = replace(source, format="json")
    try:
        root = read(as_json, limits)
    except Refused:
        return None
    source.format = "json"
    return root


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
