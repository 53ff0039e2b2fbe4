"""`warta import`: reads articles of other sites and programs, validates them, and stores them."""

from service.cli.imports.command import import_

__all__ = ["import_"]
