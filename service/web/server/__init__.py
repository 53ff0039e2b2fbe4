"""The HTTP server: Granian, its limits and its sockets."""
