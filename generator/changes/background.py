"""Calling a function in another process while this one goes on."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class BackgroundCall(Generic[T]):
    """A call in a forked process, if there is a second processor; otherwise it is made when its result is asked for."""

    def __init__(self, function: Callable[[], T]) -> None:
        """Begin the call. What the function returns or raises has to be picklable."""
        self._function = function
        self._process = 0
        if not _possible():
            return
        sys.stdout.flush()  # what is buffered would be written twice
        sys.stderr.flush()
        self._answered, answer = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            self._work(answer)
        os.close(answer)

    def _work(self, answer: int) -> None:
        """In the forked process: write the answer, and end without the clean-up of the parent."""
        try:
            os.close(self._answered)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            with os.fdopen(answer, "wb") as pipe:
                pipe.write(self._answer())
        finally:
            os._exit(0)

    def _answer(self) -> bytes:
        try:
            return pickle.dumps((True, self._function()), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            return pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)

    def result(self) -> T:
        """Wait for the result. Raises what the function raises; if the process ended early, the function is called here."""
        if not self._process:
            return self._function()
        with os.fdopen(self._answered, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(self._process, 0)
        self._process = 0
        if not answer:
            return self._function()
        # Written by a fork of this process: nothing in it comes from elsewhere.
        fine, found = pickle.loads(answer)  # noqa: S301
        if not fine:
            raise found
        return found  # type: ignore[no-any-return]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the process if its result was not asked for."""
        if self._process:
            with suppress(OSError):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
            os.close(self._answered)
            self._process = 0


def _possible() -> bool:
    """Whether to fork. A fork has the calling thread only: locks that other threads hold would stay locked."""
    threading = sys.modules.get("threading")
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return hasattr(os, "fork") and processors > 1 and not (threading and threading.active_count() > 1)
