"""`spectwin`, `python -m spectwin`, and in a checkout `python -m generator`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_WRONG, _INTERRUPTED = 2, 130
_BROKEN_PIPE = 141  # as a shell says it of a process that SIGPIPE ended


def main() -> None:
    """Run the command line and end the process with its exit status."""
    status = run(sys.argv[1:])
    # At once: to take apart all that was made costs a twentieth of the time, and the system does it as well.
    os._exit(status)


def run(arguments: list[str]) -> int:
    """Run the command line; what it printed is written when this returns its exit status, if that is possible."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    try:
        status = _run(arguments) if _is_somewhere() else _WRONG
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has gone; Python must not complain about it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = _BROKEN_PIPE
    except OSError as error:
        status = _WRONG
        what = f"{error.filename}" if error.filename is not None else "what is said here can't be written"
        with suppress(OSError):
            sys.stderr.write(f"spectwin: {what}: {error.strerror}\n")
    except KeyboardInterrupt:
        status = _INTERRUPTED
    with suppress(OSError):
        sys.stderr.flush()
    return status


def _is_somewhere() -> bool:
    """Tell whether the working folder is still there; if not, say so."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib takes a while to be imported
    except OSError as error:
        sys.stderr.write(f"spectwin: the working folder: {error.strerror}\n")
        return False
    return True


def _nowhere() -> TextIO:
    """Stand in for a stream that was closed before; no other file gets its number."""
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _run(arguments: list[str]) -> int:
    from .cli import fast_path

    status = fast_path.run(arguments)
    if status is not None:
        return status
    import gc

    from .models import shapes

    # What is made here is large and holds hardly any circles: to look for some took a quarter of the time.
    gc.set_threshold(1_000_000, 20, 50)
    if arguments[:1] in (["generate"], ["check"]) and "--help" not in arguments:
        shapes.start()  # what it imports takes as long as all that is done before it is asked
    try:
        from .cli import app

        return app.run(arguments)
    finally:
        shapes.stop()


if __name__ == "__main__":
    main()
