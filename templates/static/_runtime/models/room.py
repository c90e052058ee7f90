"""Room for what recurses: deep JSON is read in a thread that has more stack, else a thread with little ends the process."""

from __future__ import annotations

from _thread import get_ident, stack_size, start_new_thread
from array import array
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from itertools import accumulate, islice
from operator import call
from threading import main_thread
from typing import Any

# So many arrays and objects in each other are read where there is little stack: Python's functions take some 10 kB for each.
_SHALLOW = 40
_STACK = 64 << 20  # octets, which take memory only if they are used
_STEPS = bytes.maketrans(b"{[}]", b"\1\1\xff\xff")
_OTHERS = bytes({*range(256)} - {*b"{[}]"})


def is_deep(data: bytes) -> bool:
    """Whether arrays and objects of JSON lie so deep in each other that a thread may have too little stack."""
    if data.count(b"{") + data.count(b"[") <= _SHALLOW:
        return False
    unquoted = data.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2]
    return max(accumulate(array("b", b"".join(unquoted).translate(_STEPS, _OTHERS))), default=0) > _SHALLOW


def with_room(read: Callable[[], Any], data: bytes) -> Any:
    """Call what reads JSON: in a thread of its own if it is deep and this is not the main thread.

    Raise RecursionError if there can be no more threads.
    """
    if get_ident() == main_thread().ident or not is_deep(data):
        return read()
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(read())
        except BaseException as error:
            outcome.set_exception(error)

    sizes = [_STACK]  # and what was set before
    setting = map(stack_size, sizes)
    start = partial(start_new_thread, copy_context().run, (run,))
    steps: list[Callable[[], Any]] = [partial(sizes.extend, islice(setting, 1)), start, partial(next, setting)]
    try:
        # Compiled code calls these, and lets no other thread run between them: what others start has the stack that they want.
        list(map(call, steps))
    except RuntimeError:
        next(setting)
        raise RecursionError("there is no stack for JSON that is so deep") from None
    return outcome.result()
