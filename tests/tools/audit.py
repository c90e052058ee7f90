"""`make audit`: pip-audit over the locked dependencies; skipped, and said, where it or its data can't be reached."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys

from tests.support.folders import ROOT

SERVICE = "api.osv.dev"  # where pip-audit asks
LOCKS = ("requirements/dev.txt",)


def main() -> int:
    """Audit; returns the exit status: 0 also where nothing could be asked."""
    uv = shutil.which("uvx")
    command = [sys.executable, "-m", "pip_audit"] if _has_pip_audit() else [uv, "pip-audit"] if uv else []
    if not command:
        print("SKIPPED: pip-audit is not installed (pip install pip-audit, or uv)")
        return 0
    if not _reachable(SERVICE):
        print(f"SKIPPED: {SERVICE} can't be reached from here; dependencies were not audited")
        return 0
    locks = [part for lock in LOCKS for part in ("-r", str(ROOT / lock))]
    ended = subprocess.run(
        [*map(str, command), "--require-hashes", "--disable-pip", "-s", "osv", *locks, *sys.argv[1:]],
        check=False,
    )
    return ended.returncode


def _has_pip_audit() -> bool:
    import importlib.util

    return importlib.util.find_spec("pip_audit") is not None


def _reachable(host: str) -> bool:
    try:
        socket.create_connection((host, 443), timeout=5).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
