"""One of the two documents of a comparison: schemas by pointer, references followed, canonical texts.

Schemas are addressed by *conjunctions*: tuples of JSON pointers, all of which hold. `()` accepts everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from ...pointer import escape, split
from ...schemas.keywords import LIST, MAP, SUBSCHEMAS

Conj = tuple[str, ...]

CORE = "\0core"  # marks a schema without its `nullable`; NUL can't clash with a pointer's text in practice
NULL_POINTER = "\0null"
NEVER_POINTER = "\0never"
UNRESOLVED = "\0ref:"
FAMILY = "\0family"  # marks a component that stands for all that extends it, and not for itself

ANY: Conj = ()
NULL: Conj = (NULL_POINTER,)
NEVER: Conj = (NEVER_POINTER,)

_COMPONENT = re.compile("#/components/[^/]+/[^/]+")
_REF = re.compile(r'"\$ref": ("(?:[^"\\]|\\.)*")')

ANNOTATIONS = frozenset(
    "title description summary example examples externalDocs xml deprecated default $comment $schema "
    "contentEncoding contentMediaType contentSchema".split()
)
_SETS = frozenset(("required", "enum", "type"))
# Beside a $ref these say nothing that is compared, so that the reference alone can stand for the schema.
_BESIDE_REF = (ANNOTATIONS | {"$ref"}) - {"default", "deprecated", "contentEncoding", "contentMediaType"}


def display(pointer: str) -> str:
    """The JSON pointer as messages show it; empty for schemas that the document does not write."""
    if pointer in {NULL_POINTER, NEVER_POINTER} or pointer.startswith(UNRESOLVED):
        return ""
    return pointer.replace(CORE, "").removesuffix(FAMILY)


def dump(value: Any) -> str:
    """Canonical text of a JSON value: equal texts mean equal values, and true is not 1."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


def canonical(value: Any) -> str:
    """Text that is equal if and only if two values are equal in JSON Schema (1 and 1.0 are)."""
    return dump(_whole(value))


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value


def constraints(schema: Mapping[str, Any]) -> set[str]:
    """The keywords of a schema that are no annotations."""
    return {key for key in schema if key not in ANNOTATIONS and not key.startswith("x-")}


def bare(schema: Any) -> Any:
    """A schema without annotations, and with its sets (`required`, `enum`, `type`) sorted."""
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ANNOTATIONS or key.startswith("x-"):
            continue
        if SUBSCHEMAS.get(key) == MAP and isinstance(value, dict):
            kept[key] = {name: bare(each) for name, each in value.items()}
        elif SUBSCHEMAS.get(key) == LIST and isinstance(value, list):
            kept[key] = [bare(each) for each in value]
        elif key in SUBSCHEMAS:
            kept[key] = bare(value)
        elif key in _SETS and isinstance(value, list):
            kept[key] = sorted(value, key=dump)
        else:
            kept[key] = value
    return kept


