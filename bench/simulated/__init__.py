"""A newsroom's week: stories, people who read them, strangers who should not count, and what the truth is."""
