"""Bodies read and written item by item: downloads, events, JSON lines. Closing an iterator closes its response."""

from __future__ import annotations

import codecs
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, get_args

from pydantic_core import from_json

from ..exceptions import DecodeError, EncodeError
from ..models.steps import shared
from .contract import Json, Media

Failure = Callable[[Exception, Any], Exception]
LONGEST = 16 * 2**20  # bytes of one item
DONE = "[DONE]"  # what many services end their events with
T = TypeVar("T")


class Stream(Media):
    """A body of items."""

    empty = True
    prompt = True  # whether the head is sent before the first item, if that takes long
    ping = b""  # what says that a body lives while there is no item
    tail = b""  # what follows the last item
    headers: Mapping[str, str] = {"x-accel-buffering": "no"}  # of an answer: nginx is not to wait for more

    @property
    def stream(self) -> Stream:
        """This codec itself."""
        return self

    def frame(self, item: Any) -> bytes:
        """Write one item; raise EncodeError."""
        raise NotImplementedError

    def parser(self) -> Parser:
        """Return a parser for one body."""
        raise NotImplementedError

    def open(self, response: Any, failure: Failure) -> Any:
        """Return the items of a client's response, blocking or async as the response is."""
        if hasattr(response.stream, "__iter__"):
            items = self._items(response, failure)
            next(items)
            return items
        found = self._aitems(response, failure)
        with contextlib.suppress(StopIteration):
            found.__anext__().send(None)
        return found

    def _items(self, response: Any, failure: Failure) -> Iterator[Any]:
        parser = self.parser()
        try:
            yield None  # for `open`: one that has not begun would close nothing
            for chunk in response.iter_bytes():
                yield from parser.feed(chunk)
                if parser.ended:
                    return
            yield from parser.end()
        except Exception as error:
            raise failure(error, response.request) from error
        finally:
            response.close()

    async def _aitems(self, response: Any, failure: Failure) -> AsyncGenerator[Any]:
        parser = self.parser()
        try:
            yield None
            async for chunk in response.aiter_bytes():
                for item in parser.feed(chunk):
                    yield item
                if parser.ended:
                    return
            for item in parser.end():
                yield item
        except Exception as error:
            raise failure(error, response.request) from error
        finally:
            await response.aclose()

    def write(self, value: Any) -> tuple[Any, str]:
        return Items(self, value), self.content_type


class Items:
    """What a service yields, to be sent one by one (server/streams.py)."""

    def __init__(self, media: Stream, values: Any) -> None:
        self.media, self.values = media, values


class Parser:
    """Makes items of chunks."""

    ended = False  # whether an item said that it is the last one

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """Yield the items that are complete."""
        raise NotImplementedError

    def end(self) -> Iterator[Any]:
        """Yield what is left."""
        return iter(())


class _Chunks(Parser):
    def feed(self, chunk: bytes) -> Iterator[Any]:
        if chunk:
            yield chunk


class Download(Stream):
    """Bytes in chunks."""

    prompt = False
    headers: Mapping[str, str] = {}

    def __init__(self, media_type: str = "application/octet-stream") -> None:
        self.concrete = media_type.replace("*/*", "application/*").replace("*", "octet-stream")
        super().__init__(bytes, media_type)

    def frame(self, item: Any) -> bytes:
        return bytes(item)

    def parser(self) -> Parser:
        return _Chunks()


class _Lines(Parser):
    """JSON values, each ended by a newline."""

    def __init__(self, json: Json, strip: bytes = b" \t\r\n") -> None:
        self.json = json
        self.strip = strip
        self.rest = bytearray()  # grows in place: a server may send byte by byte

    def feed(self, chunk: bytes) -> Iterator[Any]:
        first, *more = chunk.split(b"\n")
        self.rest += first
        for line in more:
            yield from self.end()
            self.rest = bytearray(line)
        if len(self.rest) > LONGEST:
            raise DecodeError.of(f"an item has more than {LONGEST} bytes", "too_long")

    def end(self) -> Iterator[Any]:
        if line := bytes(self.rest.strip(self.strip)):
            yield self.json.read(line)


class JsonLines(Stream):
    """JSON values in lines (jsonlines.org, NDJSON)."""

    def __init__(self, type_: Any, media_type: str = "application/jsonl") -> None:
        super().__init__(type_, media_type)
        self.json = Json(type_)

    def frame(self, item: Any) -> bytes:
        return self.json.write(item)[0] + b"\n"

    def parser(self) -> Parser:
        return _Lines(self.json)


class JsonSequence(JsonLines):
    """JSON values between record separators and newlines (RFC 7464)."""

    def __init__(self, type_: Any, media_type: str = "application/json-seq") -> None:
        super().__init__(type_, media_type)

    def frame(self, item: Any) -> bytes:
        return b"\x1e" + super().frame(item)

    def parser(self) -> Parser:
        return _Lines(self.json, b" \t\r\n\x1e")


@dataclass(slots=True)
class Progress:
    """How far a stream of events was read: the last `id`, the time to wait before another try, whether it has ended."""

    id: str = ""
    retry: int | None = None  # milliseconds
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """An item with what its event says beside it; `id` is that of the last event which had one."""

    data: T
    event: str = "message"
    id: str = ""
    retry: int | None = None


