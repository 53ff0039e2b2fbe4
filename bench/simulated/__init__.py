"""A simulated week of a newsroom: stories, people who read them, bots and cheats that must not count, and the truth."""
