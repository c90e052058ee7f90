"""How what a schema refuses is repaired, where that does not change what an operation does on the wire.

In this order: what can be read as the right thing is written as the right thing (``true`` for ``"true"``, a list of one
for a string); what is missing and has an obvious value gets it; what only annotates or restricts is left out. What
would lose an operation, or open one to everybody, stays an error.
"""

from __future__ import annotations

from typing import Any

from ..document.document import Document
from ..document.edits import Edit
from ..document.objects import METHODS, ObjectPlace, kind_of, place_of
from ..pointer import Pointer, get, join
from ..records import record
from .finding import Repair
from .newer_words import is_kept, is_later_type, is_read
from .repair_steps import add_value, convert, give_up, missing, remove, rename, set_value, show_neutral, unique
from .schema_errors import Violation, show_value

_TYPE_NAMES = {  # what other languages and tools call a type → type, and format where it says one
    "integer": ("integer", "int", "long", "short", "bigint", "int32", "int64", "timestamp"),
    "number": ("number", "float", "double", "decimal", "numeric", "real", "currency"),
    "boolean": ("boolean", "bool"),
    "string": ("string", "str", "text", "char", "varchar", "enum"),
    "string date": ("date",),
    "string date-time": ("datetime", "date-time"),
    "string uuid": ("uuid", "guid"),
    "string binary": ("file", "binary"),
    "string byte": ("byte",),
    "string uri": ("uri", "url"),
    "array": ("array", "list", "set"),
    "object": ("object", "map", "dict", "dictionary", "hash", "json"),
    "null": ("null",),
}
_TYPES: dict[str, dict[str, Any]] = {
    name: dict(zip(("type", "format"), meaning.split(" "), strict=False))
    for meaning, names in _TYPE_NAMES.items()
    for name in names
}
_FLOW_DEFAULTS = {"scopes": {}, "tokenUrl": "", "authorizationUrl": "", "deviceAuthorizationUrl": ""}
_SCHEME_DEFAULTS = {"flows": {}, "openIdConnectUrl": "", "in": "header"}
# Objects that go as a whole where a required member of theirs is missing: they annotate, or are one of several.
_DROPPED_WHOLE = {"externalDocs", "license", "contact", "discriminator", "xml"}
_SWAGGER_KEYWORDS = ("type", "format", "items", "enum", "default")  # that Swagger 2.0 had in the parameter itself
LATER = "it is read as in OpenAPI 3.1"
_BODY_LOCATIONS = {"body", "formdata", "form"}


def repair(violation: Violation, document: Document) -> Repair | None:
    """Find the edits that take a violation away; None where it must stay an error."""
    case = _Case(violation, join("#", *violation.path), place_of(violation.path), document)
    found = _REPAIRS.get(violation.keyword, _Case.form)(case)
    return found if found is not None else give_up(violation.path)


