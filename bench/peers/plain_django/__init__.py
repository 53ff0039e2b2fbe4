"""A small Django project with its syndication framework, cached in Redis."""
