"""Incoming articles: validated and made safe, once."""
