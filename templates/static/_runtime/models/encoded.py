"""Bytes that are written as text."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class _Encoded:
    """Bytes as text on the wire: `decode` raises ValueError for text that is none."""

    def __init__(self, decode: Callable[[str], bytes], encode: Callable[[bytes], bytes]) -> None:
        self._decode, self._encode = decode, encode

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True)
        decode = core_schema.no_info_plain_validator_function(self._decode)
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema([text, decode]),
            python_schema=core_schema.bytes_schema(strict=True),
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._text, return_schema=text, when_used="json"
            ),
        )

    def _text(self, value: bytes) -> str:
        return self._encode(value).decode()


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _base64url(text: str) -> bytes:
    if "+" in text or "/" in text:
        raise ValueError("these are characters of the other base64")
    padded = text if "=" in text else text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, b"-_", validate=True)


Base64 = Annotated[bytes, _Encoded(_base64, base64.b64encode)]
"""RFC 4648 section 4."""
Base64Url = Annotated[bytes, _Encoded(_base64url, base64.urlsafe_b64encode)]
"""RFC 4648 section 5: read with and without padding, written with it."""
