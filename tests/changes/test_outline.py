"""The Python axis without written packages: it finds what a comparison of the packages finds."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from generator import pipeline
from generator.changes import background
from generator.changes.comparison import known
from generator.changes.surface.compare import compare_python
from generator.changes.surface.outline import differing, outline
from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document import load
from generator.document.document import Document
from generator.document.objects import METHODS
from generator.validation import validate
from tests.support.folders import GOLDEN
from tests.support.packages import settings

Tree = dict[str, Any]
DOCUMENTS = sorted(GOLDEN.glob("*/spec.*"))
STREAM = {"200": {"description": "", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}
ANSWER = {"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}}


def mutated(root: Tree) -> Iterator[Tree]:
    """Documents that differ in one thing each: an operation, an answer, a parameter, a model, all names."""
    places = [(path, method) for path, item in root["paths"].items() for method in METHODS if method in item]
    for index, (path, method) in enumerate(places[:3]):
        new = copy.deepcopy(root)
        operation = new["paths"][path][method]
        if index == 0:
            del new["paths"][path][method]
        elif index == 1:
            operation["responses"] = STREAM
            operation["operationId"] = "called_otherwise"
        else:
            operation["responses"]["418"] = ANSWER
            operation.setdefault("parameters", []).append(
                {"name": "more", "in": "header", "schema": {"type": "integer"}}
            )
        yield new
    new = copy.deepcopy(root)
    for name, schema in list(new.get("components", {}).get("schemas", {}).items()):
        if isinstance(schema, dict) and "properties" in schema:
            schema["properties"]["more"] = {"type": "string", "format": "duration"}
            schema["required"] = sorted(schema["properties"])[:1]
        else:
            new["components"]["schemas"][name] = {"type": "array", "items": {"type": "string", "format": "uuid"}}
    if new != root:
        yield new


def ready(path: Path, root: Tree) -> Document:
    return validate.validate(replace(load.load(path), root=root), lenient=True)[0]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_outlines_show_what_packages_show(path: Path) -> None:
    root = load.load(path).root
    base = ready(path, root)
    package, outlined = pipeline.build(base, settings(path)), outline(base, settings(path))
    for each in mutated(root):
        new = ready(path, each)
        other, other_outlined = pipeline.build(new, settings(path)), outline(new, settings(path))
        for way in (1, -1):
            packages, outlines = (package, other)[::way], (outlined, other_outlined)[::way]
            whole = compare_python(packages[0].files, packages[1].files, known(*packages))
            told = outlines[0].known, outlines[1].known
            found = compare_python(*differing(*outlines), told)
            if (
                settings(path).layout == "split"
            ):  # what is found in files has their order; where classes stand, homes tell
                assert {*found} == {one for one in whole if one.identifier != "python-class-moved"}
            else:
                assert found == whole
            assert whole


def test_what_stays_the_same_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}')
    schemas = {f"Thing{n}": {"type": "object", "properties": {"a": {"type": "string"}}} for n in range(9)}
    paths = {f"/{n}": {"get": {"tags": [str(n % 3)], "operationId": f"get{n}", "responses": STREAM}} for n in range(9)}
    old = {**load.load(path).root, "paths": paths, "components": {"schemas": schemas}}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Thing4"]["properties"]["a"] = {"type": "integer"}
    new["paths"]["/5"]["get"]["parameters"] = [{"name": "q", "in": "query", "schema": {"type": "string"}}]
    files = differing(*(outline(ready(path, each), settings(path)) for each in (old, new)))
    for each in files:
        models = next(text for name, text in each.items() if name.name == "models.py")
        assert "Thing4" in models
        assert "Thing3" not in models
        assert {name.name for name in each if "group_" in name.name} == {"group_2.py"}
    found = [change.identifier for change in compare_python(*files)]
    # What reads parameters is new too, but in `_runtime`, which nobody imports.
    assert found == ["python-field-type-changed", "python-argument-added"]


def test_what_a_class_extends_and_inherits(tmp_path: Path) -> None:
    """Inherited fields count as those of the class; that it is a subclass, or none any more, is a change."""
    path = tmp_path / "openapi.json"
    path.write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}')
    text = {"type": "string"}
    pet = {"type": "object", "required": ["kind"], "properties": {"kind": text, "name": text}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"lives": {"type": "integer"}}}]}
    old = {**load.load(path).root, "components": {"schemas": {"Pet": pet, "Cat": cat}}}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Pet"]["discriminator"] = {"propertyName": "kind"}
    drawn = [outline(ready(path, each), settings(path)) for each in (old, new)]
    found = compare_python(*differing(*drawn))
    assert [change.message for change in found] == [
        "The class `Cat` is a subclass of `Pet`.",
        "The field `Cat.kind` may be left out now.",
    ]
    found = compare_python(*differing(*drawn[::-1]))
    assert [(change.identifier, change.severity) for change in found] == [
        ("python-class-parent-removed", "error"),
        ("python-field-became-required", "error"),
    ]


# --- a process of its own ---------------------------------------------------------------------------------------------


def refuse() -> NoReturn:
    raise Refused(Diagnostic(severity="error", message="no", line=3))


@pytest.mark.parametrize("possible", [True, False])
def test_what_runs_aside_gives_and_raises_as_here(possible: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_possible", lambda: possible)
    with background.BackgroundCall(os.getpid) as one, background.BackgroundCall(refuse) as other:
        assert (one.result() != os.getpid()) is possible
        with pytest.raises(Refused) as caught:
            other.result()
    assert caught.value.diagnostics[0].line == 3


def test_nobody_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_possible", lambda: True)
    forked: list[int] = []  # other tests of this process may have children of their own
    fork = os.fork

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(KeyboardInterrupt), background.BackgroundCall(lambda: os.read(os.pipe()[0], 1)):
        raise KeyboardInterrupt
    assert len(forked) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)


def test_a_process_that_is_killed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_possible", lambda: True)
    here = os.getpid()
    with background.BackgroundCall(lambda: os.getpid() if os.getpid() == here else os._exit(9)) as one:
        assert one.result() == here
