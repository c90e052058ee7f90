"""`spectwin` for tests that call it many times from outside: each call is a fork of a process that has imported everything.

Starting Python and importing take longer than most commands do. What is about the start of the process runs `python -m generator`.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.folders import ROOT

CALL = """#!{python} -IS
import json, os, socket, sys

with socket.socket(socket.AF_UNIX) as asked:
    asked.connect({address!r})
    call = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(asked, [json.dumps(call).encode() + b"\\n"], [0, 1, 2])
    answer = asked.recv(1)
if not answer:
    print("the command ended without a status", file=sys.stderr)
sys.exit(answer[0] if answer else 70)
"""


@contextmanager
def spectwin(folder: Path) -> Iterator[Path]:
    """Give a command `spectwin` in a folder. It takes arguments, folder, environment and streams of whoever calls it."""
    address, command = folder / "asked", folder / "spectwin"
    command.write_text(CALL.format(python=sys.executable, address=str(address)), "utf-8")
    command.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, str(address)], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin
    assert server.stdout
    try:
        assert server.stdout.readline() == b"ready\n"
        yield command
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


def _serve(address: str) -> None:
    """Fork for each call, until standard input ends."""
    _import()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        children = set[int]()
        while sys.stdin not in (ready := select.select([listening, sys.stdin], [], [], 1)[0]):
            children = {child for child in children if os.waitpid(child, os.WNOHANG) == (0, 0)}
            if ready:
                asked = listening.accept()[0]
                if not (child := os.fork()):
                    listening.close()
                    _answer(asked)
                children.add(child)
                asked.close()


def _import() -> None:
    """Import all that commands need, and have datamodel-code-generator at hand, which a command starts a process for."""
    from generator import pipeline
    from generator.cli import app, fast_path
    from generator.document import load
    from generator.settings.settings import Settings
    from generator.validation import validate

    del app, fast_path
    spec = ROOT / "spec/openapi.json"
    checked, _ = validate.validate(load.load(spec))
    pipeline.build(checked, Settings(spec=spec, package="api"))


def _answer(asked: socket.socket) -> None:
    """Be the command; end with its status, and tell it."""
    status = 70
    try:
        data, files, _, _ = socket.recv_fds(asked, 1 << 20, 3)
        while not data.endswith(b"\n"):
            data += asked.recv(1 << 20)
        call = json.loads(data)
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(0),
            os.fdopen(1, "w"),
            os.fdopen(2, "w", errors="backslashreplace"),
        )
        os.chdir(call["folder"])
        os.environ.clear()
        os.environ.update(call["environment"])
        sys.argv = ["spectwin", *call["arguments"]]
        from generator.__main__ import run

        status = run(sys.argv[1:])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        asked.send(bytes([status]))
        os._exit(status)


if __name__ == "__main__":
    _serve(sys.argv[1])