class ComparedDocument:
    """One document of a comparison; `raw` has the values of all pointers that were asked for."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.is_30 = str(root.get("openapi", "3.1")).startswith("3.0")
        self.raw: dict[str, Any] = {"#": root, NULL_POINTER: {"type": "null"}, NEVER_POINTER: False}
        self._texts: dict[str, str] = {}
        self._canonical: dict[str, str] = {}
        self._targets: dict[str, str] = {}

    def at(self, pointer: str) -> Any:
        """The value at a pointer that `child` or `resolve` gave."""
        return self.raw[pointer]

    def written(self, pointer: str) -> Hashable:
        """What is equal for pointers to one object, which may stand at several places: what a path item refers to does."""
        value = self.raw.get(pointer)
        return id(value) if isinstance(value, dict | list) else pointer

    def child(self, pointer: str, *tokens: str) -> str:
        """The pointer of a value below another one. Raises KeyError or IndexError if there is none."""
        for token in tokens:
            below = f"{pointer}/{escape(token)}"
            if below not in self.raw:
                holder = self.raw[pointer]
                self.raw[below] = holder[int(token)] if isinstance(holder, list) else holder[token]
            pointer = below
        return pointer

    def section(self, pointer: str, *tokens: str) -> dict[str, Any]:
        """The object at a place below a pointer; empty if there is none."""
        value = self.at(pointer)
        for token in tokens:
            value = as_dict(value).get(token)
        return as_dict(value)

    def entries(self, pointer: str, *tokens: str) -> dict[str, str]:
        """The pointers of the objects in a map below a pointer, by name, references followed."""
        names = self.section(pointer, *tokens)
        found = {name: self.follow(self.child(pointer, *tokens, name)) for name in names}
        return {name: each for name, each in found.items() if isinstance(self.at(each), dict)}

    def resolve(self, ref: str) -> str:
        """The pointer that a `$ref` leads to; one that begins with `UNRESOLVED` if it leads nowhere."""
        found = self._targets.get(ref)
        if found is None:
            try:
                inside = ref == "#" or ref.startswith("#/")
                found = self.child("#", *split(unquote(ref) if "%" in ref else ref)) if inside else self._anchors[ref]
            except (KeyError, IndexError, ValueError, TypeError):
                found = UNRESOLVED + ref
                self.raw[found] = {UNRESOLVED: ref}
            self._targets[ref] = found
        return found

    @cached_property
    def _anchors(self) -> dict[str, str]:
        """The pointers of schemas that have an `$anchor`, by the `$ref` that leads to them."""
        found: dict[str, str] = {}
        todo = ["#"] if '"$anchor"' in self.text("#") else []
        while todo:
            pointer = todo.pop()
            value = self.raw[pointer]
            if isinstance(value, dict):
                if isinstance(value.get("$anchor"), str):
                    found["#" + value["$anchor"]] = pointer
                todo += [self.child(pointer, key) for key in value]
            elif isinstance(value, list):
                todo += [self.child(pointer, str(index)) for index in range(len(value))]
        return found

    @cached_property
    def families(self) -> dict[str, tuple[str, ...]]:
        """The components that a discriminator tells apart by extension, each with what extends it (OpenAPI 3.1.1, 4.8.25)."""
        extending: dict[str, list[str]] = {}
        pending: list[str] = []
        for name in self.section("#", "components", "schemas"):
            own = self.child("#", "components", "schemas", name)
            if self.canon(own) == own:
                parts = self._parts(own)
                for part in parts[1:]:
                    extending.setdefault(self.canon(part), []).append(own)
                if any("discriminator" in as_dict(self.raw[part]) for part in parts):
                    pending.append(own)
        found: dict[str, tuple[str, ...]] = {}
        for pointer in pending:  # goes on with what extends these
            if pointer not in found:
                found[pointer] = tuple(dict.fromkeys(extending.get(pointer, ())))
                pending += found[pointer]
        return found

    def _parts(self, pointer: str) -> list[str]:
        """A schema, what it refers to, and the parts of its `allOf`."""
        raw = as_dict(self.raw[pointer])
        referred = [self.resolve(raw["$ref"])] if isinstance(raw.get("$ref"), str) else []
        return [
            pointer,
            *referred,
            *(self.child(pointer, "allOf", str(i)) for i in range(len(as_list(raw.get("allOf"))))),
        ]

    def extended(self, conj: Conj) -> Conj:
        """The components of families that a conjunction is, or that an inline schema in it says more of."""
        found: dict[str, None] = {}
        todo, seen = list(conj), set(conj)
        for pointer in todo:
            if pointer in self.families:
                found[pointer] = None
            elif not _COMPONENT.fullmatch(pointer):
                more = [each for part in self._parts(pointer)[1:] if (each := self.canon(part)) not in seen]
                seen.update(more)
                todo += more
        return tuple(found)

    def family(self, conj: Conj) -> Conj:
        """The pointers that stand for what extends components of families; one is the same if the component and these are."""
        marked = {pointer + FAMILY: pointer for pointer in conj}
        self.raw.update((mark, {"$ref": pointer}) for mark, pointer in marked.items())
        return tuple(marked)

    def follow(self, pointer: str) -> str:
        """The pointer behind a reference object (parameters, responses, headers…); itself if it is none."""
        for _ in range(100):
            value = self.raw[pointer]
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return pointer
            pointer = self.resolve(value["$ref"])
        return pointer

    def canon(self, pointer: str) -> str:
        """The pointer of a schema, references that have nothing beside them followed."""
        known = self._canonical.get(pointer)
        if known is None:
            known, seen = pointer, {pointer}
            while isinstance(raw := self.raw[known], dict) and isinstance(raw.get("$ref"), str):
                if not self.is_30 and any(key not in _BESIDE_REF and not key.startswith("x-") for key in raw):
                    break
                known = self.resolve(raw["$ref"])
                if known in seen:
                    break
                seen.add(known)
            self._canonical[pointer] = known
        return known

    def conj(self, pointers: Iterable[str]) -> Conj:
        """The conjunction of schemas, references followed and repetitions left out."""
        return tuple(dict.fromkeys(self.canon(pointer) for pointer in pointers))

    def without_null(self, pointer: str) -> str:
        """The pointer that stands for a schema without its `nullable` (OpenAPI 3.0)."""
        core = pointer + CORE
        if core not in self.raw:
            self.raw[core] = {key: value for key, value in self.raw[pointer].items() if key != "nullable"}
        return core

    def text(self, pointer: str) -> str:
        """Canonical text of the value at a pointer, references left as they stand."""
        known = self._texts.get(pointer)
        if known is None:
            known = self._texts[pointer] = dump(self.raw[pointer])
        return known


def refs(text: str) -> Iterator[str]:
    """The `$ref`s in a canonical text."""
    for quoted in _REF.findall(text):
        yield json.loads(quoted)


def as_list(value: Any) -> list[Any]:
    """The value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is an object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def has_ref(value: Any) -> bool:
    """Whether there is a reference anywhere in a value."""
    if isinstance(value, dict):
        return "$ref" in value or any(has_ref(each) for each in value.values() if isinstance(each, dict | list))
    return isinstance(value, list) and any(has_ref(each) for each in value)


