"""What the stages of lowering share: types by pointer, annotations as source text, warnings."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Severity
from ..document.document import Document
from ..document.operations import Located, follow
from ..models.definitions import MARK, expanded
from ..models.plan import Models
from ..schemas.directions import Direction


@dataclass(slots=True, kw_only=True)
class Lowering:
    """One run: reads the document and its types, collects what fell back."""

    document: Document
    models: Models
    warnings: list[Diagnostic] = field(default_factory=list)
    causes: dict[tuple[Severity, str, str], dict[str, None]] = field(default_factory=dict)

    def warn(self, message: str, pointer: str, hint: str = "") -> None:
        """Note what could not be expressed, and where."""
        self.warnings.append(self.document.diagnostic("warning", message, pointer, hint))

    def note(self, message: str, pointer: str, hint: str = "", severity: Severity = "warning") -> None:
        """Note one place of what a document may have in hundreds: it is said once, with their number."""
        self.causes.setdefault((severity, message, hint), {})[pointer] = None

    def said(self) -> tuple[Diagnostic, ...]:
        """Give all that was noted."""
        found = list(self.warnings)
        for (severity, message, hint), pointers in self.causes.items():
            more = len(pointers) - 1
            count = f" (here and in {more:,} other place{'s' if more > 1 else ''})" if more else ""
            found.append(self.document.diagnostic(severity, message + count, next(iter(pointers)), hint))
        return tuple(found)

    def text(self, pointer: str, direction: Direction) -> str | None:
        """Give a schema's annotation as contract.py has it, or None where there is none."""
        found = self.models.types.get((pointer, direction))
        return None if found is None else self.bind(found.text)

    def meaning(self, pointer: str, direction: Direction) -> str:
        """Give a schema's annotation with what aliases stand for, to look at."""
        found = self.models.types.get((pointer, direction))
        return "" if found is None else expanded(found.text, self.models.aliases)

    def bind(self, text: str) -> str:
        """Put the names of classes in an annotation."""
        return MARK.sub(self._name, text)

    def _name(self, found: Any) -> str:
        key: str = found[1]
        return self.models.class_names[key[1:]] if key.startswith("!") else f"models.{self.models.class_names[key]}"

    def follow(self, pointer: str, value: Any) -> Located:
        """Follow a `$ref` of this document."""
        return follow(self.document, pointer, value)


class _Shown(ast.NodeTransformer):
    """Takes constraints off an annotation: a signature shows types."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            inner: ast.AST = self.visit(node.slice.elts[0])
            return inner
        return self.generic_visit(node)


@lru_cache(4096)
def shown(text: str) -> str:
    """Write an annotation as a signature shows it: without constraints and rules."""
    if "Annotated[" not in text:
        return text
    return ast.unparse(_Shown().visit(ast.parse(text, mode="eval")))


def union(parts: Sequence[str]) -> str:
    """Join annotations, None last."""
    found = list(dict.fromkeys(part for whole in parts for part in _parts(whole)))
    return " | ".join([part for part in found if part != "None"] + (["None"] if "None" in found else [])) or "None"


@lru_cache(4096)
def _parts(text: str) -> Sequence[str]:
    """Split the top level of a union."""
    tree = ast.parse(text, mode="eval").body
    found: list[ast.expr] = []
    while isinstance(tree, ast.BinOp):
        found.append(tree.right)
        tree = tree.left
    return [ast.unparse(part) for part in [tree, *reversed(found)]] if found else [text]
