"""The path of an API's server: a service is mounted there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from .. import ir

_VARIABLE = re.compile("{([^{}]+)}")


def server_path(base_url: str | None, servers: Sequence[ir.Server]) -> str:
    """Give the path of the base URL, else of the first server (OpenAPI 3.1, 4.8.5), as a router compares it: percent-decoded.

    It begins with `/` and does not end with it. The path is empty if the URL has none, is relative to where the document
    stands, has a variable without a value, or is no URL at all.
    """
    try:
        path = unquote(urlsplit(base_url or "".join(map(_filled, servers[:1]))).path).rstrip("/")
    except ValueError:  # `https://[your-domain]/v1`
        return ""
    return path if path.startswith("/") and "{" not in path else ""


def _filled(server: ir.Server) -> str:
    return _VARIABLE.sub(lambda found: server.variables.get(found[1], found[0]), server.url)


def may_stand_below(path: str, templates: Iterable[str]) -> bool:
    """Whether a request below a path may be one for an operation, whose paths are given: fixed segments are equal, variables fit."""
    first = path.split("/")
    return any(
        len(segments) > len(first)
        and all("{" in segment or unquote(segment) == own for own, segment in zip(first, segments, strict=False))
        for segments in (re.split("[?#]", one)[0].split("/") for one in templates)
    )
