"""The index of a document's objects: after repairs it is what a new one would be, and nothing is judged less."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.document import Document
from generator.document.edits import Edit, EditKind, Tree
from generator.document.index import Index
from generator.document.load import load
from generator.document.objects import PlacedObject
from generator.pointer import Pointer, copy, get, join
from generator.validation.validate import validate

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted((*ROOT.glob("golden/*/spec.yaml"), *ROOT.glob("errors/*/spec.*")))


def _loaded() -> list[Document]:
    documents = []
    for path in DOCUMENTS:
        try:
            documents.append(load(path))
        except Refused:
            continue  # what can't be read has no objects
    return documents


def _state(index: Index) -> Any:
    return index.objects, index.kinds, index.elsewhere, [index.target(node) for node in index.objects]


def _edits(root: dict[str, Any], chance: random.Random) -> list[Edit]:
    """Make up edits of any kind, anywhere."""
    places: list[Pointer] = []
    pending: list[tuple[Pointer, Any]] = [("#", root)]
    while pending:
        pointer, value = pending.pop()
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        below = [(join(pointer, key), part) for key, part in pairs]
        places += [place for place, _ in below if place not in {"#/openapi", "#/info"}]
        pending += below
    found = []
    for pointer in chance.sample(places, min(3, len(places))):
        value = copy(get(root, chance.choice(places)))
        kind = chance.choice(get_args(EditKind))
        found.append(Edit(kind=kind, pointer=pointer, value="renamed" if kind == "rename" else value))
    return found


def test_an_index_that_is_updated_is_as_a_new_one() -> None:
    chance = random.Random(4)  # noqa: S311 - the same edits in each run
    compared = 0
    for document in _loaded():
        tree, before = Tree(document), copy(document.root)
        index = Index(document)
        for _ in range(12):
            edits = _edits(tree.document.root, chance)
            tree.apply(edits)
            old = {node.pointer: node.value for node in index.objects}
            fresh = {node.pointer for node in index.update(tree.document, {edit.touched for edit in edits})}
            assert _state(index) == _state(Index(tree.document))
            for node in index.objects:  # what is not judged again has the same members, apart from other objects
                if node.pointer not in fresh:
                    assert old[node.pointer].keys() == node.value.keys()
            compared += 1
        assert document.root == before
    assert compared > 400


def test_what_is_judged_again_after_repairs_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    updates = 0
    update = Index.update

    def all_anew(self: Index, document: Document, touched: Iterable[Pointer]) -> list[PlacedObject]:
        nonlocal updates
        updates += 1
        assert list(touched)
        return update(self, document, ["#"])

    def verdict(document: Document) -> Any:
        try:
            judged, found = validate(document, lenient=True)
        except Refused as refused:
            return refused.diagnostics
        return judged.root, found

    documents = _loaded()
    found = [verdict(document) for document in documents]
    monkeypatch.setattr(Index, "update", all_anew)
    assert found == [verdict(document) for document in documents]
    assert updates > 10
