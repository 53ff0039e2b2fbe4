"""The small sample newsroom that `make run` loads into an empty store."""
