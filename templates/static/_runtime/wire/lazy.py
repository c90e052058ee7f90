"""A contract in parts: the operations of a group are imported when they are first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .contract import Api

_CONTRACT = f"{__name__.partition('._runtime')[0]}.contract"


class LazyApi(Api):
    """A contract with a module for each group, `contract/<group>.py`: a client imports those whose operations it calls."""

    def __init__(self, *, groups: tuple[str, ...], **given: Any) -> None:
        """Take the names of the groups in their order, and all else that `Api` takes."""
        super().__init__(operations=(), **given)
        del self.operations  # so that it is looked for
        self._groups = groups

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(package={self.package!r}, groups={self._groups!r})"  # what is shown imports nothing
        )

    def __getattr__(self, name: str) -> Any:
        """Import all operations, as a server does: their types are evaluated then, and the models imported."""
        if name != "operations":
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        modules = [import_module(f"{_CONTRACT}.{group}") for group in self._groups]
        self.operations = tuple(make() for module in modules for make in module.OPERATIONS)
        return self.operations