@record
class _Case:
    """A violation with its surroundings; each method gives a repair, or None where it knows none."""

    violation: Violation
    pointer: Pointer
    place: ObjectPlace
    document: Document

    @property
    def root(self) -> dict[str, Any]:
        return self.document.root

    @property
    def version(self) -> tuple[int, int]:
        return self.document.version

    @property
    def above(self) -> Pointer:
        return self.pointer.rpartition("/")[0]

    @property
    def parent(self) -> dict[str, Any]:
        parent = get(self.root, self.above)
        return parent if isinstance(parent, dict) else {}

    def unknown(self) -> Repair | None:
        """Read a member that the object may not have as what it was meant for; otherwise leave it out."""
        name, path, parent = str(self.violation.detail), self.violation.path, self.parent
        if path[:1] == ("paths",) and len(path) == 2:
            return rename(self.pointer, f"/{name}") if f"/{name}" not in parent else None
        if path[-2:-1] == ("responses",) and name != name.upper() == f"{name[:1]}XX":
            return rename(self.pointer, name.upper())
        kind = self.place.kind
        if is_kept(self.place, name, parent.get(name), self.version):
            return (), LATER
        if kind == "pathItem" and name != name.lower() and name.lower() in METHODS and name.lower() not in parent:
            return rename(self.pointer, name.lower())
        if kind == "schema":
            return self._keyword(name, parent)
        if kind in {"parameter", "header"} and name in _SWAGGER_KEYWORDS and not parent.keys() & {"schema", "content"}:
            schema = {key: parent[key] for key in _SWAGGER_KEYWORDS if key in parent}
            drops = [Edit(kind="drop", pointer=join(self.above, key)) for key in schema]
            add = Edit(kind="add", pointer=join(self.above, "schema"), value=schema)
            return (add, *drops), "it is read as its schema"
        return remove(self.pointer)

    def _keyword(self, name: str, schema: dict[str, Any]) -> Repair:
        """Deal with a keyword of another JSON Schema version in a schema of OpenAPI 3.0."""
        drop, value = Edit(kind="drop", pointer=self.pointer), schema.get(name)
        if is_read(name, value):
            return (), LATER
        if name == "const" and "enum" not in schema:
            enum = Edit(kind="add", pointer=join(self.above, "enum"), value=[value])
            return (drop, enum), "it is read as an enum of one"
        if name == "examples" and isinstance(value, list) and value and "example" not in schema:
            return (drop, Edit(kind="add", pointer=join(self.above, "example"), value=value[0])), "one is kept"
        return (drop,), "it is left out"

    def required(self) -> Repair | None:
        """Give a member that is missing an obvious value."""
        name, path = str(self.violation.detail), self.violation.path
        kind = kind_of(path)
        value = self.violation.value if isinstance(self.violation.value, dict) else {}
        here = join(self.pointer, name)
        if path and path[-1] in _DROPPED_WHOLE:
            return remove(self.pointer, "the whole object is left out")
        if kind == "parameter":
            return self._parameter(name, value)
        if kind == "securityScheme":
            guess = _guess_scheme(name, value)
            return add_value(here, guess, f"{show_neutral(guess)} is assumed") if guess is not None else None
        if "flows" in path and name in _FLOW_DEFAULTS:
            return add_value(here, _FLOW_DEFAULTS[name], "it is assumed to be empty")
        if "variables" in path and name == "default":
            choices = value.get("enum")
            first = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], str) else path[-1]
            return add_value(here, first, f'"{first}" is assumed')
        if self.place.kind == "operation" and self.place.member == "responses":
            return add_value(here, {"description": ""}, "a default response is assumed")
        neutral = missing(kind or (path[-1] if path else ""), name)
        return add_value(here, neutral, f"{show_neutral(neutral)} is assumed") if neutral is not None else None

    def _parameter(self, name: str, value: dict[str, Any]) -> Repair | None:
        path, here = self.violation.path, join(self.pointer, name)
        template = path[1] if path[0] == "paths" and len(path) > 1 else ""
        if name == "required":
            return add_value(here, True, "true is assumed")
        if name == "in" and isinstance(value.get("name"), str):
            location = "path" if f"{{{value['name']}}}" in template else "query"
            return add_value(here, location, f'"{location}" is assumed')
        if name in {"schema", "content"}:
            if str(value.get("in")).strip().lower() in _BODY_LOCATIONS:
                return (), ""  # the location is what is wrong
            own = {key: value[key] for key in _SWAGGER_KEYWORDS if key in value}
            return add_value(
                join(self.pointer, "schema"), own, "any value is accepted" if not own else "its own is read"
            )
        return None

    def choice(self) -> Repair | None:
        """Read a value that is none of those that are accepted as the one that was meant."""
        value, kind, member = self.violation.value, self.place.kind, self.place.member
        options = self.violation.detail if isinstance(self.violation.detail, list) else [self.violation.detail]
        if kind == "schema" and member == "type":
            return self._schema_type()
        if kind == "securityScheme" and value == "mutualTLS":
            return (), LATER
        if kind == "parameter" and member == "required":
            return set_value(self.pointer, True, "true is assumed")
        for option in options:
            if isinstance(option, str) and isinstance(value, str) and option.lower() == value.strip().lower():
                return set_value(self.pointer, option, f'it is read as "{option}"')
        if kind == "parameter" and member == "in":
            return self._location()
        if kind == "securityScheme" and member == "type" and str(value).lower() in {"basic", "bearer"}:
            scheme = Edit(kind="add", pointer=join(self.above, "scheme"), value=str(value).lower())
            return (Edit(kind="set", pointer=self.pointer, value="http"), scheme), 'it is read as "http"'
        return None

    def _schema_type(self) -> Repair:
        """Read a ``type`` that is none as other languages call it; otherwise accept any value."""
        schema, value, path = self.parent, self.violation.value, self.violation.path
        if value is None and (path[-1] != "type" or path[-3:-2] in (("anyOf",), ("oneOf",))):
            return set_value(self.pointer, "null", 'it is read as "null"')
        names = ["null" if one is None else one for one in value] if isinstance(value, list) else [value]
        known = [_TYPES.get(name.strip().lower(), {}) if isinstance(name, str) else {} for name in names]
        kinds = list(dict.fromkeys(str(part["type"]) for part in known if part))
        nullable = "null" in kinds and self.version == (3, 0)
        if nullable:
            kinds.remove("null")
        if self.version == (3, 0) and len(kinds) != 1 and is_later_type(self.violation, self.place):
            return self._older_type(kinds, schema, nullable=nullable)
        if not all(known) or not kinds or (len(kinds) > 1 and self.version == (3, 0)):
            return remove(self.pointer, "values of any type are accepted")
        edits = [Edit(kind="set", pointer=self.pointer, value=kinds[0] if len(kinds) == 1 else kinds)]
        form = next((part["format"] for part in known if "format" in part), None)
        if form and "format" not in schema:
            edits.append(Edit(kind="add", pointer=join(self.above, "format"), value=form))
        if nullable:
            edits.append(Edit(kind="add", pointer=join(self.above, "nullable"), value=True))
        return tuple(edits), f"it is read as {show_neutral(edits[0].value)}" + (", nullable" if nullable else "")

    def _older_type(self, kinds: list[str], schema: dict[str, Any], *, nullable: bool) -> Repair:
        """Write a list of types, or the type null, as OpenAPI 3.0 has them."""
        added: dict[str, Any] = {"nullable": True} if nullable else {}
        if kinds:
            any_of = [{"type": kind} for kind in kinds]
            taken = schema.keys() & {"allOf", "anyOf"}
            all_of = schema.get("allOf", [])
            if not isinstance(all_of, list):
                return (), LATER  # once allOf is mended: its own repair would take away what is added here
            added |= {"allOf": [*all_of, {"anyOf": any_of}]} if taken else {"anyOf": any_of}
        else:
            added["enum"] = [None]
        edits = [Edit(kind="add", pointer=join(self.above, key), value=value) for key, value in added.items()]
        return (Edit(kind="drop", pointer=self.pointer), *edits), LATER

    def _older_bound(self) -> Repair:
        """Write an exclusive bound as OpenAPI 3.0 has it: as a mark of the inclusive one."""
        schema, value, exclusive = self.parent, self.violation.value, self.place.member
        inclusive = exclusive.removeprefix("exclusive").lower()
        other = schema.get(inclusive)
        if isinstance(other, int | float) and (other > value if inclusive == "minimum" else other < value):
            return remove(self.pointer, f'"{inclusive}" asks for more')
        bound = Edit(kind="add", pointer=join(self.above, inclusive), value=value)
        return (Edit(kind="set", pointer=self.pointer, value=True), bound), LATER

    def _location(self) -> Repair | None:
        """Find the location that was meant: ``body`` and ``formData`` of Swagger 2.0 become the request body."""
        path, plain = self.violation.path, str(self.violation.value).strip().lower()
        meant = {"url": "query", "uri": "query", "headers": "header", "cookies": "cookie"}.get(plain, plain)
        if meant in {"path", "query", "header", "cookie"}:
            return set_value(self.pointer, meant, f'it is read as "{meant}"')
        if plain not in _BODY_LOCATIONS or len(path) != 6 or path[0] != "paths" or path[3] != "parameters":
            return None
        operation = get(self.root, join("#", *path[:3]))
        if "requestBody" in operation:
            return remove(self.above, "the parameter is left out: there is a request body")
        return _to_body(operation, join("#", *path[:3]), plain)

    def combination(self) -> Repair | None:
        """Choose between what excludes one another, or fits none of the accepted forms."""
        value, kind = self.violation.value, kind_of(self.violation.path)
        if not self.violation.path:
            return add_value("#/paths", {}, "no paths are assumed")
        if not isinstance(value, dict):
            return self.type()
        if "example" in value and "examples" in value:
            return remove(join(self.pointer, "example"), '"examples" are kept')
        if kind in {"parameter", "header"}:
            if "schema" in value and "content" in value:
                return remove(join(self.pointer, "content"), '"schema" is kept')
            beside = [name for name in ("style", "explode", "allowReserved", "example", "examples") if name in value]
            if "content" in value and beside:
                edits = tuple(Edit(kind="drop", pointer=join(self.pointer, name)) for name in beside)
                return edits, "they are left out"
            if "schema" not in value and "content" not in value:
                return self._parameter("schema", value)
        if kind == "securityScheme" and "bearerFormat" in value:
            return remove(join(self.pointer, "bearerFormat"))
        return None

    def type(self) -> Repair | None:
        """Read a value of a wrong JSON type as the right one where that is clear."""
        value, place = self.violation.value, self.place
        if place.kind == "schema" and place.member == "type":
            return self._schema_type()
        if place == ObjectPlace("document", "openapi"):
            return self.form()
        if value is None and self.violation.path and place.member and place.kind != "requirement":
            return remove(self.pointer, "null is read as if it were left out")
        if place.kind == "schema" and place.member == "required":
            return None  # `required: true` in a property's schema, of JSON Schema draft 3
        if is_later_type(self.violation, place):
            return self._older_bound()
        expected = self.violation.detail if isinstance(self.violation.detail, list) else [self.violation.detail]
        for kind in expected:
            converted = convert(value, str(kind), self.document.spelling(self.pointer))
            if converted is not None:
                return set_value(self.pointer, converted, f"it is read as {_show_converted(converted)}")
        return self._schema() if kind_of(self.violation.path) == "schema" else None

    def _schema(self) -> Repair | None:
        """Read what stands in the place of a schema: a boolean of 3.1, a type's name, a list of schemas."""
        value = self.violation.value
        schema: dict[str, Any] | None = None
        if isinstance(value, bool):
            schema = {} if value else {"not": {}}
        elif isinstance(value, str):
            schema = _TYPES.get(value.strip().lower())
        elif isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
            schema = value[0] if len(value) == 1 else {"anyOf": value}
        if not schema:
            return None
        return set_value(self.pointer, schema, f"it is read as {show_neutral(schema)[:80]}")

    def form(self) -> Repair | None:
        """Deal with a value of the right type that is too small, too big or of the wrong form."""
        keyword, (kind, member, _), value = self.violation.keyword, self.place, self.violation.value
        if keyword == "name" and self.violation.path[-2:-1] == ("additionalOperations",):
            return remove(self.pointer, "the operation is left out")
        if keyword == "name":
            return (), "the name is kept as it is"
        if keyword == "format" and member == "$ref":
            return (), "it is followed as it is"
        if keyword == "uniqueItems":
            return set_value(self.pointer, unique(value), "what repeats is left out")
        if member == "openapi" and kind == "document":
            patch = f"{self.version[0]}.{self.version[1]}.0"
            return set_value(self.pointer, patch, f'it is read as "{patch}"')
        if keyword == "maxProperties" and member == "content" and isinstance(value, dict):
            first = next(iter(value))
            return set_value(self.pointer, {first: value[first]}, f'"{first}" is kept')
        if keyword == "minProperties" and member == "content" and kind in {"parameter", "header"}:
            schema = Edit(kind="add", pointer=join(self.above, "schema"), value={})
            return (Edit(kind="drop", pointer=self.pointer), schema), "any value is accepted"
        return None


