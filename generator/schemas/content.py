"""What a string holds: raw bytes, encoded ones, or text."""

from __future__ import annotations

import re
from typing import Any


def is_file(schema: Any) -> bool:
    """Whether a schema describes raw bytes (3.0: format binary; 3.1: contentMediaType without contentEncoding).

    Text and JSON are no bytes: a string that nothing encodes has them as UTF-8 (JSON Schema Validation 2020-12, 8.3).
    """
    declared = schema.get("type") if isinstance(schema, dict) else "null"
    kinds = declared if isinstance(declared, list) else [declared or "string"]
    if "string" not in kinds or any(kind not in ("string", "null") for kind in kinds):
        return False
    if schema.get("format") == "binary" and declared is not None:
        return True
    media_type = schema.get("contentMediaType")
    is_encoded = "contentEncoding" in schema
    return isinstance(media_type, str) and not is_encoded and not re.search(r"json|^text/", media_type, re.IGNORECASE)
