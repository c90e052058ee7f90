"""TOML, within bounds: settings come with a working tree, which need not be the user's own."""

from __future__ import annotations

import re
import tomllib
from typing import Any

TOML_LIMIT = 1_000_000
"""Octets of a file of settings."""
_PARTS = 50  # names of one dotted key: the time that `tomllib` takes grows with their square
_NAME = r"""(?:[\w-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+"""
_DEEP = re.compile(rf"(?:^|[\[{{,])[ \t]*+{_NAME}(?:\.[ \t]*+{_NAME}){{{_PARTS}}}", re.MULTILINE)


def decode(data: bytes) -> str:
    """Decode a file, of which one octet more than TOML_LIMIT was read at most. Raises ValueError."""
    if len(data) > TOML_LIMIT:
        raise ValueError(f"it has more than {TOML_LIMIT:,} bytes")
    return data.decode().replace("\r\n", "\n")


def loads(text: str) -> dict[str, Any]:
    """Read TOML. Raises tomllib.TOMLDecodeError, with the place where it has one, and ValueError for what is beyond a bound."""
    if found := _DEEP.search(text):
        line = text.count("\n", 0, found.start() + 1) + 1
        raise ValueError(f"the key in line {line:,} has more than {_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables in it are nested too deeply") from None
