"""Others are told of changes."""
