"""Which schemas have another class for requests, or for multipart forms, than for responses."""

from __future__ import annotations

from typing import Any, Literal

from .content import is_file
from .families import Families
from .keywords import MAP, SUBSCHEMAS
from .normal_form import Flattener

Direction = Literal["", "request", "form"]
"""Where a schema is used. `""`: in responses, and in requests too unless they differ; `request`: in requests, where a property
is readOnly or writeOnly; `form`: in multipart bodies, where strings may be files."""


class Directional:
    """Which schemas differ by direction: those that reach readOnly, writeOnly (or, in forms, files)."""

    def __init__(self, flattener: Flattener, families: Families) -> None:
        self._flattener = flattener
        self._families = families
        self._known: dict[tuple[str, bool], bool] = {}

    def __call__(self, pointer: str, direction: Direction) -> bool:
        """Tell whether the schema at a pointer is another one in this direction."""
        return self._reaches(pointer, files=False) or (direction == "form" and self._reaches(pointer, files=True))

    def _reaches(self, pointer: str, *, files: bool) -> bool:
        """Follow references; what was passed on the way is known afterwards too, so that each schema is read once."""
        referring: dict[str, list[str]] = {}  # schemas, most of them new, with those that refer to them
        marked: list[str] = []
        queue = [] if (pointer, files) in self._known else [pointer]
        met = set(queue)
        while queue:
            current = queue.pop()
            found = list(self._families.children(current))  # what is read as this may become one of these
            if self._marked(self._flattener.at(current).schema, found, files=files):
                marked.append(current)
            for reference in found:
                referring.setdefault(reference, []).append(current)
                if self._known.get((reference, files)):
                    marked.append(reference)
            fresh = dict.fromkeys(one for one in found if one not in met and (one, files) not in self._known)
            met.update(fresh)
            queue += fresh
        self._known.update(((one, files), False) for one in met)
        while marked:
            one = marked.pop()
            if one in met:
                self._known[one, files] = True
            marked += [each for each in referring.pop(one, ()) if not self._known[each, files]]
        return self._known[pointer, files]

    def _marked(self, schema: Any, queue: list[str], *, files: bool) -> bool:
        """Look through one schema tree; add the references that it makes to the queue."""
        if not isinstance(schema, dict):
            return False
        if isinstance(schema.get("$ref"), str):
            queue.append(schema["$ref"])
        if files and is_file(schema):
            return True
        return any(self._held(key, value, queue, files=files) for key, value in schema.items() if key in SUBSCHEMAS)

    def _held(self, keyword: str, value: Any, queue: list[str], *, files: bool) -> bool:
        """Look through the schemas that a keyword holds."""
        if SUBSCHEMAS[keyword] == MAP and isinstance(value, dict):
            named = value.values()
            return any(
                (not files and self._flattener.way(one)) or self._marked(one, queue, files=files) for one in named
            )
        parts = value if isinstance(value, list) else [value]
        return any(self._marked(one, queue, files=files) for one in parts)