_REPAIRS = {
    "unknown": _Case.unknown,
    "required": _Case.required,
    "enum": _Case.choice,
    "const": _Case.choice,
    "not": _Case.combination,
    "oneOf": _Case.combination,
    "anyOf": _Case.combination,
    "type": _Case.type,
}


def _guess_scheme(name: str, value: dict[str, Any]) -> Any:
    """Tell a member of a security scheme that is missing from those that are there; None where they do not tell."""
    if name == "type":
        signs = {"flows": "oauth2", "openIdConnectUrl": "openIdConnect", "scheme": "http", "in": "apiKey"}
        return next((kind for sign, kind in signs.items() if sign in value), None)
    if name == "scheme":
        return "bearer" if "bearerFormat" in value else None
    return _SCHEME_DEFAULTS.get(name)


def _to_body(operation: dict[str, Any], pointer: Pointer, location: str) -> Repair:
    """Make the request body of all parameters in ``body``, or in ``formData``, of an operation (Swagger 2.0)."""
    taken = [
        (index, part)
        for index, part in enumerate(operation["parameters"])
        if isinstance(part, dict) and str(part.get("in")).strip().lower() == location
    ]
    schemas = {str(part.get("name", "body")): _schema_of(part) for _, part in taken}
    required = [str(part.get("name")) for _, part in taken if part.get("required") is True]
    if location == "body":
        media, schema = "application/json", next(iter(schemas.values()))
    else:
        files = any(part.get("format") == "binary" for part in schemas.values())
        media = "multipart/form-data" if files else "application/x-www-form-urlencoded"
        schema = {"type": "object", "properties": schemas, **({"required": required} if required else {})}
    body = {"content": {media: {"schema": schema}}, "required": bool(required)}
    add = Edit(kind="add", pointer=join(pointer, "requestBody"), value=body)
    drops = [Edit(kind="drop", pointer=join(pointer, "parameters", index)) for index, _ in taken]
    return (add, *drops), "it is read as the request body"


def _schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter.get("schema")
    if isinstance(schema, dict):
        return schema
    own: dict[str, Any] = {key: parameter[key] for key in _SWAGGER_KEYWORDS if key in parameter}
    if own.get("type") == "file":
        own.update(type="string", format="binary")
    return own


def _show_converted(value: Any) -> str:
    if isinstance(value, list):
        return "a list of one"
    return "an empty object" if value == {} else show_value(value)
