"""SHA-256 sums of every generated file: `python -m tests.tools.sums [--accept] [CORPUS]` compares, or writes, the lists.

A net for moving code: what is generated from the golden documents (and from the documents of a folder) stays the same,
byte by byte, and so do the messages about it. The generator is asked by its command line only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.folders import GOLDEN, ROOT

LISTS = ROOT / "tests" / "sums"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where a sum differs."""
    parser = argparse.ArgumentParser(prog="sums", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path, nargs="?", help="a folder of OpenAPI documents")
    parser.add_argument("--accept", action="store_true", help="write the lists")
    parser.add_argument("--only", nargs="+", default=[], help="documents whose names contain one of these")
    options = parser.parse_args(arguments)
    cases = {"golden": sorted(GOLDEN.glob("*/spec*.yaml"))}
    if options.corpus is not None:
        cases["corpus"] = sorted(
            path for path in options.corpus.glob("*.*") if path.suffix in {".json", ".yaml", ".yml"}
        )
    status = 0
    for name, documents in cases.items():
        chosen = [path for path in documents if not options.only or any(one in str(path) for one in options.only)]
        with ThreadPoolExecutor(2) as pool:
            found = {key: digest for sums in pool.map(_sums, chosen) for key, digest in sums.items()}
        path = LISTS / f"{name}.txt"
        if options.accept:
            path.write_text("".join(f"{digest}  {key}\n" for key, digest in sorted(found.items())), encoding="utf-8")
        else:
            names = {_label(one) for one in chosen}
            expected = {key: digest for key, digest in _read(path).items() if key.partition("|")[0] in names}
            status |= _compare(name, expected, found, len(chosen))
    return status


def _read(path: Path) -> dict[str, str]:
    lines = (line.partition("  ") for line in path.read_text(encoding="utf-8").splitlines())
    return {key: digest for digest, _, key in lines}


def _compare(name: str, expected: Mapping[str, str], found: Mapping[str, str], documents: int) -> int:
    other = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    for key in other:
        sys.stdout.write(f"differs: {key}\n")
    sys.stdout.write(f"{name}: {documents} documents, {len(found)} files, {len(other)} differ\n")
    return 1 if other else 0


def _label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _sums(path: Path) -> dict[str, str]:
    """Generate from one document, and give the sum of each file and of the messages."""
    with tempfile.TemporaryDirectory(prefix="spectwin-sums-") as scratch:
        folder = Path(scratch)
        shutil.copy(path, folder / path.name)
        (folder / "pyproject.toml").write_text(_settings(path, folder), encoding="utf-8")
        command = [sys.executable, "-m", "generator", "generate", "--json"]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        said = json.loads(done.stdout) if done.stdout.startswith("{") else {"diagnostics": done.stdout + done.stderr}
        messages = json.dumps([done.returncode, said["diagnostics"]], sort_keys=True).replace(str(folder), "")
        result = {f"{_label(path)}|messages": hashlib.sha256(messages.encode()).hexdigest()}
        for file in sorted(folder.glob("generated/**/*")):
            if file.is_file():
                name = file.relative_to(folder / "generated").as_posix()
                result[f"{_label(path)}|{name}"] = hashlib.sha256(file.read_bytes()).hexdigest()
        return result


def _settings(path: Path, folder: Path) -> str:
    """Write the settings of a document: those of the test, and an overlay beside it."""
    values: dict[str, Any] = {"spec": path.name, "package": "api", "lenient": GOLDEN not in path.parents}
    options = path.parent / "options.json"
    if GOLDEN in path.parents and options.is_file():
        values |= json.loads(options.read_text(encoding="utf-8"))
    for overlay in path.parent.glob("overlay.yaml") if GOLDEN in path.parents else ():
        shutil.copy(overlay, folder / overlay.name)
        values["overlays"] = [overlay.name]
    return "[tool.spectwin]\n" + "".join(_line(name.replace("_", "-"), value) for name, value in values.items())


def _line(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"{name} = {{ {', '.join(f'{key} = {json.dumps(one)}' for key, one in value.items())} }}\n"
    return f"{name} = {json.dumps(value)}\n"


if __name__ == "__main__":
    sys.exit(main())
