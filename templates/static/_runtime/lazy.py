"""Names of a package that are imported when they are first asked for."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def attributes(package: str, /, **homes: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package: the names that modules of it have, and the modules themselves."""

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{homes[name]}")
        return module if name == homes[name] else getattr(module, name)

    return find
