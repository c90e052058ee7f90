"""Two stages at once: a document is judged here while a forked child generates from it."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, TypeVar, cast

First = TypeVar("First")
Second = TypeVar("Second")


class ChildFailed(Exception):  # noqa: N818 - carries a defect from one process to the other
    """The child met a defect, or died; ``trace`` is its traceback as text."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


def both(first: Callable[[], First], second: Callable[[], Second], expected: type[Exception]) -> tuple[First, Second]:
    """Run ``first`` here and ``second`` in a forked child; what ``first`` raises wins, whatever the child did.

    The child's result and an ``expected`` exception are pickled. Raises ChildFailed for every other exception of the
    child. Where forking is not possible, or there is one processor only, they run one after the other.
    """
    if not _can_fork():
        return first(), second()
    # What is buffered would be written twice.
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(second, expected, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            result = first()
            kind, content = _receive(pipe)
    finally:
        # Nobody reads what it says any more, if it still works at all.
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if kind == "result":
        return result, cast("Second", content)
    if isinstance(content, expected):
        raise content
    if isinstance(content, tuple):
        raise ChildFailed(*content)
    raise ChildFailed(f"the generating process ended early ({_describe(status)})")


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    # A fork takes the calling thread only along: locks that others hold would never be given back.
    return hasattr(os, "fork") and processors > 1 and (threading is None or threading.active_count() == 1)


def _run(function: Callable[[], object], expected: type[Exception], writing: int) -> None:
    """Be the child: call, send what came of it, end without any of the parent's clean-up."""
    try:
        try:
            message: tuple[str, object] = ("result", function())
            data = pickle.dumps(message)
        except expected as error:
            data = pickle.dumps(("expected", error))
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            data = pickle.dumps(("defect", (text, traceback.format_exc())))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(data)
    finally:
        os._exit(0)


def _receive(pipe: BinaryIO) -> tuple[str, object]:
    data = pipe.read()
    # Our own child has written it, to a pipe that nobody else holds.
    return pickle.loads(data) if data else ("", None)  # noqa: S301


def _describe(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"status {os.WEXITSTATUS(status)}"
