"""The schemas of the document as Pydantic models."""
