"""Small documents around a pair of schemas, or around a pair of fragments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.diagnostics.location import Location

Tree = dict[str, Any]

_COMPONENTS: Tree = {
    "Point": {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}},
    "Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "n": {"type": "integer"}}},
    "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "m": {"type": "integer"}}},
}


def document(fragment: Tree, openapi: str = "3.1.0") -> Tree:
    """A document from a fragment: `op` stands for the operation POST /x, the rest is merged in as it is."""
    rest = {key: value for key, value in fragment.items() if key != "op"}
    tree: Tree = {"openapi": openapi, "info": {"title": "T", "version": "1"}, "paths": {}, **rest}
    if "op" in fragment:
        tree["paths"] = {**tree["paths"], "/x": {"post": {"responses": {"204": {"description": ""}}, **fragment["op"]}}}
    return tree


def framed(case: Tree, direction: str) -> tuple[Tree, Tree]:
    """Both documents of a pair of schemas that travel in one direction."""
    versions, components = case.get("openapi", "3.1.0"), case.get("components", [{}, {}])
    versions = [versions, versions] if isinstance(versions, str) else versions
    old, new = (
        document(
            {"op": _operation(case[side], direction, case.get("at", "property")), "components": {"schemas": more}},
            version,
        )
        for side, version, more in zip(
            ("old", "new"), versions, ({**_COMPONENTS, **each} for each in components), strict=True
        )
    )
    return old, new


def _operation(schema: Any, direction: str, at: str) -> Tree:
    if at == "parameter":
        return {"parameters": [{"name": "q", "in": "query", "schema": schema}]}
    if at == "header":
        header = {"X-Left": {"required": True, "schema": schema}}
        return {"responses": {"200": {"description": "", "headers": header}}}
    whole = schema if at == "body" else {"type": "object", "properties": {"p": schema}}
    content = {"content": {"application/json": {"schema": whole}}}
    if direction == "request":
        return {"requestBody": {"required": True, **content}}
    return {"responses": {"200": {"description": "", **content}}}


def shared(case: Tree, order: tuple[str, str]) -> tuple[Tree, Tree]:
    """Both documents of a pair of schemas that travels in both directions, as one component, in an order of paths."""
    old, new = framed(case, "request")
    for tree, side in ((old, "old"), (new, "new")):
        whole = case[side] if case.get("at") == "body" else {"type": "object", "properties": {"p": case[side]}}
        tree["components"]["schemas"]["Whole"] = whole
        tree["paths"] = {
            f"/{name}": {"post": {"responses": {"204": {"description": ""}}, **_travelling(name)}} for name in order
        }
    return old, new


def _travelling(direction: str) -> Tree:
    return _operation({"$ref": "#/components/schemas/Whole"}, direction, "body")


@dataclass(frozen=True)
class Doc:
    """The little that the comparison needs of a document."""

    root: Tree
    name: str = "openapi.json"

    def locate(self, pointer: str) -> Location:
        return Location(file=self.name, line=len(pointer), column=1, source="")

    def lines(self, pointer: str) -> tuple[str, ...]:
        return ()
