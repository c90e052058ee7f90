"""OpenAPI documents as one tree."""
