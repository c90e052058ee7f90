"""The classes of a package of modules: each module is imported when one of its classes is first asked for."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def members(package: str, /, **homes: str) -> tuple[list[str], Callable[[], list[str]], Callable[[str], Any]]:
    """Return the `__all__`, `__dir__` and `__getattr__` of a package; `homes` are the modules that names come from."""

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from .base import deep  # with pydantic, which the models need and this table does not

        with deep():  # a module imports those that it needs, which may be as many as pydantic has types to build
            found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)  # what is there is not asked for again
        return found

    return [*homes], lambda: [*homes], find
