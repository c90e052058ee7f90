"""Bodies of text and of bytes."""

from __future__ import annotations

import re
from typing import Any

from .exceptions import DecodeError, EncodeError
from .wire import Media


class Text(Media):
    """Text, in UTF-8 unless the content type has another charset."""

    empty = True

    def __init__(self, media_type: str = "text/plain") -> None:
        self.concrete = media_type.replace("*/*", "text/*").replace("*", "plain")
        super().__init__(str, media_type)

    def write(self, value: Any) -> tuple[bytes, str]:
        if not isinstance(value, str):
            raise EncodeError(f"text is needed, not {type(value).__name__}")
        return value.encode(), self.content_type.partition(";")[0] + "; charset=utf-8"

    def read(self, data: bytes, content_type: str = "") -> Any:
        charset = re.search(r';\s*charset="?([\w.:-]+)', content_type, re.IGNORECASE)
        try:
            return data.decode(charset[1] if charset else "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise DecodeError.of(str(error), "text_encoding") from None


class Binary(Media):
    """Bytes as they are."""

    empty = True

    def __init__(self, media_type: str = "application/octet-stream") -> None:
        self.concrete = media_type.replace("*/*", "application/*").replace("*", "octet-stream")
        super().__init__(bytes, media_type)

    def write(self, value: Any) -> tuple[bytes, str]:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise EncodeError(f"bytes are needed, not {type(value).__name__}")
        return bytes(value), self.content_type

    def read(self, data: bytes, content_type: str = "") -> Any:
        return data
