"""What is written of a model: its declared class and nothing of another one, and defaults that were changed in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..document.document import Media
from ..document.merging import NoInstance
from ..values.choices import FULL, MINIMAL
from ..values.values import Values
from ..wire.bodies import Body
from .call import Call
from .cases import Case, Cases, Reply
from .result import OperationResult
from .strangers import Maker, extended, foreign

_MOST = 3  # properties of one body whose defaults are changed


@dataclass(slots=True)
class WritingProof:
    """Sends and answers what users may do to models; what is found goes into the verdict."""

    call: Call
    cases: Cases
    verdict: OperationResult

    def changed(self, minimal: Case, first: Reply) -> Iterator[Case]:
        """Yield calls in which a list or an object that is a default was changed in place, on either side."""
        body, answer = minimal.body, first.body
        if body is not None and body.kind == "Json":
            for one in self._changes(body.media, self.cases.sent):
                if self.call.has_default(one):
                    yield replace(minimal, name="changed in place", body=one, reply=first)
        if answer is not None and answer.kind == "Json":
            for one in self._changes(answer.media, self.cases.answered):
                reply = replace(first, body=one)
                if self.call.has_default(one, reply):
                    yield replace(minimal, name="changed in place", reply=reply)

    def strangers(self, minimal: Case, first: Reply) -> None:
        """Send and answer an instance of another class, and of a subclass with a field of its own: both are refused."""
        case = replace(minimal, reply=first)
        makers: tuple[tuple[str, Maker], ...] = (("another class", foreign), ("a subclass with more fields", extended))
        for what, make in makers:
            if case.body is not None and case.body.kind == "Json":
                self._refused(f"{what} as the body", self.call.sends(case, case.body, make))
            if first.body is not None and first.body.kind == "Json":
                self._refused(f"{what} as the answer", self.call.answers(case, first.body, make))

    def _refused(self, name: str, problem: str | None) -> None:
        """Count a call, if one was made; fail if it got through."""
        self.verdict.calls += problem is not None
        if problem:
            self.verdict.fail(name, problem)

    def _changes(self, media: Media, values: Values) -> Iterator[Body]:
        """Yield bodies in which a property has more than its default, which a minimal body leaves out."""
        try:
            plain, full = values.make(media.schema, MINIMAL), values.make(media.schema, FULL)
        except NoInstance:
            return
        properties = values.flat(media.schema).get("properties", {})
        left = _MOST
        for name, schema in properties.items() if isinstance(plain, dict) and isinstance(full, dict) else ():
            default, more = schema.get("default") if isinstance(schema, dict) else None, full.get(name)
            if name in plain or not more or not left:
                continue
            if isinstance(default, list) and isinstance(more, list):
                whole = {**plain, name: [*default, *more]}
            elif isinstance(default, dict) and isinstance(more, dict):
                whole = {**plain, name: {**default, **more}}
            else:
                continue
            if values.is_valid(media.schema, whole) and values.is_valid(media.schema, {**plain, name: more}):
                left -= 1
                yield Body(media=media, kind="Json", value=whole, changed=(name, more))
