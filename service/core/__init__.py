"""Code that every other room may import. It has no code about articles and feeds."""
