"""Bodies that are read while they are sent: where they come from, how they are framed, when they can be sent again."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from tests.support.clients import bound

Runtime = Callable[[str], Any]
CONTENT = bytes(range(256)) * 1000


@pytest.fixture(scope="module")
def made(runtime: Runtime) -> SimpleNamespace:
    wire, content, multipart = runtime("wire.contract"), runtime("wire.content"), runtime("wire.multipart")

    class Form(runtime("models.base").Model):
        __module__ = "runtime_package.models"
        name: str
        file: multipart.File
        more: list[multipart.File] | None = None

    def operation(body: Any) -> Any:
        responses = {"204": wire.Response()}
        options: Any = {"operation_id": "o", "method": "PUT", "path": "/x", "statuses": (204,)}
        return wire.Operation(name="all.put", body=body, responses=responses, **options)

    either = content.OneOf(wire.Json(dict[str, int]), content.Binary("application/pdf"))
    return SimpleNamespace(
        raw=operation(content.Binary()),
        form=operation(multipart.Multipart(Form)),
        either=operation(either),
        multipart=multipart,
        Form=Form,
        File=multipart.File,
        Content=content.Content,
        api=wire.Api(package="p", title="T", version="1", operations=()),
        core=runtime("client.core"),
        exceptions=runtime("exceptions"),
    )


def called(made: SimpleNamespace, operation: Any, body: Any, *answers: Any, is_async: bool = False) -> list[Any]:
    """Call with a body; give (headers, body) of each request."""
    seen: list[Any] = []
    left = [*(answers or [204])]

    def answer(request: httpx2.Request, content: bytes) -> httpx2.Response:
        seen.append((request.headers, content))
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return httpx2.Response(found, headers={"retry-after": "0", "location": "/again"})

    class Transport(httpx2.MockTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if isinstance(left[0], httpx2.ConnectError):
                raise left.pop(0)
            return answer(request, b"".join(request.stream))  # type: ignore[arg-type]

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return answer(request, b"".join([one async for one in request.stream]))  # type: ignore[union-attr]

    transport, options = Transport(lambda _: httpx2.Response(500)), {"follow_redirects": True}
    if not is_async:
        http = httpx2.Client(transport=transport, **options)  # type: ignore[arg-type]
        client = bound(made.core.BaseClient, made.api)("http://h", http=http)
        client._pause = lambda _: None
        client.invoke(operation, body)
        return seen

    async def main() -> None:
        http = httpx2.AsyncClient(transport=transport, **options)  # type: ignore[arg-type]
        async with bound(made.core.AsyncBaseClient, made.api)("http://h", http=http) as client:
            await client.invoke(operation, body)

    asyncio.run(main())
    return seen


def opened(content: bytes) -> io.BytesIO:
    """An open file that stands behind its first two bytes."""
    file = io.BytesIO(b"xx" + content)
    file.seek(2)
    return file


class Pipe(io.RawIOBase):
    """A file that can be read once only, such as standard input."""

    def __init__(self, content: bytes) -> None:
        self.left = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self.left.read(size)


def chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]
        yield b""


async def later(content: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks(content):
        await asyncio.sleep(0)
        yield chunk


def given(kind: str, content: bytes, folder: Path) -> Any:
    path = folder / "content"
    path.write_bytes(content)
    simple: dict[str, Any] = {
        "path": path,
        "bytes": content,
        "bytearray": bytearray(content),
        "list": [content[:9], content[9:]],
    }
    made: dict[str, Callable[[bytes], Any]] = {"opened": opened, "pipe": Pipe, "chunks": chunks, "later": later}
    return simple[kind] if kind in simple else made[kind](content)


PROC = Path("/proc/self/limits")
KNOWN = ["path", "bytes", "bytearray", "opened"]
UNKNOWN = ["pipe", "chunks", "list", "later"]


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("kind", [*KNOWN, *UNKNOWN])
def test_bytes_come_from_anywhere(made: SimpleNamespace, tmp_path: Path, kind: str, is_async: bool) -> None:
    for content in (CONTENT, b""):
        body = given(kind, content, tmp_path)
        if kind == "later" and not is_async:
            with pytest.raises(made.exceptions.EncodeError, match="async"):
                called(made, made.raw, body)
            continue
        [(headers, sent)] = called(made, made.raw, body, is_async=is_async)
        assert sent == content
        assert headers.get("content-length") == (str(len(content)) if kind in KNOWN else None)
        assert headers.get("transfer-encoding") == (None if kind in KNOWN else "chunked")
        assert headers["content-type"] == "application/octet-stream"
        [(headers, sent)] = called(
            made, made.either, made.Content("application/pdf", given(kind, content, tmp_path)), is_async=is_async
        )
        assert (headers["content-type"], sent) == ("application/pdf", content)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("kind", ["fifo", *(["proc", "opened proc"] if PROC.exists() else [])])
def test_files_that_have_no_size_are_read_to_their_end(
    made: SimpleNamespace, tmp_path: Path, kind: str, is_async: bool
) -> None:
    path = tmp_path / "fifo" if kind == "fifo" else PROC
    if kind == "fifo":
        os.mkfifo(path)
        threading.Thread(target=path.write_bytes, args=(CONTENT,), daemon=True).start()
    with contextlib.ExitStack() as stack:
        body = stack.enter_context(path.open("rb")) if kind == "opened proc" else path
        [(headers, sent)] = called(made, made.raw, body, is_async=is_async)
    assert sent == (CONTENT if kind == "fifo" else path.read_bytes()) != b""
    assert headers["transfer-encoding"] == "chunked"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("kind", [*KNOWN[:2], "opened", "pipe", "chunks", "list"])
def test_forms_with_files_from_anywhere(made: SimpleNamespace, tmp_path: Path, kind: str, is_async: bool) -> None:
    def file(content: bytes, name: str) -> Any:
        return made.File(given(kind, content, tmp_path), name, "text/x")

    form = made.Form(name="n", file=file(CONTENT, "ä.bin"), more=[made.File(b"1", "1"), made.File(b"2")])
    [(headers, sent)] = called(made, made.form, form, is_async=is_async)
    found = made.form.body.read(sent, headers["content-type"])
    assert found.file == made.File(CONTENT, "ä.bin")
    assert [(one.content, one.name) for one in found.more] == [(b"1", "1"), (b"2", "")]
    assert headers.get("content-length") == (str(len(sent)) if kind in KNOWN else None)


def test_a_file_has_the_name_of_its_path_unless_it_is_given_one(made: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / 'a "b".pdf'
    path.write_bytes(b"1")
    with (
        path.open("rb") as file,
        open(file.fileno(), "rb", closefd=False) as nameless,
        open(bytes(path), "rb") as other,  # noqa: PTH123 - whose name is bytes
    ):
        files = [made.File(path), made.File(file), made.File(path, "b.pdf"), made.File(nameless), made.File(other)]
        [(headers, sent)] = called(made, made.form, made.Form(name="n", file=files[0], more=files))
    found = made.form.body.read(sent, headers["content-type"])
    assert [one.name for one in found.more] == ['a "b".pdf', 'a "b".pdf', "b.pdf", "", ""]
    for name in ("<stdin>", "\udcff.pdf", None):
        content = opened(CONTENT)
        content.name = name
        assert made.File(content).name == ""


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("answers", [[503, 204], [httpx2.ReadError("x"), 204], [307, 204]])
@pytest.mark.parametrize("kind", [*KNOWN, "list"])
def test_what_can_be_read_again_is_sent_again(
    made: SimpleNamespace, tmp_path: Path, kind: str, answers: list[Any], is_async: bool
) -> None:
    bodies = [sent for _, sent in called(made, made.raw, given(kind, CONTENT, tmp_path), *answers, is_async=is_async)]
    assert bodies == [CONTENT, CONTENT]


@pytest.mark.parametrize("kind", ["pipe", "chunks"])
def test_what_is_read_once_is_sent_once(made: SimpleNamespace, tmp_path: Path, kind: str) -> None:
    with pytest.raises(made.exceptions.ServiceUnavailable):
        called(made, made.raw, given(kind, CONTENT, tmp_path), 503, 204)
    with pytest.raises(made.exceptions.EncodeError, match="sent once"):
        called(made, made.raw, given(kind, CONTENT, tmp_path), 307, 204)
    [(_, sent)] = called(made, made.raw, given(kind, CONTENT, tmp_path), httpx2.ConnectError("x"), 204)
    assert sent == CONTENT


def test_what_are_no_bytes_is_refused(made: SimpleNamespace, tmp_path: Path) -> None:
    wrong: Any
    for wrong in ("text", 5, {"a": b"b"}, None):
        with pytest.raises(made.exceptions.EncodeError, match="bytes are needed"):
            called(made, made.raw, wrong)
    for wrong in (["text"], io.StringIO("text")):
        with pytest.raises(made.exceptions.EncodeError, match="open files in binary mode"):
            called(made, made.raw, wrong)
    with pytest.raises(FileNotFoundError):
        called(made, made.raw, tmp_path / "nothing")


def test_a_file_that_grows_is_sent_as_long_as_it_was(made: SimpleNamespace, runtime: Runtime, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"abc")
    upload = runtime("wire.uploads").Upload(path)
    path.write_bytes(b"abcdef")
    assert (upload.length, b"".join(upload)) == (3, b"abc")


def test_a_file_that_stands_behind_its_end_is_empty(made: SimpleNamespace) -> None:
    """Its length was below zero, which is none."""
    file = io.BytesIO(b"abc")
    file.seek(5)
    [(headers, sent)] = called(made, made.raw, file)
    assert (headers["content-length"], sent) == ("0", b"")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''%e2%82%ac%20rates.txt", "€ rates.txt"),
        ("filename=\"EURO.txt\"; filename*=utf-8'en'%E2%82%AC.txt", "€.txt"),
        ("filename*=iso-8859-1''%A3.txt; filename=pound.txt", "£.txt"),
        ("filename*=utf-8''%ff", "\ufffd"),
        ("filename=\"a; filename*=utf-8''b\"", "a; filename*=utf-8''b"),
        ("filename*=utf-7''b; filename=a", "a"),
        ('filename="a"', "a"),
    ],
)
def test_the_extended_name_of_a_file_is_read(made: SimpleNamespace, disposition: str, name: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; {disposition}\r\n\r\nx\r\n'
    data = f'{head}--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nn\r\n--b--\r\n'
    assert made.form.body.read(data.encode(), "multipart/form-data; boundary=b").file.name == name


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1", "Ã¤"),
        ("Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit", "ä"),
        ("Content-Type: text/plain; charset=utf-7", "name: utf-7 is not read"),
        ("Content-Transfer-Encoding: base64", "name: a part has a content-transfer-encoding"),
    ],
)
def test_the_text_of_a_part_is_read_as_its_head_says(made: SimpleNamespace, fields: str, text: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="name"\r\n{fields}\r\n\r\nä\r\n'
    data = f'{head}--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'
    try:
        found = made.form.body.read(data.encode(), "multipart/form-data; boundary=b").name
    except made.exceptions.DecodeError as error:
        found = str(error)
    assert found == text
