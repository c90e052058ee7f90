"""Something done in a process of its own while this one goes on."""

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
    """A function under way: in a fork, where there is a second processor for it; otherwise it runs when asked for."""

    def __init__(self, function: Callable[[], T]) -> None:
        """Begin. What the function gives or raises is pickled."""
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
        """Be the process: answer, and end without any of the parent's clean-up."""
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
        """Wait for what the function gives. Raises what it raises; where the process ended early it is run here."""
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
        """End the process where nobody waits for it any more."""
        if self._process:
            with suppress(OSError):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
            os.close(self._answered)
            self._process = 0


def _possible() -> bool:
    """A fork takes the calling thread only along: locks that others hold would never be given back."""
    threading = sys.modules.get("threading")
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return hasattr(os, "fork") and processors > 1 and not (threading and threading.active_count() > 1)
