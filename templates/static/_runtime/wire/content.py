"""Bodies of text, of bytes, and in one of several media types."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..exceptions import DecodeError, EncodeError
from .contract import Media, essence
from .uploads import Upload

T = TypeVar("T")
# Not whatever Python has: some of its codecs (punycode) take quadratic time, or are no character sets of the IANA.
_CHARSET = re.compile(
    "utf-?(8|16|32)(-?[bl]e)?|us-ascii|ascii|latin-?1|iso-8859-[0-9]+|windows-[0-9]+|koi8-[ru]|shift_jis|euc-(jp|kr)|gbk"
    "|gb2312|gb18030|big5",
    re.IGNORECASE,
)
PLAIN_TRANSFER = frozenset({"", "7bit", "8bit", "binary"})  # encodings of a part that change nothing


@dataclass(frozen=True, slots=True)
class Content(Generic[T]):
    """A body in another media type than the first one declared."""

    media_type: str
    value: T


def _words(media_type: str) -> set[str]:
    """Return what a media type consists of: its essence and its parameters."""
    return {word.strip().lower().replace('"', "") for word in media_type.split(";")}


class OneOf(Media):
    """A body in one of several media types, or of a range of them: the first is plain in Python, others are Content."""

    def __init__(self, *media: Media) -> None:
        super().__init__(media[0].type, ", ".join(m.media_type for m in media))
        self.all = media
        for one in media:  # what is written for a range must be one media type of it
            if re.search(r"\*(?!\+)", one.media_type):
                one.content_type = getattr(one, "concrete", "application/json")
            else:
                one.content_type = one.media_type.replace("*", "x.any")

    @property
    def conceals(self) -> bool:
        return any(one.conceals for one in self.all)

    def find(self, content_type: str) -> Media | None:
        """Return the media type with the most parameters that are there, else the narrowest range."""
        words, wanted = _words(content_type), essence(content_type)
        if equal := [m for m in self.all if _words(m.media_type) <= words]:
            return max(equal, key=lambda m: len(_words(m.media_type)))
        names = [wanted, wanted.partition("/")[0] + "/*", "*/*"]
        if wanted.endswith("+json"):
            names[1:1] = ["application/*+json", "application/json"]
        known = {essence(m.media_type): m for m in reversed(self.all)}
        return next((known[name] for name in names if name in known), None)

    def write(self, value: Any) -> tuple[Any, str]:
        """Write a value in its media type: the first, unless it is a Content; raise EncodeError."""
        return self._write(value, lambda media: media.write)

    def upload(self, value: Any) -> tuple[Any, str]:
        """Write a value that a client sends: where its media type takes an Uploadable, an Upload of it."""
        return self._write(value, lambda media: getattr(media, "upload", media.write))

    def _write(self, value: Any, how: Callable[[Media], Callable[[Any], tuple[Any, str]]]) -> tuple[Any, str]:
        if not isinstance(value, Content):
            return how(self.all[0])(value)
        found = self.find(value.media_type)
        if found is None or not value.media_type.isprintable():
            raise EncodeError(f"{value.media_type!r} is none of {self.media_type}")
        data, content_type = how(found)(value.value)
        return data, content_type if essence(value.media_type) == essence(found.media_type) else value.media_type

    def read(self, data: bytes, content_type: str = "") -> Any:
        """Read a body in its media type, the first where none is said; raise DecodeError."""
        found = self.find(content_type) if content_type else self.all[0]
        if found is None:
            raise DecodeError.of(f"{content_type!r} is none of {self.media_type}", "content_type")
        return self.wrap(found, found.read(data, content_type), content_type)

    def wrap(self, found: Media, value: Any, content_type: str) -> Any:
        """Return a value as it is, or as the Content of its media type: the declared one, within a range what came."""
        if found is self.all[0]:
            return value
        name = essence(content_type)
        return Content(found.media_type if essence(found.media_type) == name else name, value)


class Text(Media):
    """Text, in UTF-8 unless the content type has another charset."""

    empty = True

    def __init__(self, media_type: str = "text/plain", *, conceals: bool = False) -> None:
        self.is_secret = conceals
        self.concrete = media_type.replace("*/*", "text/*").replace("*", "plain")
        super().__init__(str, media_type)

    def write(self, value: Any) -> tuple[bytes, str]:
        if not isinstance(value, str):
            raise EncodeError(f"text is needed, not {type(value).__name__}")
        return value.encode(), self.content_type.partition(";")[0] + "; charset=utf-8"

    def read(self, data: bytes, content_type: str = "") -> Any:
        charset = re.search(r';\s*charset="?([\w.:-]+)', content_type, re.IGNORECASE)
        if charset and not _CHARSET.fullmatch(charset[1]):
            raise DecodeError.of(f"{charset[1][:40]} is not read", "text_encoding")
        try:
            return data.decode(charset[1] if charset else "utf-8")
        except (UnicodeDecodeError, LookupError) as error:
            raise DecodeError.of(str(error), "text_encoding") from None


class Binary(Media):
    """Bytes as they are."""

    empty = True

    def __init__(self, media_type: str = "application/octet-stream", *, conceals: bool = False) -> None:
        self.is_secret = conceals
        self.concrete = media_type.replace("*/*", "application/*").replace("*", "octet-stream")
        super().__init__(bytes, media_type)

    def write(self, value: Any) -> tuple[bytes, str]:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise EncodeError(f"bytes are needed, not {type(value).__name__}")
        return bytes(value), self.content_type

    def upload(self, value: Any) -> tuple[Any, str]:
        """Write an Uploadable, which is read while it is sent; raise EncodeError or OSError."""
        return (value if isinstance(value, bytes) else Upload(value)), self.content_type

    def read(self, data: bytes, content_type: str = "") -> Any:
        return data
