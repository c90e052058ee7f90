"""Values that fit a schema: the plainest, full ones, extreme ones; each is judged by a JSON Schema validator."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Any

from ..document.merging import Impossible, NoInstance, TooLarge, Undecided
from ..document.schemas import Schemas, canonical
from . import hypothesis_values
from .choices import FULL, Choices, Mode
from .formats import JUDGES
from .maker import Maker
from .resolver import Resolver
from .ways import too_many, too_many_built

_RETRIES = 10
_EXAMPLES = 3  # by hypothesis-jsonschema for one schema
_TIME = 6.0  # seconds for all of them
_KEPT = 2_000_000  # values, and characters of texts, that are kept for equal questions


class Values:
    """Makes values for the schemas of one direction; equal questions are answered once."""

    def __init__(self, schemas: Schemas, seed: int) -> None:
        self.schemas = schemas
        self.seed = seed
        self.time = _TIME
        self._examples: dict[str, list[Any]] = {}
        self._known: dict[tuple[str, str, Mode], Any] = {}
        self._kept = 0
        self._validators: dict[tuple[str, bool], tuple[Any, list[Any], bool]] = {}
        self._texts: dict[int, str] = {}

    def text(self, node: Any) -> str:
        """Return a text that stands for a schema of the document."""
        if id(node) not in self._texts:
            self._texts[id(node)] = canonical(self.schemas.convert(node))
        return self._texts[id(node)]

    def flat(self, node: Any) -> dict[str, Any]:
        """Return a schema of the document without references and compositions, as far as that goes."""
        return self.flat_of(self.schemas.convert(node))

    def flat_of(self, schema: Any) -> dict[str, Any]:
        """Return a translated schema without references and compositions, as far as that goes."""
        try:
            choices = Choices(random.Random(0), FULL, "json")  # noqa: S311 - no secret
            return Resolver(self.schemas, choices).flat(schema, 0)
        except (NoInstance, RecursionError):
            return {}

    def make(self, node: Any, mode: Mode, use: str = "json") -> Any:
        """Return a value for a schema of the document. Raises NoInstance."""
        key = self.text(node), use, mode
        if key not in self._known:
            if self._kept > _KEPT:
                self._known.clear()
                self._kept = 0
            try:
                self._known[key] = self._make(node, mode, use)
            except NoInstance as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, NoInstance):
            raise found
        return found

    def examples(self, node: Any) -> list[Any]:
        """Return what hypothesis-jsonschema makes of a schema, while there is time for it."""
        text = self.text(node)
        if text not in self._examples:
            begin = time.monotonic()
            found: list[Any] = []
            with suppress(NoInstance):
                closed = self.schemas.closed(self.schemas.convert(node))
                found = hypothesis_values.examples(closed, self.seed) if self.time > 0 else []
            self._examples[text] = [value for value in found if self.is_valid(node, value)][:_EXAMPLES]
            self.time -= time.monotonic() - begin
        return self._examples[text]

    def is_valid(self, node: Any, value: Any, *, formats: bool = False) -> bool:
        """Judge a value by a schema of the document, by formats too if asked; what no validator can be built for is taken."""
        try:
            return self._is_valid(node, value, formats=formats)
        except NoInstance:
            return False

    def _is_valid(self, node: Any, value: Any, *, formats: bool = False) -> bool:
        """Judge a value. Raises NoInstance where it would be judged too often."""
        import jsonschema_rs

        key = self.text(node), formats
        if key not in self._validators:
            closed = self.schemas.closed(self.schemas.convert(node))
            self._validators[key] = closed, [], too_many_built(closed)
        closed, made, is_refused = self._validators[key]
        if is_refused or too_many(closed, value):
            raise NoInstance("schemas share others so often that judging a value takes too long")
        if not made:  # not before: to build one may take as long
            with suppress(ValueError, jsonschema_rs.ValidationError):
                judges = dict(JUDGES) if formats else None
                made.append(jsonschema_rs.Draft202012Validator(closed, validate_formats=formats, formats=judges))
        return not made or bool(made[0].is_valid(value))

    def _make(self, node: Any, mode: Mode, use: str) -> Any:
        schema = self.schemas.convert(node)
        problem: NoInstance | None = None
        for attempt in range(_RETRIES):
            # After some failures any kind of value will do.
            level = mode.level if attempt < _RETRIES - 3 else attempt % 2
            rng = random.Random(f"{self.seed}/{mode.level}/{mode.index}/{attempt}")  # noqa: S311 - no secret
            choices = Choices(rng, Mode(level, mode.index + attempt), use)
            try:
                value = Maker(self.schemas, choices).make(schema)
            except NoInstance as error:
                problem = error if problem is None or isinstance(problem, Impossible) else problem
                if isinstance(error, TooLarge) and (level == 0 or choices.is_lost):
                    break
                continue
            except RecursionError:
                break
            if self._is_valid(node, value):
                self._kept += choices.made + choices.characters
                return value
            problem = _misfit(schema)
        raise problem or NoInstance("the schema has no end")


def _misfit(schema: Any) -> NoInstance:
    """Say that no value was found. Open branches of a `oneOf` may all take what one of them describes."""
    if isinstance(schema, dict) and "oneOf" in schema:
        return Undecided("each value that was tried fits several branches of oneOf, or none")
    return NoInstance("no value was found that fits the schema")
