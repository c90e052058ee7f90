"""Names that are taken: by Python, by Pydantic, by what generated modules import and define."""

from __future__ import annotations

import keyword

from .imports import ANNOTATIONS

KEYWORDS = frozenset({*keyword.kwlist, "_"})
"""What is no name at all, and the one that reads as nothing."""

BUILTIN_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str", "tuple"})
"""Names that annotations use: a field of that name would hide them in its class; a method does (`types.qualified`)."""

MODEL_NAMES = frozenset(ANNOTATIONS) | BUILTIN_TYPES
"""What models.py imports or reads: no schema may take these."""

MODEL_ATTRIBUTES = frozenset(
    """construct copy dict from_orm json model_computed_fields model_config model_construct model_copy model_extra model_fields
    model_fields_set model_json_schema model_parametrized_name model_post_init model_rebuild mro parse_file parse_obj parse_raw
    register schema schema_json update_forward_refs validate self cls""".split()
)
"""Public attributes of Pydantic's BaseModel and of its metaclass."""

MODEL_PREFIXES = ("model_dump", "model_validate")
"""How further attributes of BaseModel may begin: Pydantic keeps these names for itself."""

METHOD_RESERVED = frozenset({"builtins", "deprecated", "models"})
"""What annotations and decorators read inside the class of a group: no operation may take these."""

PARAMETER_RESERVED = frozenset({"self", "body", "contract", "exceptions"})
"""Arguments of every method, and modules that its body reads."""

FILES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})
"""Names that Windows gives to no file."""

GROUP_RESERVED = (
    frozenset(
        """aclose api app application authenticate base base_url cached_property client close complete context contract core
        credentials debug docs environ errors fastapi follow_events head_after headers hooks http httpx2 invoke
        iterate lifespan limits logger max_answer max_body middleware mock models on_request on_response options query raw
        read_events request retries root_path server services streams strict stub timeout title tolerant wire
        with_options""".split()
    )
    | FILES
    | BUILTIN_TYPES
)
"""Attributes of the generated clients, arguments of `create_app`, names of no file."""

CLASS_RESERVED = (
    MODEL_NAMES
    | KEYWORDS
    | frozenset(
        """ApiKey Application AsyncBaseClient AsyncClient AsyncCredentialOf AsyncGroup AsyncIterator AsyncStreamClient
        AsyncStreamGroup Authenticate Awaitable BaseClient Basic Bearer Callable Certificate Client Content Context
        CredentialOf Credentials Factory Forbidden Group Iterator MAX_BODY Mapping P Presented Protocol RawResponse
        StreamClient StreamGroup Streams TYPE_CHECKING TemplateOperations TolerantCaller TypedDict Unauthorized
        Uploadable Watch""".split()
    )
)
"""What the modules of groups import and define: no class of a group may take these."""

MODELS_HELPER = "members"
"""What models/__init__.py of a split package imports: no module in it, and no class that the settings name, may take it."""

MODEL_MODULES = FILES | {MODELS_HELPER}
"""What no module of models is called."""

CONSTANT_RESERVED = frozenset({"API"})
"""What contract.py defines beside operations and security schemes."""
