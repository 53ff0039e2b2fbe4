"""The page of statistics: its figures, charts and words."""
