"""Items in the parts of a multipart body: written, read however they are cut, sent as they come, refused where they are none."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any, Literal

import httpx2
import pytest

from tests.runtime.test_client_streams import Body
from tests.runtime.test_sockets import serving
from tests.support.clients import bound

Runtime = Callable[[str], Any]
HEAD = b"Content-Type: application/json\r\n\r\n"


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    wire = runtime("wire.contract")

    def api(media: Any) -> Any:
        responses = {"200": wire.Response(media)}
        operation = wire.Operation(name="all.watch", operation_id="w", method="GET", path="/w", responses=responses)
        return wire.Api(package="p", title="T", version="1", operations=(operation,)), operation

    return SimpleNamespace(
        Stream=runtime("wire.multipart_stream").MultipartStream,
        LONGEST=runtime("wire.streaming").LONGEST,
        api=api,
        wire=wire,
        content=runtime("wire.content"),
        exceptions=runtime("exceptions"),
        core=runtime("server.core"),
        server_streams=runtime("server.streams").Streams,
        client_streams=runtime("client.streams"),
    )


def written(media: Any, items: Sequence[Any]) -> tuple[bytes, str]:
    """Write a body as the server does."""
    found, content_type = media.write(items)
    return b"".join(found.media.frame(item) for item in items) + found.media.tail, content_type


def parser(made: SimpleNamespace) -> Any:
    """Return a parser of bytes in parts between `--B`."""
    return made.Stream(bytes, "multipart/mixed; boundary=B", item_type="a/b").write(())[0].media.parser()


def read(media: Any, content_type: str, *chunks: bytes | Exception) -> list[Any]:
    """Read a body as the blocking client does."""
    body = Body(*chunks)
    request = httpx2.Request("GET", "http://h")
    response = httpx2.Response(
        200, headers=[(b"content-type", content_type.encode("latin-1"))], stream=body, request=request
    )
    try:
        return list(media.open(response, lambda error, _: error))
    finally:
        response.close()
        assert body.closed


CASES: dict[str, tuple[Any, str, list[Any]]] = {
    "objects": (dict[str, Any], "application/json", [{"a": [1, None]}, {}, {"b": "\r\n--é"}]),
    "any": (Any, "application/vnd.a+json", [1, "1", None, [True]]),
    "nothing": (int, "application/json", []),
    "bytes": (bytes, "image/png", [b"", b"\r\n", b"\r", b"--", bytes(range(256)), b"\r\n--\r\n\r\n--", b"\n" * 9]),
    "texts": (str, "text/plain", ["", "1", '"', "a\r\n\r\nb", "漢字", " ", "null"]),
    "numbers": (int, "text/plain", [0, -5, 10**30]),
    "flags": (bool, "text/plain; charset=utf-8", [True, False]),
    "constants": (Literal["1", "b"], "text/csv", ["b", "1"]),
}


@pytest.mark.parametrize("name", CASES)
def test_items_there_and_back_cut_at_every_byte(made: SimpleNamespace, name: str) -> None:
    type_, item_type, items = CASES[name]
    media = made.Stream(type_, item_type=item_type)
    data, content_type = written(media, items)
    assert read(media, content_type, data) == items
    assert read(media, content_type, *(data[at : at + 1] for at in range(len(data)))) == items
    for at in range(len(data)):
        assert read(media, content_type, data[:at], data[at:]) == items
        with pytest.raises(made.exceptions.DecodeError, match="the last boundary is missing"):
            read(media, content_type, data[: min(at, len(data) - 3)])


def test_items_do_not_depend_on_how_they_are_cut(made: SimpleNamespace) -> None:
    pieces = [
        b"\r\n--B",
        b"--B",
        b"\r\n",
        b"--",
        b"\r\n\r\n",
        b" ",
        b"A: b",
        b"1",
        b"\r",
        b"\n",
        b":",
        b"\r\n--B\r\n\r\n2",
    ]
    rng, seen = random.Random(7), 0  # noqa: S311 - test data
    for _ in range(1500):
        data = b"--B\r\n\r\n" + b"".join(rng.choice(pieces) for _ in range(12)) + rng.choice([b"\r\n--B--\r\n", b""])
        found: set[tuple[str, tuple[bytes, ...]]] = set()
        end = ""
        for size in (len(data), 1, 2, rng.randrange(1, 9)):
            chunks = [data[at : at + size] for at in range(0, len(data), size)]
            items: list[bytes] = []
            parts = parser(made)
            try:
                for chunk in chunks:
                    items += [] if parts.ended else parts.feed(chunk)
                end = "" if parts.ended else str([*parts.end()])
            except made.exceptions.DecodeError as error:
                end = str(error)
            found.add((end, tuple(items)))
        assert len(found) == 1, data
        seen += found != {("", ())} and not end
    assert seen > 100


def test_a_body_is_what_other_readers_take_it_for(made: SimpleNamespace) -> None:
    data, content_type = written(made.Stream(dict[str, int], "multipart/related"), [{"a": 1}, {"b": 2}])
    assert content_type.startswith("multipart/related; boundary=")
    message = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + data)
    assert message.is_multipart()
    assert message.defects == []
    parts: Any = message.get_payload()
    assert [one.get_content_type() for one in parts] == ["application/json"] * 2
    assert [one.get_payload(decode=True) for one in parts] == [b'{"a":1}', b'{"b":2}']


def test_each_body_has_a_boundary_of_its_own_unless_it_is_declared(made: SimpleNamespace) -> None:
    media = made.Stream(bytes, item_type="a/b")
    assert len({written(media, [b"1"])[1] for _ in range(9)}) == 9
    declared = made.Stream(bytes, 'multipart/mixed; boundary="a b"', item_type="a/b")
    data, content_type = written(declared, [b"1", b"--a b"[:-1]])
    assert content_type == 'multipart/mixed; boundary="a b"'
    assert data.startswith(b"--a b\r\n")
    assert read(declared, content_type, data) == [b"1", b"--a "]
    for item in (b"--a b", b"x\r\n--a bc"):
        with pytest.raises(made.exceptions.EncodeError, match="the boundary of its body"):
            written(declared, [item])
    with pytest.raises(made.exceptions.EncodeError, match="bytes are needed, not str"):
        written(media, ["1"])


BODIES: list[tuple[str, bytes, list[int] | str]] = [
    ("boundary=B", b"--B--", []),
    ("boundary=B", b"preamble\r\n--B \t\r\n" + HEAD + b"1\r\n--B\r\n" + HEAD + b"2\r\n--B--\r\nepilogue", [1, 2]),
    ("boundary=B", b"--B\r\n\r\n1\r\n--B--", [1]),
    ("boundary=B", b"--B\r\nA: b\r\n c\r\n\td\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n1\r\n--B--", [1]),
    ('a="; boundary=C"; BOUNDARY="B"', b"--B\r\n\r\n1\r\n--B--", [1]),
    ('boundary="a\\"b"', b'--a"b\r\n\r\n1\r\n--a"b--', [1]),
    ("boundary=B", b"x--B--\r\n--B\r\n\r\n1\r\n--B--", [1]),
    ("", b"--B--", "the boundary is missing"),
    ('boundary=""', b"--B--", "the boundary is missing"),
    ("boundary=\xe9", b"--B--", "the boundary is missing"),
    ("boundary=B", b"", "the last boundary is missing"),
    ("boundary=B", b"--C--", "the last boundary is missing"),
    ("boundary=B", b"--B\r\n\r\n1\r\n--B\r\n", "the last boundary is missing"),
    ("boundary=B", b"--B\r\n\r\n1--B--", "the last boundary is missing"),
    ("boundary=B", b"--Bc\r\n\r\n1\r\n--B--", "a boundary is a line by itself"),
    ("boundary=B", b"--B\r\n--B\r\n\r\n1\r\n--B--", "a line that is no field"),
    ("boundary=B", b"--B\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--B--", "content-transfer-encoding"),
    ("boundary=B", b"--B\r\n\r\nx\r\n--B--", "JSON"),
    ("boundary=B", b"--B\r\n\r\n\r\n--B--", "JSON"),
    ("boundary=B", b"--B\r\nA: b\r\n\r\n--B--", "JSON"),
]


@pytest.mark.parametrize(("parameters", "data", "wanted"), BODIES)
def test_what_other_writers_send(made: SimpleNamespace, parameters: str, data: bytes, wanted: list[int] | str) -> None:
    media, content_type = made.Stream(int), f"multipart/mixed; {parameters}"
    if isinstance(wanted, list):
        assert read(media, content_type, data) == wanted
    else:
        with pytest.raises(made.exceptions.DecodeError, match=wanted):
            read(media, content_type, data)


def test_a_part_without_a_body_and_text_in_another_charset(made: SimpleNamespace) -> None:
    data = b"--B\r\nContent-Type: text/plain; charset=latin-1\r\n\r\n\xe9\r\n--B\r\nA: b\r\n\r\n--B--"
    assert read(made.Stream(str, item_type="text/plain"), "multipart/mixed;boundary=B", data) == ["é", ""]
    with pytest.raises(made.exceptions.DecodeError):
        read(made.Stream(str, item_type="text/plain"), "multipart/mixed;boundary=B", data.replace(b"latin-1", b"utf-8"))


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (b"--B\r\n\r\n", "an item has more than 16777216 bytes"),
        (b"--B\r\nA: ", "the head of an item has more than 16384 bytes"),
        (b"--B", "the head of an item has more than 16384 bytes"),
    ],
)
def test_what_does_not_end_is_refused(made: SimpleNamespace, before: bytes, wanted: str) -> None:
    chunk, seen = b" " * 65_536, 0

    def endless() -> Iterator[bytes]:
        nonlocal seen
        yield before
        while True:
            seen += len(chunk)
            yield chunk

    body = Body()
    body.__class__ = type("Endless", (Body,), {"__iter__": lambda _: endless()})
    request = httpx2.Request("GET", "http://h")
    response = httpx2.Response(
        200, headers={"content-type": "multipart/mixed; boundary=B"}, stream=body, request=request
    )
    with pytest.raises(made.exceptions.DecodeError, match=wanted):
        list(made.Stream(bytes, item_type="a/b").open(response, lambda error, _: error))
    assert seen < made.LONGEST + 3 * len(chunk)


def test_what_stands_before_the_first_boundary_is_not_kept(made: SimpleNamespace) -> None:
    parts = parser(made)
    for _ in range(1000):
        assert list(parts.feed(b"\r\n--A" * 100)) == []
        assert len(parts.rest) < 10
    assert list(parts.feed(b"\r\n--B\r\n\r\n1\r\n--B")) == [b"1"]


def test_pieces_of_one_byte_take_linear_time(made: SimpleNamespace) -> None:
    parts = parser(made)
    data = b"--B\r\n\r\n" + b"\r\n--" * 250_000 + b"\r\n--B--"
    begin = time.process_time()
    items = [one for at in range(len(data)) for one in parts.feed(data[at : at + 1])]
    assert [len(one) for one in items] == [1_000_000]
    assert time.process_time() - begin < 10


@pytest.mark.parametrize("is_async", [False, True])
def test_both_clients(made: SimpleNamespace, is_async: bool) -> None:
    api, operation = made.api(made.Stream(int))
    bodies = [
        (b"--B\r\n\r\n1\r\n--B\r\n\r\n2\r\n--B--", "multipart/mixed; boundary=B", [1, 2], ""),
        (b"--B\r\n\r\n1\r\n--B\r\n", "multipart/mixed; boundary=B", [1], "the last boundary is missing"),
        (b"--B\r\n\r\n1\r\n--B--", "multipart/mixed", [], "the boundary is missing"),
        (b"--B\r\n\r\n1\r\n--B--", "", [], "the boundary is missing"),
    ]
    for data, content_type, wanted, problem in bodies:
        body = Body(data)
        headers = {"content-type": content_type} if content_type else {}
        answer = httpx2.Response(200, headers=headers, stream=body)
        transport = httpx2.MockTransport(lambda _, answer=answer: answer)
        http: Any = (httpx2.AsyncClient if is_async else httpx2.Client)(transport=transport)
        name = "AsyncStreamClient" if is_async else "StreamClient"
        client = bound(getattr(made.client_streams, name), api)("http://h", http=http)
        found: list[int] = []

        async def collect(items: Any, found: list[int] = found) -> None:
            async for item in items:
                found.append(item)  # noqa: PERF401 - also those before an error

        try:
            items = client.iterate(operation)
            if is_async:
                asyncio.run(collect(items))
            else:
                found.extend(items)
            assert not problem
        except made.exceptions.ContractError as error:
            assert problem
            assert problem in str(error)  # noqa: PT017 - which of both it is depends on the body
        assert (found, body.closed) == (wanted, True)


@pytest.fixture
def app(made: SimpleNamespace) -> Callable[..., Any]:
    def create(media: Any, method: Callable[[], Any]) -> Any:
        api, _ = made.api(media)
        service = type("All", (), {"watch": staticmethod(method)})
        return made.core.application(api, {"all": lambda _: service()}, streams=made.server_streams, head_after=0.1)

    return create


def test_an_item_arrives_before_the_next_one_is_there(made: SimpleNamespace, app: Callable[..., Any]) -> None:
    goes_on = asyncio.Event()
    loop: list[Any] = []

    async def numbers() -> AsyncIterator[int]:
        loop.append(asyncio.get_running_loop())
        yield 1
        await asyncio.wait_for(goes_on.wait(), 10)
        yield 2

    media = made.Stream(int)
    api, operation = made.api(media)
    with serving(app(media, numbers)) as at, bound(made.client_streams.StreamClient, api)(at) as client:
        items = client.iterate(operation)
        assert next(items) == 1
        loop[0].call_soon_threadsafe(goes_on.set)
        assert list(items) == [2]


def test_one_of_several_media_types(made: SimpleNamespace, app: Callable[..., Any]) -> None:
    media = made.content.OneOf(made.wire.Json(int), made.Stream(int, "multipart/related"))
    api, operation = made.api(media)
    content = made.content.Content("multipart/related", [1, 2])

    async def numbers() -> Any:
        return content

    with serving(app(media, numbers)) as at, bound(made.client_streams.StreamClient, api)(at) as client:
        found = client.invoke(operation)
        assert (found.media_type, list(found.value)) == ("multipart/related", [1, 2])
        answers = [httpx2.get(f"{at}/w") for _ in range(2)]
    assert all(one.headers["content-type"].startswith("multipart/related; boundary=") for one in answers)
    assert answers[0].headers["content-type"] != answers[1].headers["content-type"]


def test_an_item_that_does_not_fit_breaks_off(made: SimpleNamespace, app: Callable[..., Any]) -> None:
    async def numbers() -> AsyncIterator[Any]:
        yield 1
        yield "x"

    media = made.Stream(int)
    api, operation = made.api(media)
    with serving(app(media, numbers)) as at, bound(made.client_streams.StreamClient, api)(at) as client:
        items = client.iterate(operation)
        assert next(items) == 1
        with pytest.raises(made.exceptions.APIError):
            next(items)
