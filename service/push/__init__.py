"""Announces changes to systems in front of Warta."""
