"""HTTP: routes and handlers. `routes` has the whole route table."""
