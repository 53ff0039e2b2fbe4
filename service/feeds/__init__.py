"""Feeds: their names, lists, titles and URLs; what editors may decide."""
