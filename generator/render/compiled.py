"""Templates of ours as byte code, which stands beside them as that of Python's modules does.

To compile them takes as long as all the rest of a small package.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from ..disk import FILE_LIMIT, InTheWay, read_file, write_file

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


class Compiled(jinja2.BytecodeCache):
    """Reads and writes byte code in `__pycache__`, or where PYTHONPYCACHEPREFIX says; where that can't be written there is none."""

    def __init__(self, options: str) -> None:
        """Take the options of the environment, which decide what a text is compiled to, as its Jinja and its Python do."""
        self._made_by = f"{sys.version}\0{jinja2.__version__}\0{options}\0"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja hands it over
        """Give the path of the byte code; the empty text for a template that is no file."""
        with suppress(NotImplementedError):  # a Python that keeps none
            return importlib.util.cache_from_source(f"{filename}.py") if filename else ""
        return ""

    def get_source_checksum(self, source: str) -> str:
        """Tell a text and what compiles it from any other."""
        return hashlib.sha256((self._made_by + source).encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read the byte code, if it is that of this text."""
        with suppress(OSError, ValueError, EOFError, TypeError):
            checksum, _, code = read_file(Path(bucket.key), FILE_LIMIT).partition(b"\n")
            if checksum == bucket.checksum.encode():
                bucket.code = marshal.loads(code)  # noqa: S302 - as Python reads what it compiled of this module

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the byte code, as Python would."""
        if bucket.key and bucket.code and not sys.dont_write_bytecode:
            with suppress(OSError, InTheWay):
                write_file(Path(bucket.key), f"{bucket.checksum}\n".encode() + marshal.dumps(bucket.code))
