"""Names that are taken: by Python, by Pydantic, by what generated modules import and define."""

from __future__ import annotations

import keyword

KEYWORDS = frozenset({*keyword.kwlist, "_"})
"""What is no name at all, and the one that reads as nothing."""

BUILTIN_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str", "tuple"})
"""Names that annotations use: a method or a field of that name would hide them in its class."""

METHOD_RESERVED = BUILTIN_TYPES | {"deprecated"}
"""What annotations and decorators read inside the class of a group: no operation may take these."""

MODEL_NAMES = frozenset(
    """Any Annotated Literal Field ConfigDict TypeAliasType Model LooseModel RuledModel Absent Value Rule
    Tagged Loose Exactly Ge Gt Le Lt MaxLen MinLen MultipleOf Base64 UUID DateTime UTCDateTime Date Time Duration Number IPv4Address
    IPv6Address File""".split()
)
"""What models.py imports or may import: no schema may take these."""

MODEL_ATTRIBUTES = frozenset(
    """copy construct dict fields_set from_orm json parse_file parse_obj parse_raw schema schema_json
    update_forward_refs validate self cls""".split()
)
"""Attributes of Pydantic's BaseModel that are not reserved by a prefix."""

GROUP_RESERVED = frozenset(
    """core streams raw invoke iterate with_options close aclose authenticate base_url credentials http timeout headers query
    retries server client models api contract errors wire base stub mock max_body app docs lifespan
    middleware debug title options hooks limits on_request on_response environ tolerant logger
    root_path application services fastapi context contract""".split()
)
"""Attributes of the generated clients and arguments of `create_app`: no group may take these."""
