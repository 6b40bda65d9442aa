"""The shapes that agents send and get: Pydantic models, the one source of validation."""
