"""`python -m generator` and `spectwin`."""

from __future__ import annotations

import os
import sys

_BROKEN_PIPE = 141  # as a shell says it of a process that SIGPIPE ended


def main() -> None:
    """Run the command line and end the process with its exit status."""
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read our output has gone; Python must not complain about it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = _BROKEN_PIPE
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    from . import quick

    status = quick.run(arguments)
    if status is None:
        from . import cli

        status = cli.run(arguments)
    return status


if __name__ == "__main__":
    main()
