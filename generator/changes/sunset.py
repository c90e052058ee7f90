"""When what is deprecated may go: the extension `x-sunset` (a date or date-time of RFC 3339), with oasdiff's identifiers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from .verdicts import value_text

Kind = Literal["removed-before-sunset", "removed-with-deprecation", "sunset-parse"]
_DAY = 10  # characters of YYYY-MM-DD


def day(raw: dict[str, Any]) -> date | None:
    """The day of `x-sunset`; None if there is none, or if it is no date."""
    try:
        return date.fromisoformat(str(raw.get("x-sunset"))[:_DAY])
    except ValueError:
        return None


def removal(raw: dict[str, Any], today: date) -> tuple[Kind, str]:
    """Judge the removal of something that was deprecated: its kind, and how the sentence about it ends."""
    until = day(raw)
    if until is not None and today < until:
        return "removed-before-sunset", f"before its sunset on {until}"
    if until is None and "x-sunset" in raw:
        return "sunset-parse", f"after its deprecation; its x-sunset {value_text(raw['x-sunset'])} is no date"
    return "removed-with-deprecation", "after its deprecation"


def until(raw: dict[str, Any]) -> str:
    """The end of a sentence about a deprecation: the day until which it is there."""
    found = day(raw)
    return f" and goes on {found}" if found is not None else ""


def compare_sunsets(
    before: dict[str, Any], after: dict[str, Any], title: str, add: Callable[..., None], prefix: str = ""
) -> None:
    """Compare the days of something that is deprecated in both documents; `prefix` begins the identifiers of parameters."""
    was, is_ = day(before), day(after)
    if before.get("deprecated") is not True or after.get("deprecated") is not True or was == is_:
        return
    name = prefix or "api-"
    subject = f"{title[:1].upper()}{title[1:]}"
    if is_ is None:
        add(
            f"{prefix}sunset-deleted", message=f"{subject} no longer says when it goes; it was {was}.", severity="error"
        )
    elif was is None:
        add(f"{name}sunset-date-added", message=f"{subject} goes on {is_}.")
    elif is_ < was:
        message = f"{subject} goes on {is_} already, and not on {was}."
        add(f"{name}sunset-date-changed-too-small", message=message, severity="error")
    else:
        add(f"{name}sunset-date-changed", message=f"{subject} goes on {is_}, and not on {was} yet.")
