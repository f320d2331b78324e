"""The OpenAPI 3.1 document, made of declarations in the code."""
