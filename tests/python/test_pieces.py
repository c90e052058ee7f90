"""What is inspected piece by piece is refused where the gate refuses the whole, and nowhere else."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Collection, Iterator
from functools import partial

import pytest

from generator.python import gate
from generator.python.parts import Inspection
from generator.python.pieces import Asked, Pieces
from generator.python.printed import CALLS
from generator.python.syntax import GateError
from tests.python.test_gate import CHECKED, DIVIDED, GROUPS, INSIDE, INSIDE_DIVIDED, TOP, parts_of
from tests.support.folders import HOSTILE
from tests.support.packages import build

PLACE = "spectwin_place"
WHOLE = frozenset(
    {"__init__.py", "client/__init__.py", "server/__init__.py", "models/__init__.py", "models/__init__.pyi"}
)
"""Modules that no piece is cut from."""


def _files(layout: str) -> dict[str, str]:
    package = build(HOSTILE / "seed.yaml", layout=layout)
    return {path.relative_to(package.name).as_posix(): source for path, source in package.files.items()}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return _files("single")


@pytest.fixture(scope="module")
def divided() -> dict[str, str]:
    return _files("split")


@pytest.fixture(scope="module")
def pieces(files: dict[str, str], divided: dict[str, str]) -> Pieces:
    """Pieces that know all that both packages have."""
    known, defined = Pieces(), list[str]()
    for each, names in ((files, CHECKED), (divided, DIVIDED)):
        for name in names:
            list(known.inspect(name, each[name], allowed_in(name, is_split=each is divided), Asked(), defined.append))
    return known


def _imports(text: str) -> re.Match[str]:
    found = re.search(r"(?:^(?:from|import) (?:.*\(\n(?: .*\n)*\)\n|.*\n)\n*)+", text, re.MULTILINE)
    assert found
    return found


def inspect(name: str, text: str, allowed: Collection[str], *, pieces: Pieces) -> None:
    """Inspect a module with its imports as one whose imports are not written yet; else nothing is parsed."""
    imports = _imports(text)[0].rstrip("\n")
    one = Inspection(name, text.replace(imports, f"import {PLACE}", 1), PLACE, allowed, pieces)
    one.finish(one.head.replace(f"import {PLACE}", imports))


def allowed_in(name: str, *, is_split: bool) -> frozenset[str]:
    return parts_of(name) if is_split else GROUPS


def _with_imports(files: dict[str, str], names: tuple[str, ...]) -> Iterator[str]:
    return (name for name in names if re.search(r"^(from|import) ", files[name], re.MULTILINE))


def test_what_the_templates_print_passes_in_pieces(
    files: dict[str, str], divided: dict[str, str], pieces: Pieces
) -> None:
    for each, names in ((files, CHECKED), (divided, DIVIDED)):
        for name in _with_imports(each, names):
            inspect(name, each[name], allowed_in(name, is_split=each is divided), pieces=Pieces())
            inspect(name, each[name], allowed_in(name, is_split=each is divided), pieces=pieces)


def test_nearly_all_of_a_module_is_cut(divided: dict[str, str]) -> None:
    """Else the tests of this file say nothing."""
    defined = list[str]()
    for name in ("api/pets.py", "client/pets.py", "contract/pets.py", "models/cat.py", "server/stub.py"):
        text = divided[name][divided[name].index("\n\n\n") :]
        left = "".join(each for _, each in Pieces().inspect(name, text, parts_of(name), Asked(), defined.append))
        assert len(left) < 0.35 * len(text), name


def test_the_names_that_pieces_read_are_those_of_the_whole(files: dict[str, str], divided: dict[str, str]) -> None:
    for each, names in ((files, CHECKED), (divided, DIVIDED)):
        for name in set(names) - WHOLE:
            whole, parted, defined = Asked(), Asked(), list[str]()
            gate.inspect(name, ast.parse(each[name]), allowed_in(name, is_split=each is divided), whole)
            for lines, left in Pieces().inspect(
                name, each[name], allowed_in(name, is_split=each is divided), parted, defined.append
            ):
                gate.inspect(name, ast.parse(left), allowed_in(name, is_split=each is divided), parted, lines)
            assert parted.noted == whole.noted, name
            assert set(parted) == set(whole), name
            assert set(defined) <= set(whole), name


def test_a_piece_is_parsed_once(divided: dict[str, str], pieces: Pieces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ast, "parse", lambda text: pytest.fail(f"parsed again: {text}"))
    for name in ("api/pets.py", "client/pets.py", "contract/pets.py", "models/cat.py", "server/stub.py"):
        assert list(pieces.inspect(name, divided[name], parts_of(name), Asked(), list[str]().append))


@pytest.mark.parametrize("violation", TOP)
def test_a_statement_that_no_template_prints_is_refused_beside_pieces(
    files: dict[str, str], divided: dict[str, str], pieces: Pieces, violation: str
) -> None:
    for each, names in ((files, CHECKED), (divided, DIVIDED)):
        for name in _with_imports(each, names):
            with pytest.raises(GateError, match=re.escape(name)):
                inspect(
                    name,
                    f"{each[name]}\n\n{TOP[violation]}\n",
                    allowed_in(name, is_split=each is divided),
                    pieces=pieces,
                )


@pytest.mark.parametrize("violation", [*INSIDE, *INSIDE_DIVIDED])
def test_an_expression_that_no_template_prints_is_refused_in_pieces(
    files: dict[str, str], divided: dict[str, str], pieces: Pieces, violation: str
) -> None:
    each = files if violation in INSIDE else divided
    name, before, after = {**INSIDE, **INSIDE_DIVIDED}[violation]
    if name in set(_with_imports(each, (name,))):
        with pytest.raises(GateError):
            inspect(name, each[name].replace(before, after), allowed_in(name, is_split=each is divided), pieces=pieces)


INSERTED = (
    *(
        "evil()",
        "evil",
        "*evil, ",
        "**evil",
        '"',
        "'",
        '"""',
        "\\",
        "\n",
        "\f",
        "#",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
    ),
    *(
        " = ",
        "\n\n",
        "\n    ",
        "\n        ",
        "lambda: ",
        " if evil else ",
        "f",
        "b",
        "; evil()\n",
        " or ",
        "await ",
        "yield ",
    ),
    *(
        "), evil(",
        "): evil()\ndef g(",
        '"; evil(); "',
        "_, ",
        "self, ",
        "*, ",
        "/, ",
        ' f"{evil()}"',
        "__class__",
        "._x",
        "class ",
        "\t",
    ),
)


