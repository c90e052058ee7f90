"""The last inspection of generated Python: a syntax tree that no template prints is refused.

The filters keep a document's text inside literals. If one of them ever fails, this gate refuses the module. It does not
search for dangerous code: each statement and each expression must be one that a template prints, with names that the
gate knows (`printed.py`). Text that Pydantic evaluates later (quoted annotations) has to follow the same rules.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from . import printed
from .divided import undivided
from .imports import KNOWN
from .lazy import imports_in, inspect_table, makes_operation
from .printed import ABSOLUTE, CALLS, DUNDERS, FUNCTIONS, MARKS, METADATA, MODULES, OWNERS, RELATIVE, SENDS, TYPES
from .syntax import GateError, Parsed, check_text, dotted, is_constant, is_text, parse, quoted


def check(name: str, module: Parsed | str, allowed: Collection[str] = ()) -> None:
    """Refuse a generated module, or its text, that holds anything but what the templates print.

    `name` is its path in the package; `allowed` are further modules that may be imported, or single names of them
    (`module:name`): those of the user's own types, and of the package's groups. Raises GateError with the line.
    """
    module = parse(name, module) if isinstance(module, str) else module
    check_text(name, module.text)
    inspect(name, module.tree, allowed, set(TYPES))


def inspect(name: str, tree: ast.Module, allowed: Collection[str], known: set[str], before: int = 0) -> None:
    """Refuse statements of a module as `check` does; `before` is the number of lines before them.

    `known` are the names that may be read; those that the statements import and define are added to it.
    """
    try:
        Gate(name=name, allowed=allowed, known=known, before=before).module(tree)
    except ValueError as error:
        raise GateError(f"{name}: not Python: {error}") from error
    except (RecursionError, MemoryError) as error:
        raise GateError(f"{name}: nested too deeply") from error


def is_class(name: str) -> bool:
    """Whether a name is written as a class's: many scripts have no capitals."""
    return name[:1].isalpha() and not name[:1].islower()


