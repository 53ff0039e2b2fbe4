"""Lists of URLs: sitemaps and OPML. The documents that they name are read one after the other."""
