"""Docstrings, read from source text, as Markdown."""

from __future__ import annotations

import ast
import html
import inspect
import re
import textwrap
from collections.abc import Iterator


def code(text: str) -> str:
    """A code span."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def cell(text: str) -> str:
    """The text of a table's cell; a bar in code is an entity, which every reader of Markdown shows as a bar."""
    line = " ".join(text.split())
    if "|" in line and line.startswith("`") and line.endswith("`"):
        return f"<code>{html.escape(line.strip('`'), quote=False).replace('|', '&#124;')}</code>"
    return line.replace("|", "&#124;")


def attribute_docstrings(source: str, name: str) -> dict[str, str]:
    """The docstring below each attribute of a class. Raises KeyError where one has none."""
    [found] = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name]
    texts: dict[str, str] = {}
    for node, following in zip(found.body, [*found.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            match following:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    texts[node.target.id] = " ".join(text.split())
                case _:
                    raise KeyError(f"{name}.{node.target.id} has no docstring below it")
    return texts


def markdown(docstring: str | None) -> list[str]:
    """The lines of a docstring in Google's style: its arguments as a list, its example as code."""
    text, _, rest = inspect.cleandoc(docstring or "").partition("\nArgs:\n")
    text = re.sub(r"^Example:\n((?: .*\n?)+)", _example, text, flags=re.MULTILINE)
    lines = text.strip().splitlines()
    for number, argument in enumerate(re.split(r"\n(?=\S)", inspect.cleandoc(rest)) if rest else ()):
        name, _, said = argument.partition(": ")
        lines += [*([] if number else [""]), f"- {code(name)}: {' '.join(said.split())}"]
    return lines


def _example(found: re.Match[str]) -> str:
    return f"```py\n{textwrap.dedent(found[1]).rstrip()}\n```\n"


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """How a function is called, as a block of code; one argument a line where it is long."""
    parts = list(_parts(node.args))
    begin = f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}def {node.name}("
    end = f"){f' -> {ast.unparse(node.returns)}' if node.returns else ''}: ..."
    whole = begin + ", ".join(parts) + end
    if len(whole) <= 100:
        return ["```py", whole, "```"]
    return ["```py", begin, *(f"    {part}," for part in parts), end, "```"]


def _parts(given: ast.arguments) -> Iterator[str]:
    """The arguments of a signature one by one, without self."""
    before = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(before) - len(given.defaults)), *given.defaults]
    for one, default in zip(before, defaults, strict=True):
        if one.arg != "self":
            yield _part(one, default)
    if given.vararg:
        yield f"*{_part(given.vararg, None)}"
    elif given.kwonlyargs:
        yield "*"
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _part(one, default)
    if given.kwarg:
        yield f"**{_part(given.kwarg, None)}"


def _part(one: ast.arg, default: ast.expr | None) -> str:
    annotated = f"{one.arg}: {ast.unparse(one.annotation)}" if one.annotation else one.arg
    equals = " = " if one.annotation else "="
    return annotated + (f"{equals}{ast.unparse(default)}" if default else "")
