"""OpenAPI objects compared: operations, parameters, bodies, security, documentation."""
