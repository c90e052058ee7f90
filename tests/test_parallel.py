"""Two stages at once: whatever the child does, the judgement counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import parallel

# A process of its own: there must be no other thread for a fork.
PREAMBLE = """
import os, sys, time
from generator import parallel
from generator.diagnostics import Diagnostic, Refused
parallel._can_fork = lambda: FORK
parent = os.getpid()

def refuse(message):
    raise Refused(Diagnostic(severity="error", message=message))

def run(first, second):
    begin = time.monotonic()
    try:
        print(parallel.both(first, second, Refused))
    except BaseException as error:
        print(type(error).__name__, error)
    assert time.monotonic() - begin < 20
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        pass
    else:
        print("a child is left")
"""

CASES = {
    "both": ("run(lambda: 1, lambda: os.getpid() != parent)", "(1, True)"),
    "large": (
        "run(lambda: 1, lambda: len(parallel.both(lambda: 0, lambda: 'x' * 10**7, Refused)[1]))",
        "(1, 10000000)",
    ),
    "first refuses": ("run(lambda: refuse('first'), lambda: 2)", "Refused error: first"),
    "both refuse": ("run(lambda: refuse('first'), lambda: refuse('second'))", "Refused error: first"),
    "second refuses": ("run(lambda: 1, lambda: refuse('second'))", "Refused error: second"),
    "second hangs": ("run(lambda: refuse('first'), lambda: time.sleep(1000))", "Refused error: first"),
    "second fails": ("run(lambda: 1, lambda: 1 / 0)", "ChildFailed ZeroDivisionError: division by zero"),
    "second is killed": ("run(lambda: 1, lambda: os.kill(os.getpid(), 11))", "ChildFailed * (signal 11)"),
    "second exits": ("run(lambda: 1, lambda: sys.exit('x'))", "ChildFailed * (status 0)"),
    "second can't be sent": ("run(lambda: 1, lambda: (lambda: 2))", "ChildFailed *"),
    "first fails": ("run(lambda: 1 / 0, lambda: time.sleep(1000))", "ZeroDivisionError division by zero"),
}


@pytest.mark.parametrize(("call", "expected"), CASES.values(), ids=CASES)
def test_what_the_first_says_counts(root: Path, call: str, expected: str) -> None:
    printed = execute(root, call, fork=True)
    begin, star, end = expected.partition("*")
    assert printed.startswith(begin)
    assert printed.endswith(end) if star else printed == expected


@pytest.mark.parametrize("case", ["both", "first refuses", "both refuse", "second refuses"])
def test_without_forking_it_is_the_same(root: Path, case: str) -> None:
    call, expected = CASES[case]
    assert execute(root, call, fork=False) == expected.replace("True", "False")


def execute(root: Path, call: str, *, fork: bool) -> str:
    script = PREAMBLE.replace("FORK", str(fork)) + call
    environment = {**os.environ, "PYTHONPATH": str(root)}
    result = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    return result.stdout.strip()


def test_no_fork_beside_other_threads() -> None:
    import threading

    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not parallel._can_fork()
    finally:
        done.set()
        thread.join()
