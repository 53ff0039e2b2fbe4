"""Leave to use the service: bearer tokens, signed links, sessions."""
