"""Annotations compared as types: what a type checker makes of them, whatever is written.

A type is a set of alternatives. Titles, examples, bounds, and the order of a union or a Literal are no part of it, and an
alias is what it stands for.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...python.imports import operands
from ...records import record

Alternative = tuple[str, ...]
"""`("name", "str")`, `("literal", "str", "'a'")`, or the text of a generic type with its arguments as types below."""


@record
class Generic:
    """A type with arguments: `list[str]`."""

    name: str
    arguments: tuple[Form, ...]


Member = Alternative | Generic
Form = frozenset[Member]

_READ_ONLY = frozenset(
    "tuple Sequence Iterable Iterator AsyncIterable AsyncIterator Mapping Awaitable type AbstractContextManager".split()
)
"""Types that nothing is put into: one of `bool` is one of `int`."""
_RUNTIME: Mapping[str, str] = {
    "Base64": "bytes",
    "Date": "date",
    "DateTime": "datetime",
    "UTCDateTime": "datetime",
    "Time": "time",
    "Value": "Any",
    "Secret": "str",
}
"""Aliases of the runtime that stand for a type of the standard library."""
_ABOVE: Mapping[str, frozenset[str]] = {
    "bool": frozenset(("int", "float", "complex")),
    "int": frozenset(("float", "complex")),
    "float": frozenset(("complex",)),
    "datetime": frozenset(("date",)),
    "bytearray": frozenset(("bytes",)),
}
"""What a type checker takes in the place of what (typing specification, "Special cases for float and complex")."""
_ANY = frozenset(("Any", "object"))
_DEPTH = 20
"""So many aliases stand for one another; beyond, one is compared by its name."""


@dataclass(frozen=True)
class Names:
    """What names mean in the two versions of a package: aliases, classes with their parents, and renamed classes."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    forms: dict[Form, Form] = field(default_factory=dict)
    """Types that were read, of both versions: equal ones are one object, so that comparing two does not look into them."""

    @cached_property
    def _accepted(self) -> dict[tuple[Form, Form], bool]:
        return {}

    @cached_property
    def _known(self) -> dict[tuple[str, frozenset[str]], Form]:
        return {}

    def form(self, annotation: str, kept: frozenset[str] = frozenset()) -> Form:
        """Read an annotation; the aliases in `kept` stay as they are, since what becomes of them is said at these."""
        key = annotation, kept
        if key not in self._known:
            self._known[key] = _Reader(self, kept).text(annotation)
        return self._known[key]

    def accepts(self, wide: Form, narrow: Form) -> bool:
        """Whether a type checker takes values of one type where another one is wanted.

        `Any` is taken by `Any` and `object` only, unlike by a type checker: what it lets through unseen breaks at run time.
        """
        if not wide or not narrow or wide is narrow or wide & {("name", each) for each in _ANY}:
            return True
        key = wide, narrow
        if key not in self._accepted:  # types may share others level by level
            self._accepted[key] = all(any(self._takes(outer, inner) for outer in wide) for inner in narrow)
        return self._accepted[key]

    def _takes(self, outer: Member, inner: Member) -> bool:
        if inner == outer:
            return True
        if isinstance(inner, Generic) or isinstance(outer, Generic):
            if not isinstance(inner, Generic) or not isinstance(outer, Generic) or inner.name != outer.name:
                return False
            pairs = list(zip(outer.arguments, inner.arguments, strict=False))
            if len(inner.arguments) != len(outer.arguments):
                return False
            if inner.name in _READ_ONLY:
                return all(self.accepts(one, other) for one, other in pairs)
            return all(self.accepts(one, other) and self.accepts(other, one) for one, other in pairs)
        if outer[0] != "name":
            return False
        name = inner[1]
        parents = self.above(name) if inner[0] == "name" else set[str]()
        return outer[1] == name or outer[1] in _ABOVE.get(name, ()) or outer[1] in parents

    def above(self, name: str) -> set[str]:
        """A class and all that it extends."""
        found, todo = set[str](), [name]
        while todo:
            each = todo.pop()
            if each not in found:
                found.add(each)
                todo += self.parents.get(each, ())
        return found


class _Reader:
    def __init__(self, names: Names, kept: frozenset[str]) -> None:
        self._names, self._kept = names, kept
        self._open: set[str] = set()
        self._meant: dict[str, Form] = {}

    def text(self, annotation: str) -> Form:
        try:
            return self.node(ast.parse(annotation, mode="eval").body) if annotation else frozenset()
        except SyntaxError:
            return frozenset({("name", annotation)})

    def node(self, node: ast.expr) -> Form:
        found = self._read(node)
        return self._names.forms.setdefault(found, found)

    def _read(self, node: ast.expr) -> Form:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return frozenset[Member]().union(*(self.node(each) for each in operands(node)))
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Constant) and node.value is None:
            return frozenset({("name", "None")})
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.text(node.value)
        if isinstance(node, ast.List):  # the arguments of a Callable
            return frozenset({Generic("[]", tuple(self.node(each) for each in node.elts))})
        return self._name(ast.unparse(node))

    def _name(self, written: str) -> Form:
        own = written.removeprefix("models.")
        name = self._names.renames.get(own, own)
        is_meant = name in self._names.aliases and name not in self._kept and name not in self._open  # it may lead back
        if is_meant and len(self._open) < _DEPTH:
            if name not in self._meant:
                self._open.add(name)
                self._meant[name] = self.text(self._names.aliases[name])
                self._open.remove(name)
            return self._meant[name]
        short = name.rpartition(".")[2]
        return frozenset({("name", name if own in self._names.renames else _RUNTIME.get(short, short))})

    def _subscript(self, node: ast.Subscript) -> Form:
        name = ast.unparse(node.value).rpartition(".")[2]
        elements = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Literal":
            return frozenset(_literal(each) for each in elements)
        if name == "Annotated":
            return self.node(elements[0])
        if name in {"Absent", "Optional"}:
            return self.node(elements[0]) | {("name", "None")}
        if name == "Union":
            return frozenset[Member]().union(*(self.node(each) for each in elements))
        return frozenset({Generic(name, tuple(self.node(each) for each in elements))})


def _literal(node: ast.expr) -> Alternative:
    value = ast.literal_eval(node) if not isinstance(node, ast.Attribute | ast.Name) else ast.unparse(node)
    return ("name", "None") if value is None else ("literal", type(value).__name__, repr(value))
