"""The steps of time, in seconds, by which page views are kept."""

FIVE_MINUTES, HOUR, DAY = 300, 3600, 86_400
