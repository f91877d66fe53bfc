"""A challenge folder to spoil."""

from tests.folders.fixtures import edit, wine_template, wines

__all__ = ["edit", "wine_template", "wines"]
