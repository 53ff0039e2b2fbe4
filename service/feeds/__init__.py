"""Feeds: their names, lists of articles, titles and URLs; the decisions of editors."""
