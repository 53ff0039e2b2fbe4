"""The settings: `model` has the typed object, `loader` reads it from the environment and the file."""
