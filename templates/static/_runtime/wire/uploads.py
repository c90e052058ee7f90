"""Bodies that are read while they are sent: files, and what iterators give."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ..exceptions import EncodeError

CHUNK = 2**16  # bytes that are read at a time
Uploadable = bytes | bytearray | memoryview | Path | BinaryIO | Iterable[bytes] | AsyncIterable[bytes]
"""Bytes, or where they come from: a path, an open binary file from where it stands, an iterator of chunks."""


class Source:
    """Where bytes come from. `size` is None if only the end tells; `again`: they can be read a second time."""

    def __init__(self, given: Any) -> None:
        """Take what an Uploadable is; raise EncodeError for anything else, OSError for a path that can't be read."""
        self.given: Any = bytes(given) if isinstance(given, bytearray | memoryview) else given
        self.start, self.size, self.again = 0, None, True
        if isinstance(self.given, bytes):
            self.size = len(self.given)
        elif isinstance(given, Path):
            self.again = stat.S_ISREG(given.stat().st_mode)  # which a pipe or a device is not
            if self.again:
                with given.open("rb") as file:
                    self.size = _size(file)
        elif hasattr(given, "read"):
            self.again = given.seekable()
            if self.again:
                self.start = given.tell()
                self.size = _size(given)
                given.seek(self.start)
        elif isinstance(given, str | dict) or not isinstance(given, Iterable | AsyncIterable):
            raise EncodeError(f"bytes are needed, or a path, a file or an iterator of them, not {type(given).__name__}")
        else:
            self.again = not isinstance(given, Iterator | AsyncIterator)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; raise EncodeError for what are none."""
        if isinstance(self.given, bytes):
            yield self.given
        elif isinstance(self.given, Path):
            with self.given.open("rb") as file:
                yield from self._read(file)
        elif hasattr(self.given, "read"):
            if self.again:
                self.given.seek(self.start)
            yield from self._read(self.given)
        elif isinstance(self.given, AsyncIterable):
            raise EncodeError("only an async client takes an async iterator")
        else:
            yield from map(_bytes, self.given)

    def _read(self, file: BinaryIO) -> Iterator[bytes]:
        left = (
            self.size if self.size is not None else -1
        )  # what was appended meanwhile is not sent: the length was said
        while left and (chunk := _bytes(file.read(CHUNK if left < 0 else min(CHUNK, left)))):
            left -= len(chunk) if left > 0 else 0
            yield chunk


def _size(file: BinaryIO) -> int | None:
    """Return how many bytes follow; None if only the end tells, as files of /proc have no size."""
    start = file.tell()
    with contextlib.suppress(OSError):
        if (size := file.seek(0, 2) - start) > 0:
            return size
    file.seek(start)
    return None if file.read(1) else 0


def _bytes(chunk: Any) -> bytes:
    if not isinstance(chunk, bytes):
        raise EncodeError(f"bytes are needed, not {type(chunk).__name__}: open files in binary mode")
    return chunk


class Upload:
    """A body from sources, one after the other; iterated by a blocking client. `length` is None if only the end tells."""

    def __init__(self, *parts: Any) -> None:
        """Take what an Uploadable is, for each part; raise what Source raises."""
        self.sources = [Source(part) for part in parts]
        sizes = [one.size for one in self.sources]
        self.length = None if None in sizes else sum(size or 0 for size in sizes)
        self.began = False

    @property
    def again(self) -> bool:
        """Whether the body can be sent now, perhaps once more."""
        return not self.began or all(one.again for one in self.sources)

    def begin(self) -> list[Source]:
        """Return what is to be sent; raise EncodeError if it was sent and can't be read a second time."""
        if not self.again:
            raise EncodeError("what an iterator gives can be sent once")
        self.began = True
        return self.sources

    def __iter__(self) -> Iterator[bytes]:
        for source in self.begin():
            yield from source.chunks()

    def later(self) -> AsyncIterable[bytes]:
        """Return the same body for an async client."""
        return _Later(self)


class _Later:
    """Reads files in threads: they block."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    async def __aiter__(self) -> AsyncIterator[bytes]:
        from anyio.to_thread import run_sync

        for source in self._upload.begin():
            if isinstance(source.given, AsyncIterable):
                async for chunk in source.given:
                    yield _bytes(chunk)
                continue
            chunks: Any = source.chunks()
            while (chunk := await run_sync(next, chunks, None)) is not None:
                yield chunk
