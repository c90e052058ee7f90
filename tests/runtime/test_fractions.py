"""Digits of a second beyond microseconds are cut when they are read, never refused, and never rounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

WHOLE = {"DateTime": '"2021-02-22T21:09:34{}Z"', "UTCDateTime": '"2021-02-22T21:09:34{}"', "Time": '"21:09:34{}Z"'}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("digits", [1, 3, 6, 7, 9, 10, 12, 20, 40])
def test_digits_beyond_microseconds_are_cut(runtime: Callable[[str], Any], name: str, digits: int) -> None:
    formats = runtime("models.formats")
    type_ = getattr(formats, name, None) or getattr(runtime("models.base"), name)
    text = WHOLE[name].format("." + "9" * digits)
    found = runtime("wire.contract").Json(type_).read(text.encode())
    assert found.microsecond == int(("9" * digits)[:6].ljust(6, "0"))
    assert found.second == 34
