"""The intermediate representation → files; knows no OpenAPI."""
