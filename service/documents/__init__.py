"""Documents: built once, encoded, kept in memory and in Redis."""
