"""The inspection of what stands in many places alike: each text of a kind is parsed and inspected once.

An operation has the same arguments in two Protocols, two clients and two stubs, and many operations have the same
parameters. So methods and operations are cut into pieces. Each piece is parsed by itself, between words that show that it is
whole: then pieces that follow one another are nothing but what they are alone. What is not cut as the templates print it, or is
refused, is left to be parsed and inspected with all that stands around it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from hashlib import blake2b
from itertools import pairwise
from keyword import iskeyword
from typing import NamedTuple, TypeVar

from .gate import Gate, is_class
from .printed import TYPES
from .syntax import GateError, dotted, is_constant, is_text

_T = TypeVar("_T", bound=ast.AST)
_Known = dict[str | bytes, "_Found | None"]
_NAME = "[A-Za-z][A-Za-z0-9_]*"
_BEGIN = re.compile(r"\n\n(?=[@A-Za-z])")
_TEXT = r"""[^"\\]*(?:(?:"(?!"")|\\[\\"'nt])[^"\\]*)*"""
_DOC = {depth: re.compile(rf' {{{depth}}}"""{_TEXT}"""\n') for depth in (4, 8)}
_CLASS = re.compile(rf"class ({_NAME})\(.*\):\n")
_MEMBER = re.compile(r"\n\n(?=    [@A-Za-z])")
_SIGNATURE = re.compile(r"\n    [)\]].*:\n")
_SENDS = re.compile(rf"        return (?:await )?(self\._client\.\w+\(\s*contract\.)(?!_)({_NAME})")
_NAMED = re.compile(r'(name|operation_id|method|path)="[^"\\\n]*",')
_PARAMETER = re.compile(r'Parameter\([ \n]*"[^"\\\n]*",')
_RULE = re.compile(r'(?<=\n)( +Rule\(")\w*(?="\),\n)', re.ASCII)
_FIELD = re.compile(
    rf"    ({_NAME}|__\w+__)((?:: .*[^\[(]| = .*[^\[(]|(?::| =) .*[\[(]\n(?:        .*\n)+    [)\]].*)\n)"
)
_METHOD = re.compile(rf"(    @.*\n)?    (?:async )?def ({_NAME})(?=\()")
_FUNCTION = re.compile(rf"@cache\ndef ({_NAME})(\(\) -> (?s:.*?):\n    return ()?)Operation\(\n")
_CONSTANT = re.compile(rf"({_NAME})((?:: [^=]*)? = (\(\n    )?)Operation\(\n")
_AT = {depth: re.compile(rf"\n {{{depth}}}(?=[^\s\])}}|])") for depth in (4, 8, 12)}
_PARAMETERS = re.compile(r"parameters=(\w*Parameters)\(\n")
_LONG = 100
"""Texts of more characters are known by their digests."""
_ANYWHERE = {place: ("", False, place) for place in ("argument", "arguments", "class", "decorator")}
"""Pieces that mean the same in modules of each kind."""
_ODD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\xa0\ud800-\udfff]")
"""Characters that count otherwise inside a module than in a piece, or are none of a file: tabs, form feeds, surrogates."""
_KEPT = 200_000
"""So many texts of a kind are known at once."""


class Asked(set[str]):
    """Names that count as known; those that somebody asks for are noted."""

    def __init__(self, known: Collection[str] = ()) -> None:
        super().__init__(known)
        self.noted: set[str] = set()

    def __contains__(self, name: object) -> bool:
        self.noted.add(str(name))
        return True

    def unknown(self) -> set[str]:
        """Give the names that were asked for, and are not known."""
        return self.noted - set(self)


class _Found(NamedTuple):
    """What a piece reads of its module, the names that it gives or needs, and one thing more that its place asks for."""

    reads: frozenset[str]
    names: frozenset[str] = frozenset()
    mark: bool = False


class _OtherError(Exception):
    """A text is not cut as expected, or is refused."""


class Pieces:
    """The pieces that were inspected, by the kind of their module and their place in it; `None` for what is refused."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool, str], _Known] = {}

    def inspect(
        self, name: str, text: str, allowed: Collection[str], asked: Asked, define: Callable[[str], None]
    ) -> Iterator[tuple[int, str]]:
        """Inspect the statements of a module in pieces. Yields what is left to be inspected, with the number of lines before it.

        `name`, `allowed` and `asked` are as for `gate.inspect`; the names of classes and functions go to `define`.
        """
        one = _Module(self._known, name, allowed)
        if one.read is None or (not text.replace("\n", "").isprintable() and _ODD.search(text)):
            yield 0, text
            return
        starts = [0, *(found.end() for found in _BEGIN.finditer(text)), len(text)]
        lines = left = 0  # before `left`, all is inspected or has been yielded
        for begin, end in pairwise(starts):
            try:
                defined, is_callable = one.read(text[begin:end].rstrip(" \n") + "\n")
            except _OtherError:
                continue
            if left < begin:
                yield lines, text[left:begin]
            lines += text.count("\n", left, end)
            left = end
            asked.add(defined)
            asked.noted |= one.reads
            if is_callable:
                define(defined)
        if left < len(text):
            yield lines, text[left:]


