"""HTTP alone: responses, encodings, conditions, the fast path."""
