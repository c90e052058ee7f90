"""Strings for schemas: by format, by pattern, by length."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

from ..document.merging import NoInstance, Undecided
from .patterns import matches, matching

FORMATS: Mapping[str, tuple[str, ...]] = {
    "date-time": ("2024-02-29T12:30:45Z", "1999-12-31T23:59:59.123456+05:30", "2030-01-01T00:00:00-08:00"),
    "date": ("2024-02-29", "1970-01-01", "9999-12-31"),
    "time": ("12:30:45Z", "23:59:59.5+02:00", "00:00:00Z"),
    "duration": ("P1D", "PT1H30M", "P3DT4H5M6S"),
    "uuid": ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "00000000-0000-0000-0000-000000000000"),
    "email": ("a@example.com", "first.last+tag@sub.example.org"),
    "idn-email": ("a@example.com",),
    "hostname": ("example.com", "a.b-c.example"),
    "idn-hostname": ("example.com",),
    "ipv4": ("192.0.2.1", "255.255.255.255"),
    "ipv6": ("2001:db8::1", "::"),
    "uri": ("https://example.com/a?b=c#d", "urn:isbn:0451450523"),
    "url": ("https://example.com/a?b=c",),
    "iri": ("https://example.com/a",),
    "uri-reference": ("/a/b?c", "https://example.com/"),
    "iri-reference": ("/a/b",),
    "uri-template": ("/a/{b}",),
    "json-pointer": ("/a/0", "/a~1b"),
    "relative-json-pointer": ("1/a",),
    "regex": ("^a+$",),
    "byte": ("YQ==", "AAECAwQ=", "c3BlY3R3aW4="),
    "base64url": ("YQ", "AAECAwQ"),
}
_LOOKS_AROUND = re.compile(r"\(\?<?[=!]")
_LONG = "long " * 60
BODY_TEXTS = (
    "",
    '"quoted" \\ /slash\\ \t\n\r\u0001 control',
    "Ünïcödé 漢字 🎈 \u202ertl",
    _LONG,
    " edges ",
    "null",
    "1e3",
)
QUERY_TEXTS = ("a/b?c=d&e=f#g%20+h", "Ünïcödé 漢字 🎈", "a,b;c|d e", _LONG, " edges ", "null", "1e3", "true")
HEADER_TEXTS = ("a/b?c=d&e=f#g%20+h", "printable ~!@#$^*()_[]{}<>", "Ünïcödé", "x" * 200, "1e3")
COOKIE_TEXTS = ("a/b?c=d", "x" * 100, "1e3")
TEXTS: Mapping[str, tuple[str, ...]] = {"json": BODY_TEXTS, "header": HEADER_TEXTS, "cookie": COOKIE_TEXTS}


def string(schema: Mapping[str, Any], level: int, rng: random.Random, use: str) -> str:
    """Return a string for a flat schema; `level` is 0 for the plainest, 1 for a usual one, 2 for an extreme one."""
    low, high = int(schema.get("minLength", 0)), schema.get("maxLength")
    if "pattern" in schema:
        return _by_pattern(schema, level, rng)
    known = FORMATS.get(str(schema.get("format", "")).lower())
    if known:
        fitting = [t for t in known if low <= len(t) and (high is None or len(t) <= high)]
        if not fitting:
            raise NoInstance(f"no {schema['format']} of this length")
        return fitting[0] if level == 0 else rng.choice(fitting)
    if level < 2:
        text = "a" if level == 0 else rng.choice(("text", "some words", "x-1", "Text.2", "value"))
    else:
        text = rng.choice(TEXTS.get(use, QUERY_TEXTS))
    return fit(text, low, high)


def fit(text: str, low: int, high: int | None) -> str:
    """Return a text cut or filled to a length in code points."""
    if high is not None and len(text) > high:
        text = text[: int(high)]
    return text + "b" * (low - len(text))


def _by_pattern(schema: Mapping[str, Any], level: int, rng: random.Random) -> str:
    low, high = int(schema.get("minLength", 0)), schema.get("maxLength")
    found = matching(str(schema["pattern"]))
    known = FORMATS.get(str(schema.get("format", "")).lower(), ())
    fitting = [t for t in (*known, *found) if len(t) >= low and (high is None or len(t) <= high)]
    if known:  # what merely matches the pattern need not be of the format
        fitting = [t for t in fitting if t in known and matches(schema["pattern"], t)]
        if not fitting:
            raise NoInstance(f"no {schema['format']} was found for the pattern {schema['pattern']}")
    if not fitting:
        longer = (fit(t * (low // max(len(t), 1) + 1), low, high) for t in found)
        fitting = [t for t in longer if matches(schema["pattern"], t)]
    if not fitting:
        kind = Undecided if _LOOKS_AROUND.search(schema["pattern"]) else NoInstance
        raise kind(f"no text was found for the pattern {schema['pattern']}")
    return min(fitting, key=len) if level == 0 else rng.choice(fitting)
