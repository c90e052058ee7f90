"""Annotations as a module has them in its text. Equal texts are read once: many fields and arguments have the same type."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Sequence
from typing import cast

from ...python.imports import operands

Known = dict[str, tuple[str, bool]]
"""What annotations say, by their text."""


def lines_of(text: str) -> list[str]:
    """Divide a text into lines as Python counts them."""
    return io.StringIO(text, newline=None).readlines()


class Written:
    """The text of a module: what its annotations say. Syntax trees of it are left as they are."""

    def __init__(self, lines: Sequence[str], before: int = 0, known: Known | None = None) -> None:
        """Take the lines of the text; so many stand before those of the syntax tree. `known` is what was read of others."""
        self._lines, self._before = lines, before
        self._known: Known = {} if known is None else known

    def type(self, annotation: ast.expr) -> str:
        """An annotation without the quotes of what is defined later: where a class stands in its module is no change."""
        return self._read(annotation)[0]

    def has_default(self, annotation: ast.expr) -> bool:
        """Whether a `Field(...)` inside an annotation gives a default."""
        return self._read(annotation)[1]

    def _read(self, annotation: ast.expr) -> tuple[str, bool]:
        text = self._text(annotation)
        if text not in self._known:
            self._known[text] = _unquoted(text)
        return self._known[text]

    def _text(self, node: ast.expr) -> str:
        first, last = (self._before + each - 1 for each in (node.lineno, node.end_lineno or node.lineno))
        line = self._lines[first]
        if first == last and line.isascii():
            return line[node.col_offset : node.end_col_offset]
        lines = [each.encode() for each in self._lines[first : last + 1]]  # columns count octets
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"".join(lines).decode()


def _unquoted(annotation: str) -> tuple[str, bool]:
    """Read a text: without quotes, and whether a `Field(...)` in its arguments gives a default."""
    found: ast.expr = _Unquoted().visit(ast.parse(f"({annotation})", mode="eval").body)
    inside = ast.walk(found.slice) if isinstance(found, ast.Subscript) else ()
    return ast.unparse(found), any(
        isinstance(each, ast.Call) and is_field(each) and gives_default(each) for each in inside
    )


def is_field(node: ast.AST) -> bool:
    """Whether it is a `Field(...)`."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Field"


def gives_default(call: ast.Call) -> bool:
    """Whether a `Field(...)` gives a default."""
    if any(keyword.arg in {"default", "default_factory"} for keyword in call.keywords):
        return True
    return bool(call.args) and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is Ellipsis)


class _Unquoted(ast.NodeTransformer):
    """Puts what quoted parts of an annotation say in their place; literals and arguments of calls stay.

    `Union[…]` becomes `… | …`.
    """

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            return cast("ast.expr", self.visit(ast.parse(node.value, mode="eval").body))
        except SyntaxError:
            return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A Protocol is called by its module where that is imported late."""
        return ast.Name(node.attr) if isinstance(node.value, ast.Name) and node.value.id == "api" else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return self._union(operands(node)) if isinstance(node.op, ast.BitOr) else node

    def _union(self, parts: Iterable[ast.expr]) -> ast.expr:
        """Write the members one after the other: as a tree, a wide union is as deep as it is wide."""
        return ast.Name(" | ".join(ast.unparse(self.visit(each)) for each in parts))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = ast.unparse(node.value)
        if name.endswith("Literal"):
            return node
        if name == "Union" and isinstance(node.slice, ast.Tuple):  # what can't be written with `|` before it is defined
            return self._union(node.slice.elts)
        return cast("ast.expr", self.generic_visit(node))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return node