@dataclass(slots=True, kw_only=True)
class Gate:
    """Inspects one module: everything that is not allowed is a violation. Methods raise GateError."""

    name: str
    allowed: Collection[str]
    known: set[str]
    before: int
    whole: str = field(init=False)
    """The module of a package that is not split which has what this one has."""
    in_parts: bool = field(init=False)
    """Whether `contract` is the module of one group: what it has is called, not read."""
    calls: dict[str, tuple[Collection[str], int | None]] = field(init=False)

    def __post_init__(self) -> None:
        self.whole = undivided(self.name)
        self.in_parts = f"..contract:{self.name.removeprefix('client/').removesuffix('.py')}" in self.allowed
        self.calls = CALLS.get(self.whole, {})

    def _refuse(self, node: ast.AST, what: str) -> GateError:
        return GateError(f"{self.name}:{self.before + getattr(node, 'lineno', 0)}: {what}")

    def reads(self, node: ast.AST, *names: str) -> bool:
        """Inspect a name that the templates print as it is: it is imported like any other. Always true."""
        for name in names:
            if name not in self.known:
                raise self._refuse(node, f"the name {name}")
        return True

    def _every(self, rule: Callable[[ast.expr], None], nodes: Iterable[ast.expr | None]) -> None:
        for node in nodes:
            if node is None:
                raise GateError(f"{self.name}: an unpacked mapping")
            rule(node)

    # --- statements -------------------------------------------------------------------------------------------------

    def module(self, tree: ast.Module) -> None:
        """Inspect all statements."""
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom):
                self.imported(statement)
            elif isinstance(statement, ast.Import):
                whole = statement.names[0]
                if len(statement.names) > 1 or whole.name not in MODULES or whole.asname is not None:
                    raise self._refuse(statement, f"an import of {whole.name}")
                self.known.add(whole.name)
        self.known |= {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        self.known |= {
            target.id
            for node in tree.body
            for target in (node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)])
            if isinstance(target, ast.Name)
        }
        for statement in tree.body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Inspect a statement of the module."""
        if isinstance(node, ast.ClassDef):
            self.class_(node)
        elif isinstance(node, ast.FunctionDef) and node.name == "create_app" and self.name == "server/__init__.py":
            self.function(node)
        elif isinstance(node, ast.FunctionDef) and self.name.startswith("contract/"):
            self.made(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and self.name in printed.TABLES:
            inspect_table(node, self._refuse)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            self.assigned(node, top=True)
        elif isinstance(node, ast.If) and self.name in printed.LAZY:
            for one in imports_in(node, self._refuse):
                self.imported(one)
            self.reads(node, "TYPE_CHECKING", "attributes")
        elif not (
            isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and is_text(node.value))
        ):
            raise self._refuse(node, f"a {type(node).__name__}")

    def imported(self, node: ast.ImportFrom) -> None:
        """Inspect an import: known names, each from where it belongs."""
        depth = 2 if "/" in self.name else 1
        origin = "." * node.level + (node.module or "")
        near = "." + origin.lstrip(".") if node.level in (1, depth) else origin
        for alias in node.names:
            name = alias.name
            if single := f"{origin}:{name}" in self.allowed:
                fine = True
            elif node.level:
                fine = near in RELATIVE or origin in self.allowed
                inside = self.name.startswith("models/") and origin in self.allowed  # a class of any name
                fine = fine and (inside or name in KNOWN or name in FUNCTIONS or (is_class(name) and "__" not in name))
            else:
                fine = ABSOLUTE.get(name) == origin or (origin in self.allowed and name.isidentifier())
            is_part = single and alias.asname == "contract"  # the last way re-exports
            fine = fine and (is_part or alias.asname in (None, name))
            if not fine or name.startswith("_") or name == "*":
                raise self._refuse(node, f"an import of {name} from {origin}")
            self.known.add(alias.asname or name)

    def class_(self, node: ast.ClassDef) -> None:
        """Inspect a class: bases that are types, documentation, fields, and the methods that its file has."""
        if node.decorator_list or getattr(node, "type_params", None):
            raise self._refuse(node, "a decorated or generic class")
        if any(
            one.arg != "total" or not is_constant(one.value, False) for one in node.keywords
        ) or node.name.startswith("_"):
            raise self._refuse(node, f"the class {node.name} with keywords")
        for base in node.bases:
            if not isinstance(base, ast.Name | ast.Attribute | ast.Subscript):
                raise self._refuse(base, "a base that is no class")
            self.annotation(base)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.function(statement)
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                self.assigned(statement, top=False)
            elif not (
                isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and is_text(statement.value))
            ):
                raise self._refuse(statement, f"a {type(statement).__name__} in a class")

    def assigned(self, node: ast.Assign | ast.AnnAssign, *, top: bool) -> None:
        """Inspect an assignment to one name: a field, an alias, a constant."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        target = targets[0]
        if len(targets) != 1 or not isinstance(target, ast.Name):
            raise self._refuse(node, "an assignment to something else than a name")
        hides = target.id in (TYPES if top else ())
        if hides or (target.id.startswith("__") and target.id not in DUNDERS):
            raise self._refuse(node, f"an assignment to {target.id}")
        if isinstance(node, ast.AnnAssign):
            self.annotation(node.annotation)
        elif not top and target.id not in printed.ATTRIBUTES:
            raise self._refuse(node, f"an assignment to {target.id} in a class")
        if node.value is not None:
            self.value(node.value)
        if target.id == "__all__" and isinstance(node.value, ast.List):
            self.reads(node, *(str(getattr(one, "value", "")) for one in node.value.elts if is_text(one)))

    # --- functions --------------------------------------------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Inspect a function: constant defaults, a body that hands on, gives a group, or answers 501."""
        if self.whole not in ("api.py", "server/stub.py", "server/__init__.py") and not self.name.startswith("client/"):
            raise self._refuse(node, "a function")
        if node.name.startswith("_") or getattr(node, "type_params", None):
            raise self._refuse(node, f"the function {node.name}, generic or private")
        if len(node.decorator_list) > 1 or not all(map(self.decorates, node.decorator_list)):
            raise self._refuse(node, f"the function {node.name}, decorated")
        local = self.arguments(node) | {"services"}
        if node.returns is not None:
            self.annotation(node.returns)
        documented = isinstance(node.body[0], ast.Expr) and is_text(node.body[0].value)
        for statement in node.body[documented:]:
            self.step(statement, local)

    def made(self, node: ast.FunctionDef) -> None:
        """Inspect a function of the contract: it makes an operation."""
        call = makes_operation(node)
        if call is None or node.returns is None or node.name in TYPES:
            raise self._refuse(node, f"the function {node.name}")
        self.reads(node, "cache")
        self.annotation(node.returns)
        self.value(call)

    def decorates(self, node: ast.expr) -> bool:
        """Whether a decorator is that of a group of the client, or that of a deprecated operation with its text."""
        if self.name == "client/__init__.py":
            return dotted(node) == "cached_property" and self.reads(node, "cached_property")
        if not isinstance(node, ast.Call) or len(node.args) != 1 or not is_text(node.args[0]):
            return False
        known = dotted(node.func) == "deprecated" and self.reads(node, "deprecated")
        return known and [(one.arg, is_constant(one.value, None)) for one in node.keywords] == [("category", True)]

    def arguments(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
        """Inspect a function's arguments, their types and defaults; returns their names."""
        found = node.args
        if found.posonlyargs or found.vararg or (found.kwarg and node.name != "create_app"):
            raise self._refuse(node, "arguments of another kind")
        names = [*found.args, *found.kwonlyargs, *filter(None, [found.kwarg])]
        self._every(self.annotation, [one.annotation for one in names if one.annotation is not None])
        for default in (*found.defaults, *found.kw_defaults):
            if isinstance(default, ast.Name) and default.id == "MAX_BODY":
                self.reads(default, "MAX_BODY")
            elif default is not None:
                self.constant(default)
        return {one.arg for one in names}

    def step(self, node: ast.stmt, local: Collection[str]) -> None:
        """Inspect a statement of a function."""
        if isinstance(node, ast.Expr) and is_constant(node.value, ...):
            return
        if isinstance(node, ast.ImportFrom) and self.name == "client/__init__.py":
            self.imported(node)
            return
        if isinstance(node, ast.Raise) and node.exc is not None and node.cause is None:
            if dotted(node.exc) == "exceptions.Unimplemented" and self.reads(node, "exceptions"):
                return
        elif isinstance(node, ast.Return) and node.value is not None:
            value = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(value, ast.Call) and self._hands_on(value, (*SENDS, "application"), local):
                return
            if isinstance(value, ast.Call) and self.name == "client/__init__.py" and self._makes(value):
                return
        elif (
            isinstance(node, ast.AnnAssign)
            and node.value is not None
            and dotted(node.annotation) == "Services"
            and self.reads(node, "Services")
            and self._gathers(node.target, node.value, local)
        ):
            return
        raise self._refuse(node, f"a {type(node).__name__} in a function")

    def _hands_on(self, call: ast.Call, functions: Collection[str], local: Collection[str]) -> bool:
        """Whether a known function is called with arguments, constants and parts of the contract."""
        function = dotted(call.func)
        if function not in functions or (function == "application" and not self.reads(call, function)):
            return False
        for keyword in call.keywords:
            if keyword.arg is None and not (isinstance(keyword.value, ast.Name) and keyword.value.id == "fastapi"):
                return False
        return all(self._local(one, local) for one in (*call.args, *(keyword.value for keyword in call.keywords)))

    def _local(self, node: ast.expr, local: Collection[str]) -> bool:
        if isinstance(node, ast.Dict):
            return all(key is not None and is_text(key) for key in node.keys) and all(
                isinstance(value, ast.Name) and value.id in local for value in node.values
            )
        if isinstance(node, ast.Call) == self.in_parts and isinstance(
            part := getattr(node, "func", node), ast.Attribute
        ):
            plain = not (getattr(node, "args", ()) or getattr(node, "keywords", ()))
            known = isinstance(part.value, ast.Name) and part.value.id == "contract"
            return plain and known and not part.attr.startswith("_") and self.reads(node, "contract")
        if isinstance(node, ast.Name):
            return node.id in local or (node.id in self.known and is_class(node.id))
        return isinstance(node, ast.Constant)

    def _gathers(self, target: ast.expr, value: ast.expr, local: Collection[str]) -> bool:
        """Whether the services are gathered by the name of their group."""
        return dotted(target) == "services" and isinstance(value, ast.Dict) and self._local(value, local)

    def _makes(self, call: ast.Call) -> bool:
        """Whether a group is made from the client."""
        known = isinstance(call.func, ast.Name) and call.func.id in self.known and is_class(call.func.id)
        return known and not call.keywords and [dotted(one) for one in call.args] == ["self"]

    # --- expressions ------------------------------------------------------------------------------------------------

    def constant(self, node: ast.expr) -> None:
        """Inspect a literal of JSON, or nothing."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            node = node.operand
            if isinstance(node.value, bool) or not isinstance(node.value, int | float):
                raise self._refuse(node, "a minus before something else than a number")
        if not isinstance(node, ast.Constant) or not (node.value is None or isinstance(node.value, str | int | float)):
            raise self._refuse(node, f"a {type(node).__name__} where a literal belongs")

    def key(self, node: ast.expr) -> None:
        """Inspect a key: a literal, or the name of a security scheme."""
        if isinstance(node, ast.Name):
            self.named(node)
        else:
            self.constant(node)

    def value(self, node: ast.expr) -> None:
        """Inspect a value: literals, containers of values, known calls, names of types and of the contract's parts."""
        if isinstance(node, ast.Tuple | ast.List):
            self._every(self.value, node.elts)
        elif isinstance(node, ast.Dict):
            self._every(self.key, node.keys)
            self._every(self.value, node.values)
        elif isinstance(node, ast.Call):
            self.called(node, self.calls)
        elif isinstance(node, ast.Name | ast.Attribute):
            self.named(node)
        else:
            self.constant(node)

    def called(self, node: ast.Call, calls: dict[str, tuple[Collection[str], int | None]]) -> None:
        """Inspect a call: a known name, known keywords, values; the argument that is a type is an annotation."""
        if not isinstance(node.func, ast.Name) or node.func.id not in calls or node.func.id not in self.known:
            raise self._refuse(node, f"a call of {ast.unparse(node.func)[:60]}")
        keywords, of_type = calls[node.func.id]
        for keyword in node.keywords:
            if keyword.arg not in keywords:
                raise self._refuse(node, f"{node.func.id} with {keyword.arg or 'an unpacked mapping'}")
            self.value(keyword.value)
        for index, argument in enumerate(node.args):
            if index != of_type:
                self.value(argument)
            elif node.func.id == "TypedDict" and isinstance(argument, ast.Dict):
                self._every(self.constant, argument.keys)
                self._every(self.annotation, argument.values)
            else:
                self.annotation(argument)

    def named(self, node: ast.expr) -> None:
        """Inspect a name that is read: one that the file imports or defines, a built-in type, or a part of a module."""
        if isinstance(node, ast.Name):
            if node.id not in self.known:
                raise self._refuse(node, f"the name {node.id}")
            return
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in OWNERS:
            parts = OWNERS[node.value.id]
            if node.value.id in self.known and not node.attr.startswith("_") and (parts is None or node.attr in parts):
                return
        raise self._refuse(node, f"the attribute {ast.unparse(node)[:60]}")

    def annotation(self, node: ast.expr) -> None:
        """Inspect a type, quoted or not."""
        if is_text(node) and isinstance(node, ast.Constant):
            try:
                inner = quoted(str(node.value))
            except SyntaxError as error:
                raise self._refuse(node, "a quoted annotation that is no type") from error
            self.annotation(inner)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            self.annotation(node.left)
            self.annotation(node.right)
        elif isinstance(node, ast.Subscript):
            self.subscript(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            self.named(node)
        elif not is_constant(node, None):
            raise self._refuse(node, f"a {type(node).__name__} in an annotation")

    def subscript(self, node: ast.Subscript) -> None:
        """Inspect a type with arguments: literals for Literal, known metadata for Annotated, types for all others."""
        self.named(node.value)
        head = node.value.id if isinstance(node.value, ast.Name) else ""
        head = dotted(node.value).removeprefix("builtins.") if isinstance(node.value, ast.Attribute) else head
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "Literal":
            self._every(self.constant, parts)
            return
        if head == "Annotated":
            self.annotation(parts[0])
            for one in parts[1:]:
                if isinstance(one, ast.Call):
                    self.called(one, {name: CALLS["models.py"][name] for name in METADATA})
                elif not (isinstance(one, ast.Name) and one.id in MARKS and one.id in self.known):
                    raise self._refuse(one, "metadata of another kind")
            return
        for one in parts:
            if isinstance(one, ast.List) and head == "Callable":
                self._every(self.annotation, one.elts)
            elif not (is_constant(one, ...) and head == "tuple"):
                self.annotation(one)
