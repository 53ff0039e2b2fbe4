"""The API for webhooks: endpoints of the newsroom's own systems, and the state of the deliveries to them."""
