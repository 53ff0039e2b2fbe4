"""Access to the service: bearer tokens, signed links, sessions."""
