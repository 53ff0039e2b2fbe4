"""Access logs of servers and CDNs: one file for each format, and a reader that reads each line once."""
