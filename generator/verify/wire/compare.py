"""When two values are the same: JSON by value, texts of a format by what they mean."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_PADDED = re.compile(r"[\w-]+={1,2}", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?"
)


def difference(sent: Any, found: Any, path: str = "") -> str:
    """Return what is the first difference between two JSON values, "" where they are the same."""
    if isinstance(sent, dict) and isinstance(found, dict):
        for key in [*sent, *(k for k in found if k not in sent)]:
            if key not in found:
                return f"{path}/{key}: {shown(sent[key])} was lost"
            if key not in sent:
                return f"{path}/{key}: {shown(found[key])} was added"
            if problem := difference(sent[key], found[key], f"{path}/{key}"):
                return problem
        return ""
    if isinstance(sent, list) and isinstance(found, list):
        if len(sent) != len(found):
            return f"{path or '/'}: the items are {len(found)}, not {len(sent)}"
        return next(
            (p for i, (a, b) in enumerate(zip(sent, found, strict=True)) if (p := difference(a, b, f"{path}/{i}"))), ""
        )
    return "" if _scalar(sent, found) else f"{path or '/'}: {shown(sent)} became {shown(found)}"


def is_json_of(value: Any, text: str | bytes) -> bool:
    """Tell whether a text is a JSON value, written in any way."""
    try:
        return not difference(value, json.loads(text))
    except ValueError:
        return False


def shown(value: Any) -> str:
    """Return a short text for a value."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 160 else f"{text[:157]}…"


def _scalar(sent: Any, found: Any) -> bool:
    if isinstance(sent, bool) or isinstance(found, bool) or sent is None or found is None:
        return sent is found
    if isinstance(sent, int | float) and isinstance(found, int | float):
        return sent == found or (float in (type(sent), type(found)) and _double(sent) == _double(found))
    if isinstance(sent, str) and isinstance(found, str):
        return sent == found or same_meaning(sent, found)
    return False


def _double(number: float) -> float:
    """Return what a number is with the precision of JSON in practice (RFC 8259 section 6)."""
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def same_meaning(sent: str, found: str) -> bool:
    """Tell whether two different texts of a format mean the same: instants, durations, UUIDs, base64, padding."""
    if _DATE.match(sent) and _DATE.match(found):
        return _read(_moment, sent) == _read(_moment, found) is not None
    if sent.lstrip("+-").startswith("P") and found.lstrip("+-").startswith("P"):
        return _duration(sent) == _duration(found) is not None
    if ":" in sent and ":" in found and sent[:1].isdigit():
        return _read(time.fromisoformat, sent) == _read(time.fromisoformat, found) is not None
    first, second = _read(uuid.UUID, sent), _read(uuid.UUID, found)
    if first and second:
        return first == second
    if _read(_base64, sent) == _read(_base64, found) not in (None, b""):
        return True
    return _PADDED.fullmatch(found) is not None and len(found) % 4 == 0 and sent == found.rstrip("=")


def scalar_text(sent: Any, found: str) -> bool:
    """Tell whether a text outside of JSON is how a scalar is written."""
    if isinstance(sent, bool):
        return found == ("true" if sent else "false")
    if isinstance(sent, int | float):
        try:
            return Decimal(str(sent)) == Decimal(found)
        except InvalidOperation:
            return False
    return isinstance(sent, str) and (sent == found or same_meaning(sent, found))


def _read(read: Callable[[str], T], text: str) -> T | None:
    """Return what a text of a format means; None if it is not of the format."""
    try:
        return read(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("z", "Z").replace("t", "T"))


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _duration(text: str) -> timedelta | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    years, months, weeks, days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    whole = timedelta(days=years * 365 + months * 30 + days, weeks=weeks, hours=hours, minutes=minutes, seconds=seconds)
    return -whole if match[1] == "-" else whole