class _Module:
    """Inspects the statements of one module."""

    read: Callable[[str], tuple[str, bool]] | None = None
    """Inspects a statement; returns the name that it defines, and whether that is a class or function. Raises _OtherError."""

    def __init__(self, known: dict[tuple[str, bool, str], _Known], name: str, allowed: Collection[str]) -> None:
        self._known = known
        self._gate = Gate(name=name, allowed=allowed, known=Asked(), before=0)
        self._kind = "client" if name.startswith("client/") else self._gate.whole
        self._places: dict[str, _Known] = {}
        self.reads: set[str] = set()  # by the last statement
        if self._kind in ("api.py", "server/stub.py", "client") and name != "client/__init__.py":
            self.read = self._class
        elif self._kind == "contract.py":
            self.read = self._operation
        elif self._kind == "models.py":
            self.read = self._model

    def _once(self, place: str, text: str, inspect: Callable[[str], _Found]) -> _Found:
        """Inspect a piece, unless that was done; raise _OtherError if it is refused."""
        if (known := self._places.get(place)) is None:
            where = _ANYWHERE.get(place) or (self._kind, self._gate.in_parts, place)
            known = self._places[place] = self._known.setdefault(where, {})
        key = text if len(text) < _LONG else blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        if key not in known:
            if len(known) >= _KEPT:
                known.clear()
            self._gate.known = asked = Asked()
            try:
                known[key] = inspect(text)._replace(reads=frozenset(asked.noted))
            except (SyntaxError, ValueError, RecursionError, MemoryError, GateError, _OtherError):
                known[key] = None
        if (found := known[key]) is None:
            raise _OtherError
        self.reads |= found.reads
        return found

    # --- classes with methods ---------------------------------------------------------------------------------------

    def _class(self, text: str) -> tuple[str, bool]:
        """Inspect a class: its first line, its documentation, each of its members."""
        self.reads.clear()
        if not (head := _CLASS.match(text)) or iskeyword(head[1]):
            raise _OtherError
        self._first_line(head)
        documentation = _DOC[4].match(text, head.end())
        members = text[documentation.end() if documentation else head.end() :]
        if not documentation and not members:
            raise _OtherError
        for member in _MEMBER.split(f"\n{members}"):
            if lines := member.strip("\n"):
                self._member(f"{lines}\n")
        return head[1], True

    def _first_line(self, head: re.Match[str]) -> None:
        """Inspect the bases of a class, whatever its name."""
        bases = head[0].removeprefix(f"class {head[1]}")
        self._once("class", f"class C{bases}", partial(self._whole_member, "    pass\n"))

    def _member(self, text: str) -> None:
        try:
            self._method(text)
        except _OtherError:
            self._once("member", text, self._whole_member)

    def _whole_member(self, text: str, head: str = "class C:\n") -> _Found:
        found = _of(ast.ClassDef, _statement(f"{head}{text}"))
        if any(one.col_offset != 4 for one in found.body):  # as deep as the other members
            raise _OtherError
        self._gate.class_(found)
        return _NOTHING

    def _method(self, text: str) -> None:
        """Inspect a method: decorator, arguments, documentation, and what it does."""
        if not (head := _METHOD.match(text)) or iskeyword(head[2]):
            raise _OtherError
        if head[1]:
            self._once("decorator", head[1], self._decorator)
        end = text.find("\n", head.end())
        if text.startswith("(\n", head.end()):
            if not (found := _SIGNATURE.search(text, head.end())):
                raise _OtherError
            end = found.end() - 1
        local = self._arguments(text[head.end() : end])
        documentation = _DOC[8].match(text, end + 1)
        body = text[documentation.end() if documentation else end + 1 :]
        if body:
            place = "steps" if documentation else "body"
            inspect = partial(self._steps, is_documented=not documentation)
            if (sent := _SENDS.match(body)) and not iskeyword(sent[2]):
                body = f"        return {sent[1]}x{body[sent.end() :]}"  # what is awaited is a call
            for name in self._once(place, body, inspect).names - local:
                if not is_class(name):
                    raise _OtherError
                self.reads.add(name)
        elif not documentation:
            raise _OtherError

    def _decorator(self, text: str) -> _Found:
        method = _of(ast.FunctionDef, _only(_of(ast.ClassDef, _statement(f"class C:\n{text}    def f(): ...\n")).body))
        if len(method.decorator_list) != 1 or not self._gate.decorates(method.decorator_list[0]):
            raise _OtherError
        return _NOTHING

    def _arguments(self, text: str) -> set[str]:
        """Inspect arguments and what is returned, in their parentheses and with the colon; returns the arguments' names."""
        begin = text.find("\n    )")
        first, *others = _AT[8].split(text[:begin])
        if first != "(" or not others or others[0] != "self,":
            return {*self._once("arguments", text, self._signature).names, "services"}
        names, has_default, is_starred = {"self", "services"}, False, False
        for other in others[1:]:
            if other == "*,":
                if is_starred:
                    raise _OtherError
                is_starred = True
                continue
            found = self._once("argument", other, self._argument)
            if has_default and not found.mark and not is_starred:
                raise _OtherError
            has_default = found.mark
            names |= found.names
        if others[-1] == "*,":
            raise _OtherError
        self._once("arguments", f"({text[begin:]}", self._signature)
        return names

    def _signature(self, text: str) -> _Found:
        function = _of(ast.FunctionDef, _statement(f"def f{text}\n    ...\n"))
        if text.endswith("\\") or _only(function.body).lineno != text.count("\n") + 2:
            raise _OtherError
        names = self._gate.arguments(function)
        if function.returns is not None:
            self._gate.annotation(function.returns)
        return _Found(frozenset(), frozenset(names))

    def _argument(self, text: str) -> _Found:
        function = _of(ast.FunctionDef, _statement(f"def f(*,\n{text}\n_): ...\n"))
        found = function.args
        *given, last = found.kwonlyargs
        is_whole = (last.arg, last.annotation, found.kw_defaults[-1], function.returns) == ("_", None, None, None)
        is_empty = is_constant(_of(ast.Expr, _only(function.body)).value, ...)
        if not is_whole or len(given) != 1 or found.kwarg or not is_empty:
            raise _OtherError
        self._gate.arguments(function)
        return _Found(frozenset(), frozenset(one.arg for one in given), found.kw_defaults[0] is not None)

    def _steps(self, text: str, is_documented: bool = False) -> _Found:
        function = _of(ast.FunctionDef, _statement(f"def f():\n{text}"))
        first, local = function.body[0], Asked()
        has_text = is_documented and isinstance(first, ast.Expr) and is_text(first.value)
        if first.col_offset != 8:
            raise _OtherError
        for step in function.body[has_text:]:
            self._gate.step(step, local)
        values = (one for node in ast.walk(function) if isinstance(node, ast.Dict) for one in node.values)
        if any(isinstance(one, ast.Name) and is_class(one.id) for one in values):  # no class may be one
            raise _OtherError
        return _Found(frozenset(), frozenset(local.noted))

    # --- classes with fields ----------------------------------------------------------------------------------------

    def _model(self, text: str) -> tuple[str, bool]:
        """Inspect a class: its first line, its fields and their documentation."""
        self.reads.clear()
        if not (head := _CLASS.match(text)) or len(text) == head.end() or iskeyword(head[1]):
            raise _OtherError
        self._first_line(head)
        at = head.end()
        while at < len(text):
            if text[at] == "\n":
                at += 1
            elif documentation := _DOC[4].match(text, at):
                at = documentation.end()
            else:
                at = self._member_of_model(text, at)
        return head[1], True

    def _member_of_model(self, text: str, at: int) -> int:
        """Inspect a field, whose name does not matter, or what else is assigned; returns where it ends."""
        found = _FIELD.match(text, at)
        if not found or iskeyword(found[1]):
            raise _OtherError
        name = "x" if found[2].startswith(":") and not found[1].startswith("_") else found[1]
        self._once("field", f"{name}{found[2]}", self._field)
        return found.end()

    def _field(self, text: str) -> _Found:
        statement = _statement(text)
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            raise _OtherError
        self._gate.assigned(statement, top=False)
        return _NOTHING

    # --- operations of the contract ---------------------------------------------------------------------------------

    def _operation(self, text: str) -> tuple[str, bool]:
        """Inspect what makes an operation: what stands around its arguments, and each of them."""
        self.reads.clear()
        is_function = text.startswith("@")
        head = (_FUNCTION if is_function else _CONSTANT).match(text)
        is_misplaced = is_function and not self._gate.name.startswith("contract/")
        if not head or is_misplaced or iskeyword(head[1]) or head[1] in TYPES:
            raise _OtherError
        rest = "\n)" if head[3] else ""  # the call is in parentheses
        depth = 8 if is_function or rest else 4
        end = f"\n{' ' * (depth - 4)}){rest}\n"
        if not text.endswith(end):
            raise _OtherError
        begin = "@cache\ndef f" if is_function else "X"
        self._once("around", f"{begin}{head[2]}Operation(){rest}\n", self._around)
        has_keyword = False
        for one in _cut(text[head.end() : -len(end)], depth):
            inner, close = _PARAMETERS.match(one), f"\n{' ' * depth}),"
            if inner and one.endswith(close):
                for each in _cut(one[inner.end() : -len(close)], depth + 4):
                    given = _PARAMETER.match(each)
                    parameter = f'Parameter("",{each[given.end() :]}' if given else each
                    if "Rule(" in parameter and "\\" not in parameter:
                        parameter = _RULE.sub(r"\1", parameter)
                    self._once(inner[1], parameter, partial(self._given, inner[1]))
                one = f"parameters={inner[1]}(),"  # noqa: PLW2901 - what is around them
            if named := _NAMED.fullmatch(one):
                one = f'{named[1]}="",'  # noqa: PLW2901 - a text is a text
            is_positional = self._once("Operation", one, partial(self._given, "Operation")).mark
            if is_positional and has_keyword:
                raise _OtherError
            has_keyword = has_keyword or not is_positional
        return head[1], is_function

    def _around(self, text: str) -> _Found:
        statement = _statement(text)
        made = _only(statement.body) if isinstance(statement, ast.FunctionDef) else statement
        call = _of(ast.Call, _value(made))
        if call.args or call.keywords:
            raise _OtherError
        self._gate.statement(statement)
        return _NOTHING

    def _given(self, function: str, text: str) -> _Found:
        """Inspect arguments of a call, none of which is a type."""
        call = _of(ast.Call, _of(ast.Expr, _statement(f"{function}(\n{text}\n**_)\n")).value)
        last = call.keywords.pop() if call.keywords else None  # none where a comma is missing: `x ** _` is a number
        is_whole = dotted(call.func) == function and last and last.arg is None and dotted(last.value) == "_"
        if not is_whole or self._gate.calls.get(function, ((), 0))[1] is not None or (call.args and call.keywords):
            raise _OtherError
        self._gate.called(call, self._gate.calls)
        return _Found(frozenset(), mark=bool(call.args))


_NOTHING = _Found(frozenset())


def _cut(text: str, depth: int) -> list[str]:
    """Cut a text where a line begins at a depth, all of it."""
    first, *parts = _AT[depth].split(f"\n{text}")
    if first:
        raise _OtherError
    return parts


def _statement(text: str) -> ast.stmt:
    return _only(ast.parse(text).body)


def _only(statements: list[ast.stmt]) -> ast.stmt:
    if len(statements) != 1:
        raise _OtherError
    return statements[0]


def _value(statement: ast.stmt) -> ast.AST:
    """Return what a statement gives back or assigns; the rest of it is to be inspected, too."""
    found = statement.value if isinstance(statement, ast.Return | ast.Assign | ast.AnnAssign) else None
    return statement if found is None else found


def _of(kind: type[_T], node: ast.AST) -> _T:
    if not isinstance(node, kind):
        raise _OtherError
    return node