def test_random_changes_are_refused_in_pieces_as_in_the_whole(
    files: dict[str, str], divided: dict[str, str], pieces: Pieces
) -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    names = [
        (each, name)
        for each, names in ((files, CHECKED), (divided, DIVIDED))
        for name in _with_imports(each, names)
        if _imports(each[name]).end() < len(each[name])
    ]
    judged = {True: 0, False: 0}
    for _ in range(CHANGES):
        each, name = chance.choice(names)
        text = each[name]
        begin = _imports(text).end()
        at = chance.randrange(begin, len(text))
        end = at + chance.choice((0, 0, 0, 1, 2, 5, 20))
        changed = f"{text[:at]}{chance.choice(INSERTED)}{text[end:]}"
        if "\r" in changed:
            continue
        verdicts = []
        allowed = allowed_in(name, is_split=each is divided)
        for judge in (gate.check, partial(inspect, pieces=pieces)):
            try:
                judge(name, changed, allowed)
                verdicts.append(True)
            except (GateError, SyntaxError, ValueError):
                verdicts.append(False)
        assert verdicts[0] == verdicts[1], f"{name}: {text[at:end]!r} at {at}: {changed[at - 60 : at + 60]!r}"
        judged[verdicts[0]] += 1
    assert min(judged.values()) > CHANGES / 20


