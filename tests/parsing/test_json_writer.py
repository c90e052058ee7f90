"""What the compiled writer writes is what `json.dumps` writes."""

from __future__ import annotations

import json
import struct
from math import isfinite
from random import Random
from typing import Any

import pytest

from generator.parsing.json_writer import write

NESTED: Any = {"a": [1, {"b": []}, {}, [[]]], "c": None}
DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    [
        NESTED,
        DEEP,
        {},
        [],
        "",
        *(chr(code) for code in (*range(0x100), 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0x1F600, 0xD800, 0xDFFF)),
        *(10**power * sign for power in range(40) for sign in (1, -1)),
        *(float(f"{digits}e{power}") for digits in ("1", "-1.5", "9.87654321") for power in range(-30, 30)),
        *(0.1, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53, 0.0001, 0.00001, 1e16, 1e22, 123456789012345680.0),
        {"1e-07": 1e-07},
        [True, False, None, {'\x00"\\/': "\b\f\n\r\t\x7f"}],
    ],
)
def test_the_bytes_are_those_of_json(value: Any) -> None:
    assert write(value) == json.dumps(value, ensure_ascii=False, indent=2)


def test_any_float_is_written_as_json_does() -> None:
    random = Random(19)  # noqa: S311 - it chooses what is tried
    for _ in range(20_000):
        number = struct.unpack("<d", random.randbytes(8))[0]
        if isfinite(number):
            assert write(number) == json.dumps(number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_does_not_have_is_no_json(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write([number])
