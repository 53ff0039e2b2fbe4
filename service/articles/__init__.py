"""Articles as they come in: validated and made safe, once."""
