"""What the stages of lowering share: types by pointer, what to warn about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Severity
from ..document.document import Document
from ..document.operations import Located, follow
from ..models.definitions import expanded
from ..models.plan import Models
from ..pointer import Pointer
from ..python.types import Type
from ..schemas.directions import Direction
from .secret_schemas import secret_schemas


@dataclass(slots=True, kw_only=True)
class Lowering:
    """One run: reads the document and its types, collects what fell back."""

    document: Document
    models: Models
    stream_end: str | None = None
    warnings: list[Diagnostic] = field(default_factory=list)
    causes: dict[tuple[Severity, str, str], dict[str, None]] = field(default_factory=dict)
    _secret: frozenset[Pointer] | None = None

    def warn(self, message: str, pointer: str, hint: str = "") -> None:
        """Note what could not be expressed, and where."""
        self.warnings.append(self.document.diagnostic("warning", message, pointer, hint))

    def note(self, message: str, pointer: str, hint: str = "", severity: Severity = "warning") -> None:
        """Note one place of what a document may have in hundreds: it is reported once, with their number."""
        self.causes.setdefault((severity, message, hint), {})[pointer] = None

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Give all that was noted."""
        found = list(self.warnings)
        for (severity, message, hint), pointers in self.causes.items():
            more = len(pointers) - 1
            count = f" (here and in {more:,} other place{'s' if more > 1 else ''})" if more else ""
            found.append(self.document.diagnostic(severity, message + count, next(iter(pointers)), hint))
        return tuple(found)

    def type_of(self, pointer: str, direction: Direction) -> Type | None:
        """Give the type of the schema at a pointer, None where there is no schema."""
        return self.models.types.get((pointer, direction))

    def is_secret(self, pointer: str, schema: Any) -> bool:
        """Whether a schema, at its pointer, or a part of it, is a password."""
        if not isinstance(schema, dict):
            return False
        if "$ref" not in schema and not any(isinstance(one, dict | list) for one in schema.values()):
            return schema.get("format") == "password"  # most have no parts: no other schema is looked at
        if self._secret is None:
            self._secret = secret_schemas(self.document)
        return pointer in self._secret

    def meaning(self, pointer: str, direction: Direction) -> Type | None:
        """Give the type of a schema with what aliases stand for, to look at."""
        found = self.type_of(pointer, direction)
        return None if found is None else expanded(found, self.models.aliases)

    def follow(self, pointer: str, value: Any) -> Located:
        """Follow a `$ref` of this document."""
        return follow(self.document, pointer, value)


def sentences(*parts: Any) -> str:
    """Join what the document says, a paragraph each."""
    return "\n\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