class Sameness:
    """Finds values that are equal in both documents, what they refer to included, by their texts alone.

    A reference is the same if both targets have equal text and all references in it are the same: the greatest
    such relation, so recursion is no obstacle.
    """

    def __init__(self, old: ComparedDocument, new: ComparedDocument) -> None:
        self.old, self.new = old, new
        self._mixed = old.is_30 != new.is_30  # there `nullable`, and what stands beside a $ref, mean different things

    def same(self, old: str, new: str) -> bool:
        """True where the two values are certainly the same; False where they have to be compared."""
        text = self.old.text(old)
        if text != self.new.text(new):
            return False
        if self._mixed and ('"nullable"' in text or '"$ref"' in text):
            return False
        if (old in self.old.families or new in self.new.families) and (old != new or old in self.changed_refs):
            return False
        return '"$ref"' not in text or all(ref not in self.changed_refs for ref in refs(text))

    def same_text(self, old: str, new: str) -> bool:
        """Whether the two values have the same text, which means the same in both documents, references aside."""
        return not self._mixed and self.old.text(old) == self.new.text(new)

    def same_all(self, old: Conj, new: Conj) -> bool:
        """The same for two conjunctions, member by member."""
        return len(old) == len(new) and all(self.same(a, b) for a, b in zip(old, new, strict=True))

    @cached_property
    def changed_refs(self) -> frozenset[str]:
        """The references whose targets differ, directly or through others."""
        families = self.old.families, self.new.families
        pending = {*refs(self.old.text("#")), *refs(self.new.text("#")), *families[0], *families[1]}
        changed: set[str] = set()
        users: dict[str, list[str]] = {}
        for ref in pending:
            old, new = self.old.resolve(ref), self.new.resolve(ref)
            text = self.old.text(old)
            members = families[0].get(old, ())
            alike = text == self.new.text(new) and set(members) == set(families[1].get(new, ()))
            if not alike or (self._mixed and '"nullable"' in text):
                changed.add(ref)
                continue
            for inner in (*refs(text), *members):
                users.setdefault(inner, []).append(ref)
        todo = list(changed)
        while todo:
            for user in users.get(todo.pop(), ()):
                if user not in changed:
                    changed.add(user)
                    todo.append(user)
        return frozenset(changed)
