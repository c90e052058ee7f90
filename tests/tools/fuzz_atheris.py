"""Documents broken as bytes, led by coverage: atheris (libFuzzer for Python), in an environment of one's own that has it.

python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
PYTHONPATH=.venv/lib/python3.11/site-packages /tmp/fuzz/bin/python -m tests.tools.fuzz_atheris --documents 20000
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import os
import pkgutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> int:
    """Fuzz until the documents or the seconds are used up; ends the process, as libFuzzer does not return."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--build-each", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["generator"]):
        import generator

        for module in pkgutil.walk_packages(generator.__path__, "generator."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    from tests.tools import fuzz

    folder = Path(tempfile.mkdtemp(prefix="spectwin-atheris-"))
    judge = fuzz.Judge(folder=folder, build_each=options.build_each)
    (folder / "corpus").mkdir()
    for data, suffix in fuzz.texts():
        (folder / "corpus" / hashlib.sha256(data).hexdigest()[:16]).write_bytes(b"JY"[suffix != ".json" :][:1] + data)
    (folder / "words").write_text("".join(f'"{word}"\n' for word in fuzz.WORDS), encoding="utf-8")
    until = time.monotonic() + options.seconds

    def one(data: bytes) -> None:
        with contextlib.redirect_stderr(None):
            judge.judge(data[1:], ".json" if data[:1] <= b"M" else ".yaml")
        if judge.report.tried >= options.documents or time.monotonic() > until:
            print(f"atheris, seed {options.seed}: {judge.report}", flush=True)
            os._exit(1 if judge.report.found else 0)

    limits = ["-max_len=20000", "-timeout=60", "-rss_limit_mb=4096", "-verbosity=0"]
    atheris.Setup(["fuzz", *limits, f"-seed={options.seed}", f"-dict={folder / 'words'}", str(folder / "corpus")], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
