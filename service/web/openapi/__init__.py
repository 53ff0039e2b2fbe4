"""The description of the HTTP interface (OpenAPI 3.1), made from declarations beside the handlers."""
