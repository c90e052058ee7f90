"""The gate lets through what templates print, and nothing else; templates print through the filters, and not otherwise."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

from generator.output.package import Package
from generator.python import escaping, gate
from generator.python.syntax import GateError
from generator.render import environment, folder
from tests.support.folders import HOSTILE
from tests.support.packages import build

pytestmark = pytest.mark.usefixtures("single")

FILTERS = frozenset({"py", "ident", "doc", "comment", "md", "code", "toml", "source", "later", "judged"})
CHECKED = (
    *("__init__.py", "api.py", "client/__init__.py", "client/pets.py", "contract.py", "errors.py", "models.py"),
    *("schemas.py", "server/__init__.py", "server/stub.py"),
)
GROUPS = frozenset({".pets", ".default", ".forms"})
DIVIDED = (
    *("api/__init__.py", "api/pets.py", "client/__init__.py", "client/pets.py", "contract/__init__.py"),
    *("contract/pets.py", "errors.py", "models/__init__.py", "models/__init__.pyi", "models/cat.py", "models/pet.py"),
    *("server/__init__.py", "server/stub.py"),
)
PARTS = frozenset({".webhook_events", "..api.pets", "..api.default", "..api.forms", "..contract:pets"}) | {
    f".:{name}" for name in ("BASIC", "KEY", "OAUTH")
}
MODELS = frozenset(
    f".{name}"
    for name in (
        *("both", "cat", "dog", "filter", "forms_send_request", "loose", "names", "odd", "pair", "pet"),
        *("pets_add_im_a_teapot", "problem", "tree", "upload"),
    )
)


def parts_of(name: str) -> frozenset[str]:
    """The modules of a split package that a file may import."""
    return MODELS if name.startswith("models/") else GROUPS | PARTS


TOP = {
    "call": "evil()",
    "call-of-known-name": "Literal('x')",
    "assigned-call": "X = evil()",
    "assigned-type": "X = type('X', (), {})",
    "import": "import os",
    "import-as": "import httpx2 as models",
    "import-builtins-as": "import builtins as models",
    "import-from": "from os import system",
    "import-of-known-name": "from os import Any",
    "import-submodule": "from pydantic.dataclasses import Field",
    "import-relative": "from .wire import sys",
    "import-private": "from .base import _secret",
    "import-star": "from .base import *",
    "import-star-absolute": "from typing import *",
    "decorator": "@evil\nclass X:\n    pass",
    "decorated-function": "@evil\ndef x(): ...",
    "function": "def x():\n    return evil()",
    "default-expression": "def x(y=evil()):\n    ...",
    "lambda": "X = lambda: evil()",
    "f-string": "X = f'{evil()}'",
    "f-string-docstring": "f'{evil()}'",
    "comprehension": "X = [evil() for _ in '1']",
    "set-comprehension": "X = {y for y in evil()}",
    "dict-comprehension": "X = {y: evil() for y in '1'}",
    "generator": "X = (evil() for _ in '1')",
    "set": "X = {evil}",
    "walrus": "(X := evil())",
    "attribute-class": "X = Any.__class__",
    "attribute-globals": "X = models.__globals__",
    "attribute-of-builtins": "import builtins\nX: builtins.open = None",
    "attribute-chain": "X = models.x.y",
    "attribute-call": "X = models.x()",
    "attribute-of-string": "X = 'x'.format",
    "subscript-call": "X: list[evil()] = None",
    "subscript-value": "X = models['x']",
    "slice": "X = 'x'[1:2]",
    "assert": "assert evil",
    "del": "del evil",
    "try": "try:\n    evil\nexcept Exception:\n    pass",
    "with": "with evil:\n    pass",
    "if": "if evil:\n    pass",
    "while": "while evil:\n    pass",
    "for": "for x in evil:\n    pass",
    "match": "match evil:\n    case _:\n        pass",
    "raise": "raise evil",
    "global": "global evil",
    "exec": "exec('evil')",
    "eval-name": "X = eval",
    "builtin-name": "X = open",
    "import-name": "X = __import__",
    "getattr": "X = getattr(models, 'x')",
    "await": "await evil",
    "yield": "yield evil",
    "async-for": "async def x():\n    async for y in evil:\n        pass",
    "async-generator": "async def x():\n    yield evil",
    "type-alias-call": "X = TypeAliasType('X', evil())",
    "metaclass": "class X(metaclass=evil):\n    pass",
    "class-keywords": "class X(**evil):\n    pass",
    "base-call": "class X(evil()):\n    pass",
    "base-unknown": "class X(evil):\n    pass",
    "class-body-call": "class X:\n    evil()",
    "class-body-assign": "class X:\n    y = evil",
    "class-body-import": "class X:\n    import os",
    "class-getattr": "class X:\n    __getattr__: int = 1",
    "nested-class": "class X:\n    class Y:\n        pass",
    "method-dunder": "class X:\n    def __del__(self): ...",
    "dunder-assign": "__getattr__ = 1",
    "builtin-hidden": "str = 1",
    "chained-assign": "X = Y = 1",
    "unpacking": "X, Y = 1, 2",
    "augmented": "X += 1",
    "starred": "X = [*evil]",
    "double-starred": "X = {**evil}",
    "conditional": "X = 1 if evil else 2",
    "boolean": "X = evil and 1",
    "comparison": "X = 1 < 2",
    "arithmetic": "X = 1 * 2",
    "string-format": "X = '%s' % 1",
    "not": "X = not 1",
    "bytes": "X = b'x'",
    "ellipsis": "X = ...",
    "annotated-metadata": "X: Annotated[int, evil] = 1",
    "annotated-call": "X: Annotated[int, evil()] = 1",
    "quoted-annotation": "X: 'evil()' = 1",
    "quoted-twice": "X: 'list[\"evil()\"]' = 1",
    "quoted-lambda": "X: 'lambda: evil()' = 1",
    "unknown-name-in-annotation": "X: evil = 1",
    "semicolons": "X = 1; evil()",
    "nonlocal": "def x():\n    nonlocal evil",
    "walrus-in-default": "def x(y=(z := evil())): ...",
    "await-in-function": "async def x():\n    return await evil()",
    "try-star": "try:\n    evil\nexcept* Exception:\n    pass",
    "decorated-class-of-known-name": "@Any\nclass X:\n    pass",
    "class-attribute-chain": "X = str.__class__.__base__",
    "subclass-hook": "class X:\n    def __init_subclass__(cls): ...",
    "call-of-a-call": "X = evil()()",
    "string-concatenation": "X = 'a' + 'b'",
    "return-at-top": "return evil",
    "expression": "Any",
}
"""Statements at the end of any generated file: each must be refused."""

INSIDE = {
    "type-alias-quoted": ("models.py", "Annotated[Cat | Dog", "Annotated[Cat | evil()"),
    "type-alias-quoted-attribute": ("models.py", "Annotated[Cat | Dog", "Annotated[Cat | Dog.__class__"),
    "type-alias-quoted-subscript": ("models.py", "Annotated[Cat | Dog", "Annotated[Cat | list[evil()]"),
    "type-alias-not-python": ("models.py", "Annotated[Cat | Dog", "Annotated[Cat |"),
    "field-default-factory": ("models.py", 'pattern="^[0-9]*$"', "default_factory=dict"),
    "field-unpacked": ("models.py", 'pattern="^[0-9]*$"', "**{}"),
    "field-call": ("models.py", 'pattern="^[0-9]*$"', "pattern=evil()"),
    "literal-name": ("models.py", 'Literal["cat"]', "Literal[eval]"),
    "literal-call": ("models.py", 'Literal["cat"]', "Literal[evil()]"),
    "model-function": ("models.py", "class Cat(Model):", "class Cat(Model):\n    def x(self): ...\n"),
    "config-of-another-kind": ("models.py", 'extra="forbid"', 'extra="forbid", ser_json_bytes="x"'),
    "rule-of-an-expression": ("models.py", 'Rule("Odd")', 'Rule("O" + "dd")'),
    "parameter-quoted-type": ("contract.py", 'Parameter("kind", str', 'Parameter("kind", "evil()"'),
    "json-quoted-type": ("contract.py", "Json(models.Pet)", 'Json("evil()")'),
    "path-is-a-call": ("contract.py", 'path="/upload"', "path=evil()"),
    "path-is-a-name": ("contract.py", 'path="/upload"', "path=open"),
    "unknown-keyword": ("contract.py", 'path="/upload"', 'path="/upload", hook="x"'),
    "status-is-an-expression": ("contract.py", '"204": Response()', '"2" + "04": Response()'),
    "error-base": ("errors.py", "exceptions.NotFound[", "exceptions.__builtins__["),
    "error-status": ("errors.py", "status = 418", "status = evil"),
    "schema-is-a-call": ("schemas.py", '"minLength": 1', '"minLength": evil()'),
    "default-is-a-call": ("api.py", "limit: int = 20", "limit: int = evil()"),
    "deprecated-by-a-call": ("api.py", '@deprecated("GET', '@deprecated(evil() or "GET'),
    "deprecated-with-a-category": ("api.py", "category=None", "category=Any"),
    "deprecated-without-category": ("client/pets.py", ", category=None)", ")"),
    "deprecated-with-more": ("server/stub.py", "category=None", "category=None, stacklevel=evil()"),
    "deprecated-twice": ("api.py", "    @deprecated(", '    @deprecated("x", category=None)\n    @deprecated('),
    "decorated-in-another-way": ("client/pets.py", "@deprecated(", "@Any("),
    "returns-a-call": ("client/pets.py", "self._client.invoke(", "self._client.evil("),
    "argument-is-a-call": ("client/pets.py", "contract.PETS_ADD, body", "contract.PETS_ADD, evil(body)"),
    "argument-is-a-name": ("client/pets.py", "contract.PETS_ADD, body", "contract.PETS_ADD, eval"),
    "argument-starred": ("client/pets.py", "contract.PETS_ADD, body", "contract.PETS_ADD, *body"),
    "step-before-return": ("client/pets.py", "return self._client", "evil = body\n        return self._client"),
    "group-decorated": ("client/__init__.py", "@cached_property", "@evil"),
    "group-does-more": ("client/__init__.py", "return Pets(self)", "return evil(self)"),
    "lazy-condition": ("__init__.py", "if TYPE_CHECKING:", "if evil():"),
    "lazy-name": ("__init__.py", "__getattr__ = ", "__dir__ = "),
    "lazy-call": ("__init__.py", "__getattr__ = attributes(", "__getattr__ = eval("),
    "lazy-package": ("__init__.py", "        __name__,", "        'asyncio',"),
    "lazy-home": ("__init__.py", 'models="models"', 'models="..os"'),
    "lazy-again": ("__init__.py", "__all__ = [", "X = attributes(__name__)\n__all__ = ["),
    "lazy-argument": ("__init__.py", "        __name__,", "        evil(),"),
    "stub-raises-another": ("server/stub.py", "raise exceptions.Unimplemented", "raise SystemExit"),
    "stub-returns": ("server/stub.py", "raise exceptions.Unimplemented", "return 1"),
    "create-app-default": ("server/__init__.py", "max_body: int = MAX_BODY", "max_body: int = evil()"),
    "create-app-calls": ("server/__init__.py", "return application(", "return eval("),
    "create-app-more": (
        "server/__init__.py",
        "    services: Services = {",
        "    import os\n    services: Services = {",
    ),
    "binding": ("client/__init__.py", "Pets(self)", "eval(sender)"),
    "credentials": ("client/__init__.py", "Basic: AsyncCredentialOf[tuple[str, str]]", "Basic: evil()"),
}
"""Replacements inside a generated file: each must be refused."""


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    package: Package = build(HOSTILE / "seed.yaml")
    return {path.relative_to(package.name).as_posix(): source for path, source in package.files.items()}


@pytest.mark.parametrize("name", CHECKED)
def test_what_the_templates_print_passes(files: dict[str, str], name: str) -> None:
    gate.check(name, files[name], GROUPS)


@pytest.mark.parametrize("violation", TOP)
def test_a_statement_that_no_template_prints_is_refused(files: dict[str, str], violation: str) -> None:
    for name in CHECKED:
        with pytest.raises(GateError, match=re.escape(name)):
            gate.check(name, f"{files[name]}\n{TOP[violation]}\n", GROUPS)


@pytest.mark.parametrize("violation", INSIDE)
def test_an_expression_that_no_template_prints_is_refused(files: dict[str, str], violation: str) -> None:
    name, before, after = INSIDE[violation]
    assert before in files[name], f"{name} has no {before}"
    with pytest.raises(GateError, match=re.escape(name)):
        gate.check(name, files[name].replace(before, after), GROUPS)


INSIDE_DIVIDED = {
    "made-another-way": ("contract/pets.py", "@cache\n", "@evil\n"),
    "made-each-time": ("contract/pets.py", "@cache\n", ""),
    "made-twice": ("contract/pets.py", "@cache\n", "@cache\n@cache\n"),
    "made-of-something": ("contract/pets.py", "def pets_list()", "def pets_list(x=1)"),
    "made-elsewhere": ("contract/pets.py", "return Operation(", "return eval("),
    "made-after-more": ("contract/pets.py", "    return Operation(", "    import os\n    return Operation("),
    "made-without-type": ("contract/pets.py", "def pets_add() -> Operation[models.Pet]:", "def pets_add():"),
    "made-private": ("contract/pets.py", "def pets_list()", "def _pets_list()"),
    "made-hidden-type": ("contract/pets.py", "def pets_list()", "def list()"),
    "made-async": ("contract/pets.py", "def pets_list()", "async def pets_list()"),
    "made-of-a-call": ("contract/pets.py", 'operation_id="listPets"', "operation_id=evil()"),
    "scheme-that-is-none": ("contract/pets.py", "from . import BASIC", "from . import evil, BASIC"),
    "listed-call": ("contract/pets.py", "OPERATIONS = (", "OPERATIONS = (evil(), "),
    "made-where-nothing-is": ("api/pets.py", "class PetsApi(", "@cache\ndef x(): return Operation()\n\nclass PetsApi("),
    "group-is-a-call": ("contract/__init__.py", '"pets",', "evil(),"),
    "api-of-another": ("contract/__init__.py", "LazyApi(\n", "eval(\n"),
    "group-of-another": ("client/pets.py", "import pets as contract", "import forms as contract"),
    "group-called-otherwise": ("client/pets.py", "import pets as contract", "import pets as models"),
    "group-not-called": ("client/pets.py", "contract.pets_add(), body", "contract.pets_add, body"),
    "group-called-with-more": ("client/pets.py", "contract.pets_add(), body", "contract.pets_add(body), body"),
    "group-called-privately": ("client/pets.py", "contract.pets_add(), body", "contract._add(), body"),
    "argument-called": ("client/pets.py", "contract.pets_add(), body", "body(), body"),
    "lazy-group": ("client/__init__.py", "        from .pets import Pets\n", "        from os import Pets\n"),
    "lazy-group-of-all": ("client/__init__.py", "        from .pets import Pets\n", "        import os\n"),
    "lazy-protocol": ("api/__init__.py", 'PetsApi="pets"', 'PetsApi="..os"'),
    "lazy-protocol-by-a-call": ("api/__init__.py", "__getattr__ = attributes(", "__getattr__ = eval("),
    "table-by-a-call": ("models/__init__.py", " = members(", " = eval("),
    "table-of-another": ("models/__init__.py", "    __name__,", "    'asyncio',"),
    "table-home": ("models/__init__.py", 'Dog="dog"', 'Dog="..os"'),
    "table-home-made": ("models/__init__.py", 'Dog="dog"', "Dog=evil()"),
    "table-unpacked": ("models/__init__.py", 'Dog="dog"', "**evil"),
    "table-names": ("models/__init__.py", "__all__, __dir__,", "__all__, __path__,"),
    "table-twice": ("models/__init__.py", "__getattr__ = members(", "__getattr__ = X = members("),
    "stub-of-another": ("models/__init__.pyi", "from .dog import", "from os import"),
    "stub-above": ("models/__init__.pyi", "from .dog import", "from ..client.core import"),
    "stub-called-otherwise": ("models/__init__.pyi", "Dog as Dog", "Dog as Cat"),
    "stub-of-all": ("models/__init__.pyi", "Dog as Dog", "*"),
    "model-of-another": ("models/pet.py", "from .dog import Dog", "from .os import Dog"),
    "model-private": ("models/pet.py", "from .dog import Dog", "from .dog import _Dog as Dog"),
    "model-call": ("models/cat.py", "MinLen(", "evil("),
    "model-method": ("models/cat.py", "class Cat(Model):", "class Cat(Model):\n    def x(self): ...\n"),
    "error-quoted": ("errors.py", '["models.Problem"]', '["models.Problem.evil()"]'),
    "protocol-of-another": ("server/__init__.py", "api.PetsApi |", "api.__builtins__ |"),
}
"""The same for a split package."""


@pytest.fixture(scope="module")
def divided() -> dict[str, str]:
    package: Package = build(HOSTILE / "seed.yaml", layout="split")
    return {path.relative_to(package.name).as_posix(): source for path, source in package.files.items()}


@pytest.mark.parametrize("name", DIVIDED)
def test_what_the_templates_print_of_a_split_package_passes(divided: dict[str, str], name: str) -> None:
    gate.check(name, divided[name], parts_of(name))


@pytest.mark.parametrize("violation", TOP)
def test_a_statement_that_no_template_prints_is_refused_in_parts(divided: dict[str, str], violation: str) -> None:
    for name in DIVIDED:
        with pytest.raises(GateError, match=re.escape(name)):
            gate.check(name, f"{divided[name]}\n{TOP[violation]}\n", parts_of(name))


@pytest.mark.parametrize("violation", INSIDE_DIVIDED)
def test_an_expression_that_no_template_prints_is_refused_in_parts(divided: dict[str, str], violation: str) -> None:
    name, before, after = INSIDE_DIVIDED[violation]
    assert before in divided[name], f"{name} has no {before}"
    with pytest.raises(GateError, match=re.escape(name)):
        gate.check(name, divided[name].replace(before, after), parts_of(name))


UNSAID = {
    "client/__init__.py": ("TYPE_CHECKING", "attributes", "cached_property", "contract"),
    "client/pets.py": ("contract", "deprecated"),
    "contract/pets.py": ("cache", "Operation"),
    "server/__init__.py": ("MAX_BODY", "Services", "application", "contract"),
    "server/stub.py": ("deprecated", "exceptions"),
}
"""Names that templates print as they are, by the file."""


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in UNSAID.items() for name in names])
def test_a_name_that_is_not_imported_is_refused(divided: dict[str, str], file: str, name: str) -> None:
    """The imports of a module are those of the names that the gate meets."""
    tree = ast.parse(divided[file])
    [statement] = (
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and name in {each.asname or each.name for each in one.names}
    )
    statement.names = [each for each in statement.names if (each.asname or each.name) != name]
    if not statement.names:  # what may be imported anywhere
        statement.names, statement.module, statement.level = [ast.alias("annotations")], "__future__", 0
    with pytest.raises(GateError, match=rf"(?:the name|the attribute|a call of) {name}\b"):
        gate.check(file, ast.unparse(tree), parts_of(file))


def test_text_that_is_not_python_is_refused_and_not_a_traceback() -> None:
    for source in ("class", "x = '\n", "(" * 10_000, "x = " + "-" * 100_000 + "1", "\0"):
        with pytest.raises(GateError):
            gate.check("models.py", source)


@pytest.mark.parametrize("line", ["# -*- coding: utf-7 -*-", "#coding=latin-1", "\f # vim: set fileencoding=utf_7 :"])
@pytest.mark.parametrize("before", ["", "\n", "# a comment\n"])
def test_a_line_that_changes_the_encoding_is_refused(files: dict[str, str], line: str, before: str) -> None:
    """PEP 263: the tree of a text says nothing of how Python will decode its file."""
    for name in CHECKED:
        with pytest.raises(GateError, match="encoded"):
            gate.check(name, f"{before}{line}\n{files[name]}", GROUPS)


@pytest.mark.parametrize("text", ["\r# coding: utf-7\rX = 1\n", "X = 1\rY = 2\n", "X = 1\r\n"])
def test_a_carriage_return_is_refused(text: str) -> None:
    """Python ends a line there: what reads the text line by line would not see what Python sees."""
    with pytest.raises(GateError, match="a carriage return"):
        gate.check("models.py", text)


def test_a_file_of_another_name_may_call_nothing() -> None:
    with pytest.raises(GateError, match="a call of Field"):
        gate.check("other.py", "from pydantic import Field\n\nX = Field(alias='x')\n")


def _printed(template: Path) -> list[tuple[int, str]]:
    """List the expressions that a template prints and that do not end in a filter of ours."""
    tree = environment.environment().parse(template.read_text(encoding="utf-8"))
    macros = {node.name for node in tree.find_all(nodes.Macro)}
    return [
        (part.lineno, repr(part))
        for output in tree.find_all(nodes.Output)
        for part in output.nodes
        if not _safe(part, macros)
    ]


def _safe(node: nodes.Node, macros: set[str]) -> bool:
    """Whether what is printed is text of the template, filtered, or the result of a macro that is looked at itself."""
    if isinstance(node, nodes.TemplateData | nodes.Const):
        return True
    if isinstance(node, nodes.Filter):
        return node.name in FILTERS
    if isinstance(node, nodes.CondExpr):
        return _safe(node.expr1, macros) and node.expr2 is not None and _safe(node.expr2, macros)
    if isinstance(node, nodes.Name):
        return node.name == "imports"  # written by imports.py from a table
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in macros


TEMPLATES = sorted(path.relative_to(folder.templates_folder()) for path in folder.templates_folder().rglob("*.jinja"))


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_a_template_prints_through_filters_only(template: Path) -> None:
    assert _printed(folder.templates_folder() / template) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=str)
def test_an_unfiltered_value_in_a_template_is_noticed(template: Path, tmp_path: Path) -> None:
    """Take each filter of each template away, one at a time: the test above must see every one."""
    original = (folder.templates_folder() / template).read_text(encoding="utf-8")
    found = list(re.finditer(rf" \| (?:{'|'.join(FILTERS)})\b(?:\(\d+\))?", original))
    printed = [one for one in found if original.rfind("{{", 0, one.start()) > original.rfind("}}", 0, one.start())]
    for one in printed:
        changed = tmp_path / "changed.jinja"
        changed.write_text(original[: one.start()] + original[one.end() :], encoding="utf-8")
        assert _printed(changed), f"{template}: {original[one.start() - 30 : one.end()]!r} without its filter"
    assert printed or "{{" not in original


def test_the_source_filter_lets_text_of_ours_through_only() -> None:
    """`source` escapes nothing: no template may hand it a field that holds text of the document."""
    allowed = re.compile(
        r"(?:type|annotation|body|default|result|returns|sync_returns|signature|value|operation\.\w+|\w+\.type)$"
    )
    for template in TEMPLATES:
        content = (folder.templates_folder() / template).read_text(encoding="utf-8")
        for name in re.findall(r"\{\{-?\s*([\w.]+) \| (?:source|later)", content):
            assert allowed.search(name), f"{template} prints {name} as source text"


@pytest.mark.parametrize("name", ["", "a b", "1a", "a.", ".a", "a\n", "ﬁ", "a;b", "a-b", "a\u2028"])
def test_the_filter_for_names_refuses_what_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        escaping.ident(name)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), b"x", object(), {"a": {1}}, 1j, ...])
def test_the_filter_for_literals_refuses_what_json_has_not(value: object) -> None:
    with pytest.raises(TypeError):
        escaping.py(value)
