"""`make bench-diff`: time and memory of `diff` for a document of 5 MB and 800 operations, with itself and with others.

Each line is a process of its own: seconds that passed, seconds of CPU of it and its own processes, the memory of the
biggest one. Two processors are used; a busy machine shows in the first column only.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.changes.big import big_document

Tree = dict[str, Any]


def changed() -> Iterator[tuple[str, Tree]]:
    """The document, and copies of it with what their names say."""
    base = big_document()
    yield "itself", base
    new = copy.deepcopy(base)
    new["components"]["schemas"]["Thing7"]["properties"]["field3"]["maxLength"] = 5
    yield "one bound changed", new
    new = copy.deepcopy(base)
    for name, schema in new["components"]["schemas"].items():
        if name.endswith("7"):
            schema["properties"]["field3"]["maxLength"] = 5
    yield "130 bounds changed", new
    new = copy.deepcopy(base)
    for name, schema in new["components"]["schemas"].items():
        if name != "Error":
            schema["properties"]["field3"]["type"] = "integer"
    yield "a type changed in each of 1,300 schemas", new
    new = copy.deepcopy(base)
    for path, item in list(new["paths"].items())[:100]:
        new["paths"][f"{path}/new"] = new["paths"].pop(path)
        del item["post"]
    yield "200 operations moved or removed", new


def main(arguments: list[str]) -> None:
    """Write the documents, compare, print a line for each."""
    with tempfile.TemporaryDirectory(prefix="spectwin-bench-") as folder:
        old = Path(folder, "old.json")
        old.write_text(json.dumps(big_document(), indent=1), encoding="utf-8")
        print(f"{old.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} processors\nseconds    CPU   MB  compared with")
        for name, tree in changed():
            new = Path(folder, "new.json")
            new.write_text(json.dumps(tree, indent=1), encoding="utf-8")
            command = [sys.executable, "-m", "generator", "diff", str(old), str(new), *arguments]
            began = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                said = (process.stdout.read() if process.stdout else "").rstrip().rpartition("\n")[2]
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.perf_counter() - began
            print(f"{seconds:7.2f} {used.ru_utime + used.ru_stime:6.2f} {used.ru_maxrss / 1024:4.0f}  {name}: {said}")
            if process.returncode:
                sys.exit(f"diff ended with {process.returncode}")


if __name__ == "__main__":
    main(sys.argv[1:])
