"""Each text of a module is compiled once: thousands of generated packages have the same runtime in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

import pytest

_MOST = 400
"""Texts to remember: those of a runtime come back, those of a document do not."""


@contextmanager
def compiled_once() -> Iterator[None]:
    """Remember what importing compiled, and give each file code that names it, as a file of byte code does."""
    compiled, known = SourceFileLoader.source_to_code, dict[bytes, CodeType]()

    def source_to_code(loader: Any, data: Any, path: Any, **options: Any) -> CodeType:
        if not isinstance(data, bytes) or "_runtime" not in str(path):
            return compiled(loader, data, path, **options)
        if data not in known:
            if len(known) == _MOST:
                known.clear()
            known[data] = compiled(loader, data, path, **options)
        return _of(known[data], str(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SourceFileLoader, "source_to_code", source_to_code)
        yield


def _of(code: CodeType, path: str) -> CodeType:
    parts = tuple(_of(one, path) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=path, co_consts=parts)
