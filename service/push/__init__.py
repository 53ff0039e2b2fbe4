"""Announces changes to other systems."""
