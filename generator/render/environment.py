"""Jinja as the templates meet it, ours and those of a project: filters that escape, undefined names that are errors.

A project's template takes the place of ours by its name. It says in its first line which version of the variables it was
written for (`ir.VERSION`); what it prints goes through the same gate; what is wrong with it is told with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from .. import ir
from ..python import escaping
from ..python.types import Type, as_argument, judged, text
from .folder import own_templates, templates_folder
from .paragraphs import wrap

if TYPE_CHECKING:
    from jinja2 import Environment


def _source(value: str) -> str:
    """Let Python source through that a stage of ours has written."""
    if not isinstance(value, str):
        raise TypeError(f"no source text: {value!r}")
    return value


def _later(value: str) -> str:
    """Quote a type that leads to classes of models: they are imported when it is asked for."""
    return escaping.py(_source(value)) if "models." in value else _source(value)


def _judged(carriers: Iterable[ir.Parameter | ir.Media | ir.Header]) -> str:
    """List the keywords that the rules in the types of parameters, bodies or headers check, as the text of a comment."""
    found = dict.fromkeys(keyword for one in carriers if one.type is not None for keyword in judged(one.type))
    return escaping.comment(", ".join(found))


def _text(template: bytes) -> str:
    """Decode a template of a project; what is no UTF-8 shows as such where it is printed."""
    return template.decode("utf-8", "replace").replace("\r\n", "\n")


@cache
def environment() -> Environment:
    """Jinja for our own templates."""
    return _environment(None)


def environment_with(own: Path) -> Environment:
    """Jinja for a project's templates; made anew each time, as which of them there are may change."""
    return _environment(own)


_WRITTEN: Mapping[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
"""How the text of templates is read."""


def _environment(own: Path | None) -> Environment:
    """Set Jinja up: undefined names are errors, text goes through filters only.

    `own` is a folder with templates in place of ours; these still can be reached, as `spectwin/api.py.jinja`. Templates of
    a project are part of a working tree that need not be ours: they run in Jinja's sandbox.
    """
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, PrefixLoader, StrictUndefined

    kind, loader = Environment, FileSystemLoader(templates_folder())
    chosen: FileSystemLoader | ChoiceLoader = loader
    if own is not None:
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        kind = ImmutableSandboxedEnvironment
        texts = {name: (_text(text), str(own / name), None) for name, text in own_templates(own).items()}
        chosen = ChoiceLoader([FunctionLoader(texts.get), loader, PrefixLoader({"spectwin": loader})])
    from .compiled import Compiled
    from .plain_code import MADE_BY, PlainCode

    made = _with_text(kind)(
        loader=chosen,
        undefined=StrictUndefined,
        auto_reload=own is not None,
        # What filters make of a constant would be part of the byte code, and stale when they change: none stands on one (test).
        bytecode_cache=Compiled(f"{_WRITTEN}\0{MADE_BY}") if own is None else None,
        **_WRITTEN,
    )
    if own is None:
        made.code_generator_class = PlainCode
    made.filters.update(
        py=escaping.py,
        ident=escaping.ident,
        doc=escaping.doc,
        judged=_judged,
        comment=escaping.comment,
        md=escaping.md,
        code=escaping.code,
        source=_source,
        later=_later,
        toml=escaping.toml,
        wrap=wrap,
    )
    return made


_TYPES = frozenset(get_args(Type))
_ARGUMENTS = (ir.Media, ir.Parameter, ir.Header)
"""What is printed as a call that has its type as an argument."""


def _with_text(kind: type[Environment]) -> type[Environment]:
    """Let templates see the types that the intermediate representation holds as Python source text."""

    def written(found: Any, owner: Any) -> Any:
        if type(found) not in _TYPES:
            return found
        return text(as_argument(found) if isinstance(owner, _ARGUMENTS) else found)

    class WithText(kind):  # type: ignore[misc, valid-type]
        def compile(self, source: Any, name: Any = None, filename: Any = None, **more: Any) -> Any:
            """Compile a template. Raises jinja2.TemplateSyntaxError, also for what neither Jinja nor Python gets through."""
            try:
                return super().compile(source, name, filename, **more)
            except (RecursionError, MemoryError, SyntaxError) as error:
                from jinja2 import TemplateSyntaxError

                said = error.msg if isinstance(error, SyntaxError) else "an expression or block is nested too deeply"
                raise TemplateSyntaxError(f"the template can't be compiled: {said}", 1, name, filename) from None

        def getattr(self, obj: Any, attribute: str) -> Any:
            try:
                found = super().getattr(obj, attribute) if self.sandboxed else getattr(obj, attribute)
            except AttributeError:
                found = super().getattr(obj, attribute)
            return written(found, obj) if type(found) in _TYPES else found

        def getitem(self, obj: Any, argument: Any) -> Any:
            return written(super().getitem(obj, argument), obj)

    return WithText