class _Events(Parser):
    """Server-sent events, as the WHATWG HTML standard interprets them (section 9.2.6)."""

    def __init__(self, media: EventStream) -> None:
        self.media = media
        self.progress = media.progress or Progress()
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest: list[str] = []  # of the line that has not ended
        self.size = 0  # characters of the event that has not ended
        self.first, self.after_return = True, False  # at the very beginning; after a carriage return
        self.event: dict[str, Any] = {}
        self.data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[Any]:
        text = self.decoder.decode(chunk)
        if not text:
            return
        text = text.removeprefix("\ufeff" if self.first else "\n" if self.after_return else "")
        self.first, self.after_return = False, text.endswith("\r")
        first, *more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._take(first)
        for part in more:
            line, self.rest = "".join(self.rest), []
            if line:
                self._read(line)
            else:
                yield from self.dispatch()
            if self.ended:
                return
            self._take(part)
        if self.size > LONGEST:
            raise DecodeError.of(f"an event has more than {LONGEST} characters", "too_long")

    def _take(self, part: str) -> None:
        self.rest.append(part)
        self.size += len(part)

    def _read(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.data.append(value)
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 20:
            self.event["retry"] = int(value)
        elif name == "event" or (name == "id" and "\0" not in value):
            self.event[name] = value

    def dispatch(self) -> Iterator[Any]:
        event, data, progress = self.event, "\n".join(self.data), self.progress
        is_empty = not self.data
        self.event, self.data, self.size = {}, [], 0
        progress.id, progress.retry = event.get("id", progress.id), event.get("retry", progress.retry)
        if is_empty:
            return
        self.ended = progress.ended = bool(self.media.last) and data == self.media.last
        try:
            items = [] if self.ended else [self.media.read_event({**event, "data": data})]
        except DecodeError:
            if data != DONE:
                raise
            items, self.ended, progress.ended = [], True, True
        for item in items:
            details = event.get("event") or "message", progress.id, event.get("retry")
            yield Event(item, *details) if self.media.progress else item


class EventStream(Stream):
    """Server-sent events.

    The items' type is that of `data` (text as it is, the rest as JSON) or, with `whole`, of an object with data, event,
    id and retry (OpenAPI 3.2 itemSchema). Data that is `last` ends the stream: `[DONE]`, unless it may be an item.
    """

    ping = b": ping\n\n"
    headers: Mapping[str, str] = {"cache-control": "no-cache", **Stream.headers}
    progress: Progress | None = None  # where items are given as an Event

    def __init__(
        self, type_: Any, media_type: str = "text/event-stream", *, whole: bool = False, last: str = ""
    ) -> None:
        super().__init__(type_, media_type)
        self.whole = whole
        self.last = last or ("" if whole or str in (type_, *get_args(type_)) else DONE)
        self.json = Json(type_)

    def tracked(self, progress: Progress) -> EventStream:
        """Return a stream whose items are given as an Event, and which keeps `progress`."""
        found = copy(self)
        found.all, found.progress = (found,), progress
        return found

    def frame(self, item: Any) -> bytes:
        value = json.loads(self.json.write(item)[0])
        event = value if self.whole else {"data": value}
        if event.get("data") is None:
            raise EncodeError("an event without data is never seen")
        if (retry := event.get("retry")) is not None:
            if type(retry) not in (int, float) or retry % 1 or not 0 <= retry < 10**19:
                raise EncodeError("retry is a whole number of milliseconds")
            event["retry"] = int(retry)  # 5000.0 would be passed over
        lines = [f"{name}: {event[name]}" for name in ("event", "id", "retry") if event.get(name) is not None]
        if any(c in line for line in lines for c in "\r\n\0"):
            raise EncodeError("event and id are one line")
        data = event["data"] if isinstance(event["data"], str) else json.dumps(event["data"], ensure_ascii=False)
        if "\r" in data:
            raise EncodeError("a carriage return would be read as a newline")
        return "\n".join([*lines, *(f"data: {line}" for line in data.split("\n")), "", ""]).encode()

    def parser(self) -> Parser:
        return _Events(self)

    def read_event(self, event: dict[str, Any]) -> Any:
        """Return the item of an event whose data is text: as text where the type takes it, else as JSON."""
        return shared(partial(self._read_event, event))

    def _read_event(self, event: dict[str, Any]) -> Any:
        data = event["data"]
        texts = [json.dumps(data), data] if self.whole or self.type is str else [data, json.dumps(data)]
        problem: DecodeError | None = None
        for text in texts:
            try:
                if self.whole:
                    from_json(text)  # which might be read together with what stands around it
                fields = [f"{json.dumps(k)}:{json.dumps(v)}" for k, v in event.items() if k != "data"]
                whole = "{" + ",".join([*fields, f'"data":{text}']) + "}"
                return self.json.read((whole if self.whole else text).encode())
            except DecodeError as error:
                problem = problem or error
            except ValueError:
                continue
        raise problem or DecodeError.of("no event", "value_error")
