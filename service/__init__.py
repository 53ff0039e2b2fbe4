"""Warta: the feed publishing service of a newsroom."""

__version__ = "0.1.0"
