"""A small package in three versions, and what can be done with it: for the tests of ``emit``."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

from generator.output import plan
from generator.output.package import Package
from generator.render.marks import HEADS

HEAD = HEADS[".py"]
"""What the files begin with that come and go: they would not be removed without it."""

OLD = {"a.py": "a = 1\n", "b.py": f"{HEAD}b = 1\n", "client/c.py": "c = 1\n", "client/gone.py": f"{HEAD}gone = 1\n"}
NEW = {"a.py": "a = 2\n", "b.py": f"{HEAD}b = 1\n", "client/c.py": "c = 2\n", "server/d.py": f"{HEAD}d = 2\n"}
THIRD = {"a.py": "a = 3\n", "client/c.py": "c = 3\n", "e.py": f"{HEAD}e = 3\n"}


def package(files: dict[str, str], name: str = "pets", beside: dict[str, str] | None = None) -> Package:
    paths = {PurePosixPath(name, path): text for path, text in files.items()}
    paths |= {PurePosixPath(path): text for path, text in (beside or {}).items()}
    return Package(name=name, files=paths, warnings=(), operations=1, models=2)


def planned(files: dict[str, str], output: Path, digest: str = "1") -> plan.Plan:
    return plan.plan(package(files), output, inputs_digest=digest, sources=("openapi.yaml",))


def generate(files: dict[str, str], output: Path, *, force: bool = False, digest: str = "1") -> plan.Plan:
    return plan.write(planned(files, output, digest), force=force)


def states(plan: plan.Plan) -> dict[str, str]:
    return {str(file.path.relative_to("pets")): file.state for file in plan.files}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def expect(output: Path, files: dict[str, str]) -> None:
    """Check that the package is there, whole, with a manifest that says so, and nothing else."""
    found = contents(output / "pets")
    manifest = json.loads(found.pop("manifest.json"))
    assert found == {path: text.encode() for path, text in files.items()}
    assert set(manifest) == {"inputs", "sources", "files"}
    assert set(manifest["files"]) == {f"pets/{path}" for path in files}
    assert planned(files, output, manifest["inputs"]).current
