"""Names that the settings pin: each is kept as it is, or refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .reserved import GROUP_RESERVED
from .words import is_plain


class PinError(ValueError):
    """Names that the settings pin and that can't be kept: pin → why."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{pin}: {why}" for pin, why in wrong.items()))
        self.wrong = wrong


def check_pins(pins: Mapping[str, tuple[str, ...]], reserved: Collection[str]) -> None:
    """Check names that are pinned: pin → the name, after the group that it is in. Raises PinError."""
    wrong: dict[str, str] = {}
    holders: dict[tuple[str, ...], str] = {}
    for pin, place in pins.items():
        name = place[-1]
        if not is_plain(name):
            wrong[pin] = f"{name} is no name for generated code: a keyword, or one that begins with an underscore"
        elif name in reserved:
            wrong[pin] = f"generated modules use the name {name} themselves"
        elif place in holders:
            wrong[pin] = f"{holders[place]} is called {name} too"
        holders.setdefault(place, pin)
    if wrong:
        raise PinError(wrong)


def check_single(chosen: Mapping[str, str]) -> None:
    """Check that each pin (pointer of an operation → its pin) names one operation. Raises PinError."""
    shared: dict[str, list[str]] = {}
    for pointer, pin in chosen.items():
        shared.setdefault(pin, []).append(pointer)
    wrong = {pin: sorted(pointers) for pin, pointers in shared.items() if len(pointers) > 1}
    if wrong:
        why = "it names {} operations, which share a path item: pin each by its pointer, such as {}"
        raise PinError({pin: why.format(len(pointers), pointers[0]) for pin, pointers in wrong.items()})


def check_groups(pins: Mapping[str, str], made: Collection[str]) -> None:
    """Check groups that are pinned (pin → group) against those of tags. Raises PinError."""
    folded = {name.casefold(): name for name in (*pins.values(), *made)}
    check_pins({pin: (pin, name) for pin, name in pins.items()}, GROUP_RESERVED)
    wrong = {pin: folded[name.casefold()] for pin, name in pins.items() if folded[name.casefold()] != name}
    if wrong:
        raise PinError({pin: f"there is a group {other}, and capitals do not count" for pin, other in wrong.items()})
