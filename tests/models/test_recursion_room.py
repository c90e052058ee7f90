"""Deep bodies of types that recurse: read with the stack that they need, or refused."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

import pytest

from tests.models.test_recursive_unions import deep, ref
from tests.support.model_packages import WHOLE, Build, Package, obj

SMALL = 1 << 20  # octets of stack
LOOSE: dict[str, Any] = {"properties": {"kid": ref(), "a": WHOLE}}
RULED = {
    "T": {"oneOf": [ref("A"), ref("B")]},
    "A": obj({"kid": ref()}, minProperties=1),
    "B": obj({"kid": ref()}, maxProperties=1),
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "without type": {"T": LOOSE},
    "without type, with a rule": {"T": {**LOOSE, "minProperties": 1}},
    "a union of rules": RULED,
}
VALUE: ContextVar[str] = ContextVar("value", default="")


def wrapped(value: Any) -> Any:
    return {"kid": value}


def in_a_thread(read: Callable[[], Any]) -> Any:
    """Call a function in a thread with little stack, for which the setting stands only as long as it starts."""
    found: list[Any] = []
    before, is_set = threading.stack_size(SMALL), threading.Event()

    def run() -> None:
        is_set.wait()  # the setting is the process's own: what is read may change it, too
        found.append(read())

    thread = threading.Thread(target=run)
    thread.start()
    threading.stack_size(before)
    is_set.set()
    thread.join()
    return found[0]


def _child(media: Any, data: bytes, sent: Any) -> None:
    def read() -> None:
        with contextlib.suppress(ValueError):
            media.read(data)

    in_a_thread(read)
    sent.send("read")


def room(package: Package) -> Any:
    return package.module("_runtime.models.room")


@pytest.mark.parametrize("is_tolerant", [False, True])
@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_deep_body_ends_no_thread_that_has_little_stack(kind: str, is_tolerant: bool, build: Build) -> None:
    package = build(SCHEMAS[kind], body="T", tolerant=True)
    media = package.media()
    media = package.module("_runtime.wire.tolerant").tolerant(media) if is_tolerant else media
    _ = media.adapter
    innermost: list[Any] = [{}, 1.5, {"a": "x"}]
    for value in innermost:
        received, sent = multiprocessing.Pipe(duplex=False)
        body = json.dumps(deep(wrapped, value, 197)).encode()
        child = multiprocessing.get_context("fork").Process(target=_child, args=(media, body, sent))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert received.recv() == "read"


def test_what_is_deep_is_told_by_depth(build: Build) -> None:
    """Neither the number of brackets nor those in texts count."""
    is_deep = room(build({"T": LOOSE})).is_deep
    flat = json.dumps([{}] * 1_000)
    assert not is_deep(flat.encode())
    for text in ("]" * 50, '"' + "}" * 50, "\\", '\\"' + "]" * 50):
        nested: Any = 1
        for _ in range(41):
            nested = {"text": text, "kid": nested}
        assert is_deep(json.dumps(nested).encode())
        assert not is_deep(json.dumps(deep(wrapped, text, 40)).encode())
    assert not is_deep(json.dumps({"text": "[" * 50}).encode())


def test_a_thread_with_room_has_context_and_leaves_the_setting_of_others(build: Build) -> None:
    with_room = room(build({"T": LOOSE})).with_room
    data = b"[" * 50

    def seen() -> Any:
        VALUE.set("set")
        return with_room(lambda: (threading.get_ident(), VALUE.get(), threading.stack_size(2 * SMALL)), data)

    before = threading.stack_size(2 * SMALL)
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append((threading.get_ident(), *seen())))
    thread.start()
    thread.join()
    assert threading.stack_size(before) == 2 * SMALL
    caller, ident, value, size = found[0]
    assert ident not in (caller, threading.get_ident())
    assert (value, size) == ("set", 2 * SMALL)
    assert with_room(threading.get_ident, data) == threading.get_ident()

    missing: set[str] = set()

    def failing() -> bool:
        with pytest.raises(KeyError):
            with_room(missing.pop, data)
        return True

    assert failing()
    assert in_a_thread(failing)


def test_a_deep_body_is_refused_where_no_thread_can_start(build: Build) -> None:
    package = build({"T": LOOSE})
    media = package.media()
    body = json.dumps(deep(wrapped, {}, 50)).encode()

    def refused() -> Any:
        threading.stack_size(2 * SMALL)
        with pytest.raises(ValueError, match="too deep") as found:
            media.read(body)
        assert threading.stack_size(0) == 2 * SMALL
        return found.value

    with patch.object(room(package), "start_new_thread", side_effect=RuntimeError("can't start new thread")):
        error = in_a_thread(refused)
        assert error.details == [{"loc": [], "msg": "this is too deep to be read", "type": "too_deep"}]
    assert media.read(body)


def test_a_body_for_which_python_has_too_few_frames_is_refused(build: Build) -> None:
    media = build(RULED).media()
    body = json.dumps(deep(wrapped, {}, 190)).encode()

    def read(frames: int) -> str:
        if frames:
            return read(frames - 1)
        with contextlib.suppress(ValueError):
            media.read(body)
        return "read"

    assert read(120) == "read"
