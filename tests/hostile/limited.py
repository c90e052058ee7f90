"""Running the generator in a child process that is watched: time, memory, and no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.support.folders import ROOT

SECONDS = 5.0  # of processor time
MEGABYTES = 500.0

_CHILD = """
import json, resource, signal, socket, sys, time, traceback
def refused(*a, **k): raise AssertionError("the network was asked for")
class Hung(BaseException): pass
def hung(*a): raise Hung
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
class Refused(socket.socket):
    connect = connect_ex = bind = listen = sendto = refused
socket.socket = Refused
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refused
signal.signal(signal.SIGALRM, hung)
from pathlib import Path
from generator import pipeline
from generator.diagnostics.diagnostic import Refused as No
from generator.document.load import load
from generator.settings.settings import Settings
from generator.validation.validate import validate
import datamodel_code_generator, openapi_spec_validator, jsonschema_rs
def used():
    own, children = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    status = Path("/proc/self/status")  # ru_maxrss begins with what the process had that started this one
    found = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")] if status.exists() else []
    kilobytes = int(found[0].split()[1]) if found else own.ru_maxrss
    seconds = sum(one.ru_utime + one.ru_stime for one in (own, children))
    return seconds, max(kilobytes, children.ru_maxrss) / 1024
for line in sys.stdin:
    spec, lenient, stop = json.loads(line)
    said, end, begin = "", "generated", used()[0]
    signal.alarm(20)
    try:
        loaded = load(Path(spec))
        checked, _ = validate(loaded, lenient=lenient)
        if not stop:
            pipeline.build(checked, Settings(spec=Path(spec), package="api"))
    except No as error:
        end, said = "refused", str(error)
    except BaseException as error:
        end, said = "failed", "".join(traceback.format_exception(error)[-4:])
    signal.alarm(0)
    seconds, megabytes = used()
    told = {"end": end, "said": said[:20000], "seconds": seconds - begin, "megabytes": megabytes}
    print(json.dumps(told), flush=True)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended (generated, refused, failed), what it said, and what it took: seconds of processor time, megabytes.

    The megabytes are the most that the child has had so far.
    """

    end: str
    said: str
    seconds: float
    megabytes: float

    def problem(self) -> str:
        """Say what is wrong with it; empty text where nothing is."""
        if self.end == "failed":
            return self.said[-600:]
        if self.seconds > SECONDS:
            return f"{self.seconds:.1f} s"
        if self.megabytes > MEGABYTES:
            return f"{self.megabytes:.0f} MB"
        return "" if len(self.said) < 20_000 else "it says too much"


def generate(specs: Iterable[Path], *, lenient: bool = False, stop: bool = False) -> list[Ended]:
    """Load, check and (without `stop`) build documents, one after the other, in one child without a network."""
    process = subprocess.run(
        [sys.executable, "-c", _CHILD],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        input="\n".join(json.dumps([str(spec), lenient, stop]) for spec in specs),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return [Ended(**json.loads(line)) for line in process.stdout.splitlines()]