CHANGES = 300


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("contract/pets.py", "return Operation(\n        name=", "return Operation(\n   evil(), name="),
        ("contract/pets.py", "parameters=Parameters(\n            P", "parameters=Parameters(\n evil(),  P"),
        ("contract.py", "Operation(\n    name=", "Operation(\nevil(),  name="),
        ("contract.py", "statuses=", "**evil(),\n    statuses="),
        ("contract.py", 'path="/upload"', 'path="/upload"  # \\\n    if evil() else "x"'),
        ("client/pets.py", "        *,\n        kind", "        *,\n   evil=evil(),     kind"),
        ("client/pets.py", "        *,\n        kind: str,", "        *,\n        kind: str = evil(),"),
        ("client/pets.py", "        return self._client", "        evil()\n        return self._client"),
        ("client/pets.py", "        return self._client", "\f    evil()\n        return self._client"),
        ("api.py", '        """', '        """x""" + evil() + """'),
        ("api.py", '        """', '        """x"""\n        evil()\n        """'),
        ("api.py", '        """', '        f"""{evil()}'),
        ("models.py", "    kind: ", "    evil: evil() = 1\n    kind: "),
        ("contract.py", "FORMS_SEND: ", 'X = Operation(\n    name="x")[evil()] = Parameters(\n)\n\nFORMS_SEND: '),
        (
            "contract/pets.py",
            "@cache\n",
            'X: Any = Operation(\n    name="x").y[evil()] = Server(\n    "x",\n)\n\n\n@cache\n',
        ),
        ("client/pets.py", "        return self._client", '        evil()[0] = "x"\n        return self._client'),
        (
            "client/pets.py",
            "        return self._client",
            '        evil().x: evil() = "x"\n        return self._client',
        ),
        ("client/pets.py", "        return self._client", '        return "x"\n        return self._client'),
        ("client/pets.py", '{"kind": kind}', '{"kind": Content}'),
        ("client/pets.py", "class Pets(", "class if("),
        ("models/dog.py", "class Dog(", "class None("),
        (
            "client/pets.py",
            "class Pets(",
            "class X(Group):\n  def f(self):\n    ...\n\n    def g(self) -> str:\n        ...\n\n\nclass Pets(",
        ),
        ("api/pets.py", "        ...\n", "   \f    ...\n"),
        ("api/pets.py", "class Pets", "class X(Protocol):\n    x: int\n\x85\n\nclass Pets"),
        ("contract/pets.py", 'Parameter("kind"', 'Parameter(\x85"kind"'),
        ("contract/pets.py", "parameters=Parameters(", "parameters=FooParameters("),
        ("contract.py", 'path="/upload",', '"a", path="/upload",\n    "b",'),
        (
            "contract.py",
            "FORMS_SEND: ",
            "@cache\ndef f() -> Operation[None]:\n    return Operation(\n    )\n\n\nFORMS_SEND: ",
        ),
        ("api/pets.py", "-> models.Pet:\n", "-> models.Pet:\\\n"),
        ("models.py", "class Cat(Model):\n", "class Cat(Model):\n    x: int = 1; evil()\n"),
    ],
)
def test_what_stands_between_pieces_is_inspected(
    files: dict[str, str], divided: dict[str, str], pieces: Pieces, name: str, before: str, after: str
) -> None:
    each = divided if "/" in name else files
    changed = each[name].replace(before, after)
    assert changed != each[name], f"{name} has no {before}"
    with pytest.raises(GateError):
        inspect(name, changed, allowed_in(name, is_split=each is divided), pieces=pieces)


def test_calls_that_are_cut_take_no_type() -> None:
    assert [CALLS["contract.py"][name][1] for name in ("Operation", "Parameters", "QueryParameters")] == [None] * 3
