"""The stage of work that goes on, with what it works on, for whoever shows it."""

from __future__ import annotations

from collections.abc import Sized


class _Now:
    """What is done at the moment; one run does one thing after the other."""

    text: str = ""


_now = _Now()


def enter(what: str, things: object = None, noun: str = "") -> None:
    """Say that a stage begins: `modelling`, and the schemas that it works on, which are counted if they can be."""
    number = len(things) if isinstance(things, Sized) else 0
    _now.text = f"{what} {number:,} {noun}{'s' if number != 1 else ''}" if number else what


def now() -> str:
    """Give the stage that goes on; empty before the first one."""
    return _now.text
