"""What the templates print, as tables for the gate: names with their origins, calls with their arguments."""

from __future__ import annotations

from collections.abc import Collection

from .imports import KNOWN

TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple"})
"""Built-in types that annotations use: no other built-in name may be read."""
ABSOLUTE = {name: origin for name, origin in KNOWN.items() if origin and not origin.startswith(".")} | {
    "annotations": "__future__",
}
"""Names that may be imported from other distributions, each from where it belongs."""
RELATIVE = frozenset(KNOWN.values()) - frozenset(ABSOLUTE.values()) | {
    ".api",
    ".client",
    ".server",
    "._runtime.client.core",
    "._runtime.lazy",
    "._runtime.models.members",
    "._runtime.exceptions",
    "._runtime.models.late",
    "._runtime.models.rules",
    "._runtime.server.context",
    "._runtime.server.core",
    "._runtime.server.routing",
    "._runtime.server.streams",
    "._runtime.server.watch",
}
FUNCTIONS = frozenset("api application attributes context contract errors exceptions members models".split())
"""What may be imported from modules of the package beside classes and constants."""
OWNERS = {
    **dict.fromkeys(("api", "models", "errors", "exceptions", "contract")),
    "httpx2": frozenset({"AsyncClient", "Client", "Timeout"}),
    "builtins": TYPES,
}
"""Modules whose attributes are read; None: all that do not begin with an underscore."""
MODULES = frozenset({"builtins", "httpx2"})
"""What may be imported as a whole."""
_MEDIA = frozenset({"media_type"})
_FORM = _MEDIA | {"encoding"}
CALLS: dict[str, dict[str, tuple[Collection[str], int | None]]] = {
    "models.py": {
        "Field": (frozenset("alias title examples pattern init discriminator".split()), None),
        **dict.fromkeys(("Ge", "Gt", "Le", "Lt", "MaxLen", "MinLen", "MultipleOf"), ((), None)),
        "ConfigDict": (frozenset({"extra", "title"}), None),
        "TypeAliasType": ((), 1),
        "Rule": ((), None),
        "Tagged": (frozenset({"binding"}), None),
        **dict.fromkeys(("Branches", "Constants"), ((), None)),
    },
    "contract.py": {
        **dict.fromkeys(("Json", "EventStream", "JsonLines", "JsonSequence"), (_MEDIA | {"whole", "last"}, 0)),
        "MultipartStream": (_MEDIA | {"item_type"}, 0),
        **dict.fromkeys(("Text", "Binary"), (_MEDIA | {"conceals"}, None)),
        "Download": (_MEDIA, None),
        **dict.fromkeys(("Form", "Multipart"), (_FORM, 0)),
        "Encoding": (frozenset({"content_type", "style", "explode", "allow_reserved", "headers"}), None),
        "Header": (frozenset({"required", "explode", "media_type"}), 1),
        "Parameter": (frozenset("name location style explode required default allow_reserved media_type".split()), 1),
        **dict.fromkeys(("Parameters", "QueryParameters"), ((), None)),
        "QueryString": (frozenset({"name", "required"}), None),
        "Operation": (
            frozenset(
                """name operation_id method path parameters body body_required responses statuses security
                servers""".split()
            ),
            None,
        ),
        "Response": (frozenset({"headers", "error"}), None),
        "Headers": ((), None),
        "OneOf": ((), None),
        **dict.fromkeys(
            ("SecurityScheme", "KeyScheme", "HttpScheme", "TLSScheme"),
            (frozenset({"kind", "challenge", "location", "wire_name"}), None),
        ),
        "Server": (frozenset({"variables", "choices"}), None),
        "Api": (
            frozenset("package title version operations schemes servers base_url mount_path environment".split()),
            None,
        ),
        "LazyApi": (
            frozenset("package title version groups schemes servers base_url mount_path environment".split()),
            None,
        ),
    },
    "schemas.py": dict.fromkeys(("Rules", "RecursiveRules"), (frozenset({"ways"}), None)),
    "client/__init__.py": {"TypedDict": (frozenset({"total"}), 1)},
}
"""What a file may call outside of functions: the keywords, and which argument is a type."""
METADATA = frozenset("Branches Constants Field Ge Gt Le Lt MaxLen MinLen MultipleOf Rule Tagged".split())
"""What may be called inside `Annotated[…]`, in any file."""
MARKS = frozenset({"AnyOther", "Concealed", "Exactly", "JsonArray", "LeadsBack"})
"""What may stand inside `Annotated[…]` by its name alone."""
DUNDERS = frozenset({"__all__", "__concealed__", "__loose__", "__pydantic_extra__", "__rule__", "__tags__"})
"""What may be assigned of the names that begin with two underscores."""
ATTRIBUTES = DUNDERS - {"__all__", "__pydantic_extra__"} | {"model_config", "status", "_api"}
"""What may be assigned in a class without an annotation."""
SENDS = frozenset({"self._client.invoke", "self._client.iterate"})
"""What a method of the client may return."""
LAZY = frozenset({"__init__.py", "api/__init__.py", "client/__init__.py"})
"""Modules some of whose names are imported when they are asked for."""
TABLES = frozenset({"models/__init__.py"})
"""Modules all of whose names are."""
