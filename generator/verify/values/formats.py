"""Which texts are values of a format, for the formats that become types of Python: judged by the standard library."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from . import strings

_CLOCK = r"\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})"  # RFC 3339, section 5.6


def _padded(text: str) -> str:
    return text if "=" in text else text + "=" * (-len(text) % 4)


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "date": (r"\d{4}-\d{2}-\d{2}", date.fromisoformat),
    "time": (_CLOCK, lambda text: time.fromisoformat(text.upper())),
    "date-time": (rf"\d{{4}}-\d{{2}}-\d{{2}}[Tt]{_CLOCK}", lambda text: datetime.fromisoformat(text.upper())),
    "uuid": (r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", str),
    "byte": (r"[\x00-\x7f]*", lambda text: base64.b64decode(text, validate=True)),
    "base64url": (r"[A-Za-z0-9_-]*={0,2}", lambda text: base64.urlsafe_b64decode(_padded(text))),
    "ipv4": (r"[0-9.]+", ipaddress.IPv4Address),
    "ipv6": (r"[0-9A-Fa-f:.]+", ipaddress.IPv6Address),
}


def is_value(name: str, text: str) -> bool:
    """Tell whether a text is a value of a format; every text is one of a format that only annotates."""
    if name not in _READERS:
        return True
    pattern, read = _READERS[name]
    try:
        return re.fullmatch(pattern, text, re.ASCII) is not None and read(text) is not None
    except ValueError:
        return False


def _judge(name: str) -> Callable[[str], bool]:
    return lambda text: is_value(name, text)


JUDGES: Mapping[str, Callable[[str], bool]] = {name: _judge(name) for name in {*_READERS, *strings.FORMATS}}
"""A judge for each format that a validator of JSON Schema may know."""
