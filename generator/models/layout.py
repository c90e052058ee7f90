"""Classes laid out by datamodel-code-generator from slots: it sees our own names only, never a word of a document.

Importing it takes longer than everything else together, so `start` forks a process that does so while the document is
read and judged here. Its answer is what `lay_out` would give without it.
"""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

from ..python.escaping import comment, doc

_SLOT = re.compile(
    r'^( *)"""\n *(s\d+_slot)\n *"""|"(s\d+_slot)"|\b(s\d+_slot|Class\d+Slot|[a-z]+\d+_slot)\b', re.MULTILINE
)
_STATEMENT = re.compile(r"^( *)(Class\d+Slot|[a-z]+\d+_slot)(?=: | = )", re.MULTILINE)


@dataclass(slots=True)
class Slots:
    """Texts by the slots that stand for them; `remarks` are the slots of comments, by that of the statement below."""

    texts: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, form: str = "s{}_slot") -> str:
        """Give a slot for a text: a type, a default or a docstring; `form` tells slots of names apart."""
        slot = form.format(len(self.texts))
        self.texts[slot] = text
        return slot

    def remark(self, slot: str, text: str) -> None:
        """Have a comment stand above the statement that begins with a slot, if there is something to say."""
        if text:
            self.remarks[slot] = self.add(comment(text))

    def with_remarks(self, laid_out: str) -> str:
        """Put the slots of comments above their statements."""

        def remarked(found: re.Match[str]) -> str:
            slot = self.remarks.get(found[2])
            return f"{found[1]}# {slot}\n{found[0]}" if slot else found[0]

        return _STATEMENT.sub(remarked, laid_out)

    def fill(self, laid_out: str) -> str:
        """Put the texts where their slots are, all at once: what a text holds is never looked at again."""

        def filled(found: re.Match[str]) -> str:
            if found[2]:
                return found[1] + doc(self.texts[found[2]], len(found[1]))
            return self.texts[found[3] or found[4]]

        return _SLOT.sub(filled, laid_out)


def lay_out(schemas: Mapping[str, Any], bases: Mapping[str, str]) -> str:
    """Write a class or an alias for each schema (slot → schema over slots); `bases` are bases other than Model, slots too."""
    if not schemas:
        return ""
    shapes = _shapes()
    return "\n\n".join(
        _class(shapes, name, schema, bases.get(name, "Model"))
        if schema["type"] == "object"
        else _alias(shapes, name, schema)
        for name, schema in schemas.items()
    )


def _alias(shapes: Mapping[str, str], name: str, schema: Mapping[str, Any]) -> str:
    shape = shapes[f"alias{_DESCRIBED * ('description' in schema)}"]
    return _put(shape, name=name, type=schema["x-python-type"], words=schema.get("description", ""))


def _class(shapes: Mapping[str, str], name: str, schema: Mapping[str, Any], base: str) -> str:
    described = _DESCRIBED * ("description" in schema)
    head = shapes[f"{'class' if schema['properties'] else 'empty'}{described}"]
    parts = [_put(head, name=name, base=base, words=schema.get("description", ""))]
    last = len(schema["properties"]) - 1
    for index, (field_name, one) in enumerate(schema["properties"].items()):
        kind = f"{'last' if index == last else 'field'}{_DEFAULT * ('default' in one)}{_DESCRIBED * ('description' in one)}"
        given = {"type": one["x-python-type"], "default": one.get("default", ""), "words": one.get("description", "")}
        parts.append(_put(shapes[kind], name=field_name, **given))
    return "".join(parts)


_DEFAULT, _DESCRIBED = " with a default", " with words"
_HOLES = {"name": "Class0Slot", "field": "field0_slot", "type": "s1_slot", "default": "s2_slot", "words": "s3_slot"}
_SECOND = "field9_slot"
_HOLE = re.compile(r"Class0Slot|field0_slot|s[123]_slot|(?<=\()Model(?=\))")


def _put(shape: str, **given: str) -> str:
    """Put slots of a class or field into the holes of its shape."""
    found = {_HOLES[key]: value for key, value in given.items() if key != "base"}
    found |= {"field0_slot": given["name"], "Model": given.get("base", "Model")}
    return _HOLE.sub(lambda hole: found[hole[0]], shape)


@cache
def _shapes() -> dict[str, str]:
    """Ask for the few shapes that classes are made of: heads, fields with and without defaults and words, aliases.

    A field is laid out alike whatever stands around it, but for the last one, which no empty line follows. So the time
    that datamodel-code-generator takes, which grows faster than its input, is the same for every document.
    """
    field_: dict[str, Any] = {"type": "string", "x-python-type": _HOLES["type"]}
    own, words = _HOLES["field"], {"description": _HOLES["words"]}
    asked: dict[str, dict[str, Any]] = {}
    for more, described in (({}, ""), (words, _DESCRIBED)):
        asked[f"alias{described}"] = {**field_, **more}
        asked[f"empty{described}"] = _object({}, **more)
        asked[f"class{described}"] = _object({own: field_}, **more)
        for default, with_default in (({}, ""), ({"default": _HOLES["default"]}, _DEFAULT)):
            one = {**field_, **default, **more}
            asked[f"field{with_default}{described}"] = _object({own: one, _SECOND: one})
    found = dict(zip(asked, _ask([*asked.values()]), strict=True))
    for described in ("", _DESCRIBED):
        found[f"class{described}"] = found[f"class{described}"].partition(f"    {own}")[0]
        for with_default in ("", _DEFAULT):
            kind = f"{with_default}{described}"
            whole = found[f"field{kind}"].removeprefix(found["class"])
            found[f"field{kind}"], _, second = whole.partition(f"    {_SECOND}")
            found[f"last{kind}"] = f"    {own}{second}"
    return found


