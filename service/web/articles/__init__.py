"""The API for a CMS: single articles, batches, the listing of all articles, and the change log."""
