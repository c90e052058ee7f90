"""Bytes → values: JSON, YAML or a Markdown page, within bounds."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import diagnose, display, place
from ..disk import Files, InTheWay, read_file, size
from .limits import Budget, Limits
from .source import Source


def open_source(path: Path, limits: Limits) -> Source:
    """Read one file's text and find out how it is written.

    Raises Refused for a file that can't be read, is too big or empty, is not UTF-8, or is neither JSON nor YAML nor a
    Markdown page with an OpenAPI document in it.
    """
    return to_source(path, decode(path, read_bytes(path, limits)))


STANDARD_INPUT = "-"
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+(.*)", re.IGNORECASE)  # two letters at least: `C:/` is a disk


def read_bytes(path: Path, limits: Limits, among: tuple[Files, PurePosixPath] | None = None, before: int = 0) -> bytes:
    """Read a file of a document; `-` is standard input. Raises Refused if that is not possible, or more than the limits allow.

    `among` are the files that it is read from, and its name there; `path` is then what messages call it. `before` are the
    octets of the document's other files.
    """
    message = hint = ""
    limit = max(limits.bytes - before, 1)
    data = b""
    if among is None and (address := _ADDRESS.match(str(path))):
        raise no_download(f"{address[1]}://{address[2]}")
    try:
        if among is not None:
            data = among[0].read(among[1], limit + 1)
        else:
            data = sys.stdin.buffer.read(limit + 1) if str(path) == STANDARD_INPUT else read_file(path, limit + 1)
    except InTheWay as error:
        message = f"the file can't be read: it is {error.what}"
    except FileNotFoundError:
        message = "there is no such file"
    except IsADirectoryError:
        message = "this is a folder, not a file"
    except (OSError, ValueError) as error:
        message = f"the file can't be read: {getattr(error, 'strerror', None) or error}"
    if len(data) > limit:
        message, hint = f"the document has more than {limits.bytes:,} bytes", _raise(path, limits, among, before)
    elif not message and not data.strip():
        message = "the file is empty"
    if message:
        raise Refused(Diagnostic(severity="error", message=message, file=display(path), hint=hint))
    return data


def _raise(path: Path, limits: Limits, among: tuple[Files, PurePosixPath] | None, before: int) -> str:
    """Say how to raise the bound of octets; who gave the file knows its size, and standard input has none."""
    if among is not None:
        octets = among[0].size(among[1])
    elif str(path) == STANDARD_INPUT:
        octets = None
    else:
        octets = size(path)
    if octets is None:
        return f"{limits.hint('bytes')}; its size is not known: if that is not enough, double it"
    return limits.hint("bytes", octets + before)


def no_download(address: str) -> Refused:
    """Make the exception for an address on the network in place of a file."""
    hint = (
        f"download it first: curl -fsSL -o openapi.json {shlex.quote(address)}; or pipe it, with - in its place "
        "(standard input; its $refs are read from the current folder)"
    )
    return Refused(Diagnostic(severity="error", message="nothing is read from a network", file=address, hint=hint))


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
        from .markdown import find_block  # seldom needed

        block = find_block(path, text)
        if block is not None:
            return block
    return Source(path=path, text=text, format="yaml")


def parse(source: Source, limits: Limits, budget: Budget | None = None) -> dict[str, Any]:
    """Read the values of a text into ``source.root``. Raises Refused, also where it is not an object."""
    root = parse_any(source, limits, budget)
    if not isinstance(root, dict):
        message = "an OpenAPI document is an object (a mapping) with a member called openapi"
        raise source.refuse(message, source.at(1, 1))
    return root


def parse_any(source: Source, limits: Limits, budget: Budget | None = None) -> Any:
    """Read the values of a text, whatever they are, into ``source.root``. Raises Refused."""
    if source.format == "json":
        return _parse_json(source, limits)
    if source.text.lstrip()[:1] == "{":
        as_json = replace(source, format="json")
        try:
            root = _parse_json(as_json, limits)
        except Refused:
            pass  # YAML in flow style
        else:
            source.format, source.root, source.index = "json", root, as_json.index
            return root
    from . import yaml_text  # yaml is a heavy import

    source.index = yaml_text.YamlIndex(source.text)
    source.root = yaml_text.read(source, limits, budget or Budget(limits))
    return source.root


def _parse_json(source: Source, limits: Limits) -> Any:
    from . import json_text
    from .json_positions import JsonIndex

    source.index = JsonIndex(source.text)
    source.root = json_text.read(source, limits)
    return source.root