def _object(fields: Mapping[str, Any], **more: str) -> dict[str, Any]:
    required = [name for name, one in fields.items() if "default" not in one]
    return {"type": "object", "properties": dict(fields), "required": required, **more}


def _ask(schemas: list[dict[str, Any]]) -> list[str]:
    """Have classes and aliases laid out, in the process that has datamodel-code-generator at hand if there is one."""
    text = ""
    try:
        with suppress(OSError, EOFError):  # the process is gone
            text = _worker.ask(schemas) if _worker else ""
    finally:
        stop()  # nothing else is asked; its memory is better used for what follows
    text = text or _generate(schemas)
    parts = re.split(r"^(?=class Class|Class\d+Slot = )", text, flags=re.MULTILINE)[1:]
    return [re.sub(r"Class\d+Slot", _HOLES["name"], part).rstrip("\n") + "\n" for part in parts]


def _generate(schemas: Sequence[Mapping[str, Any]]) -> str:
    """Run datamodel-code-generator; give the classes, with what stands before them."""
    from datamodel_code_generator import Formatter, InputFileType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import PythonVersion

    info = {"title": "-", "version": "-"}
    classes = {f"Class{index}Slot": schema for index, schema in enumerate(schemas)}
    text = generate(
        {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": classes}},
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        base_class="base.Model",
        formatters=[Formatter.BUILTIN],
        disable_timestamp=True,
        use_annotated=True,
        field_constraints=True,
        target_python_version=PythonVersion.PY_311,
        use_schema_description=True,
        use_field_description=True,
        use_inline_field_description=True,
        use_type_alias=True,
        use_type_alias_type=True,
        use_double_quotes=True,
        allow_remote_refs=False,
        strict_nullable=True,
    )
    if not isinstance(text, str):
        raise TypeError("datamodel-code-generator wrote more than one module")
    return text


# --- a process of its own ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Worker:
    """A forked process that has datamodel-code-generator at hand."""

    process: int
    requests: BinaryIO
    answers: BinaryIO

    def ask(self, question: Any) -> str:
        """Have a layout made; what fails there fails here."""
        self.requests.write(json.dumps(question).encode() + b"\n")
        self.requests.flush()
        line = self.answers.readline()
        if not line:
            raise EOFError("the process that lays classes out has ended")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(f"laying classes out failed: {answer['failed']}")
        return str(answer["text"])


_worker: _Worker | None = None
_BOTH = ("fractions", "importlib.resources", "pydantic_core", "subprocess", "uuid", "zipfile")
"""What both processes need: it is imported once, before they part."""


def start() -> None:
    """Fork the process, where that is possible and there is a second processor for it."""
    global _worker  # noqa: PLW0603 - one process for all packages of a run
    threading = sys.modules.get("threading")
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    # A fork takes the calling thread only along: locks that others hold would never be given back.
    if _worker is not None or not hasattr(os, "fork") or processors < 2 or (threading and threading.active_count() > 1):
        return
    if _shapes.cache_info().currsize:  # nothing is asked any more
        return
    for name in _BOTH:
        import_module(name)
    sys.stdout.flush()  # what is buffered would be written twice
    sys.stderr.flush()
    (question, ask), (answered, answer) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(ask)
        os.close(answered)
        _serve(question, answer)
    os.close(question)
    os.close(answer)
    _worker = _Worker(process, os.fdopen(ask, "wb"), os.fdopen(answered, "rb"))


def stop() -> None:
    """End the process."""
    global _worker
    if _worker is None:
        return
    worker, _worker = _worker, None
    with suppress(OSError):
        os.kill(worker.process, signal.SIGKILL)
    with suppress(OSError):
        os.waitpid(worker.process, 0)
    for pipe in (worker.requests, worker.answers):
        with suppress(OSError):
            pipe.close()


def _serve(question: int, answer: int) -> None:
    """Be the process: import, then answer until nobody asks any more; end without any of the parent's clean-up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        gc.disable()  # it answers once, and nothing of what it imports is ever given back
        os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # else the metadata of all that is installed is read
        import datamodel_code_generator.parser.openapi  # noqa: F401 - to have it at hand

        with os.fdopen(question, "rb") as questions, os.fdopen(answer, "wb") as answers:
            for line in questions:
                try:
                    found = {"text": _generate(json.loads(line))}
                except Exception as error:
                    found = {"failed": f"{type(error).__name__}: {error}"}
                answers.write(json.dumps(found).encode() + b"\n")
                answers.flush()
    finally:
        os._exit(0)
