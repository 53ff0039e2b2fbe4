"""What every other room may use. It knows nothing of articles and feeds."""
