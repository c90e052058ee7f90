"""What templates of ours are compiled to: attributes and calls are those of Python.

Jinja asks its environment for each attribute, which may be an item as well, and the context for each call, which may want to
be handed over. Nothing of ours is either, and both take longer than all that templates do besides.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from jinja2.compiler import CodeGenerator

from .. import ir

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.compiler import Frame

_TYPES = frozenset(
    one.name for kind in vars(ir).values() if is_dataclass(kind) for one in fields(kind) if "Type" in str(one.type)
)
"""The attributes that may hold a type, which the environment writes as text."""


class PlainCode(CodeGenerator):
    """Compiles templates that are not sandboxed."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - the names are Jinja's
        """Write `x.name`."""
        if node.attr in _TYPES:
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """Write `x(…)`."""
        self.visit(node.node, frame)
        whole: Any = self.stream
        made = self.stream = type(whole)()
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        arguments, self.stream = made.getvalue(), whole
        self.write(f"({arguments.removeprefix(', ')})")


_VISITS = PlainCode.visit_Getattr.__code__, PlainCode.visit_Call.__code__
MADE_BY = repr((sorted(_TYPES), [(one.co_code, one.co_consts, one.co_names) for one in _VISITS]))
"""Tells this code generator from one that writes other code."""
