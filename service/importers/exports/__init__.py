"""Exports of other programs and of agencies, one file for each format."""
